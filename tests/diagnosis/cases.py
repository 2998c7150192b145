"""Recipes sabotaged in one known way, and healthy ones. What is asked: does the explanation name the sabotage?

Each case changes a healthy recipe of its own: small data and few epochs, so that all of them take minutes. `named`
lists the fields that may rightly be named: most causes can be taken away by one field alone, some by either of two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from paribus.programs.recipe.recipe import Recipe

SMALL: dict[str, Any] = {
    "train_size": 6400,
    "validation_fraction": 0.1,
    "batch_order": "shuffled",
    "weight_decay": 0.0,
    "epochs": 4,
}


@dataclass(frozen=True)
class Case:
    """A recipe and the fields that may be named as its cause; none for a healthy one. `fast`: a test runs it."""

    name: str
    settings: dict[str, Any]
    named: tuple[str, ...] = ()
    datasets: tuple[str, ...] = field(default=("mnist",))
    fast: bool = False

    def recipe(self, dataset: str = "mnist") -> Recipe:
        """The recipe on one data set."""
        return Recipe.model_validate({**SMALL, **self.settings, "dataset": dataset})


BOTH = ("mnist", "fashion-mnist")
DEEP = {"dense_widths": (64, 64, 64, 64, 64)}
SLOW_SIGMOID = {"activation": "sigmoid", "epochs": 8, "learning_rate": 0.003}

SABOTAGED: tuple[Case, ...] = (
    Case("decay coupled, sigmoid, adam", {**SLOW_SIGMOID, "weight_decay": 0.1}, ("weight_decay", "optimizer"), BOTH),
    Case("decay coupled, tanh, adam", {"activation": "tanh", "weight_decay": 0.5}, ("weight_decay", "optimizer")),
    Case(
        "decay coupled, relu, sgd",
        {"optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.3},
        ("weight_decay",),
    ),
    Case("decay, rmsprop, sigmoid", {**SLOW_SIGMOID, "optimizer": "rmsprop", "weight_decay": 0.1}, ("weight_decay",)),
    Case("rate too high, relu, adam", {"learning_rate": 0.1}, ("learning_rate",), BOTH),
    Case(
        "rate too high, tanh, sgd", {"activation": "tanh", "optimizer": "sgd", "learning_rate": 5.0}, ("learning_rate",)
    ),
    Case("rate too low, relu, adam", {"learning_rate": 1e-6}, ("learning_rate",), BOTH),
    Case(
        "rate too low, tanh, sgd", {"activation": "tanh", "optimizer": "sgd", "learning_rate": 1e-5}, ("learning_rate",)
    ),
    Case(
        "rate too low, selu, rmsprop",
        {"activation": "selu", "optimizer": "rmsprop", "learning_rate": 1e-7},
        ("learning_rate",),
    ),
    Case("zero weights, relu", {"initialisation": "zeros"}, ("initialisation",), BOTH),
    Case(
        "zero weights, tanh, sgd",
        {"initialisation": "zeros", "activation": "tanh", "optimizer": "sgd", "learning_rate": 0.1},
        ("initialisation",),
    ),
    Case("weights too large, sigmoid", {**SLOW_SIGMOID, "init_gain": 100.0}, ("init_gain",)),
    Case("weights too large, tanh", {"activation": "tanh", "init_gain": 100.0}, ("init_gain",)),
    Case(
        "weights too small, relu, sgd", {"optimizer": "sgd", "learning_rate": 0.1, "init_gain": 0.001}, ("init_gain",)
    ),
    Case("dead units by bias, relu", {"bias_value": -10.0}, ("bias_value",), BOTH),
    Case(
        "dead units by bias, relu, sgd",
        {"bias_value": -10.0, "optimizer": "sgd", "learning_rate": 0.1},
        ("bias_value",),
    ),
    Case(
        "vanishing, deep sigmoid, sgd",
        {**DEEP, "activation": "sigmoid", "optimizer": "sgd", "learning_rate": 0.1, "init_gain": 0.3},
        ("init_gain", "initialisation", "batch_norm", "optimizer"),
    ),
    Case("inputs large, relu, sgd", {"input_scale": 1e4, "optimizer": "sgd", "learning_rate": 0.1}, ("input_scale",)),
    Case(
        "inputs large, elu, sgd",
        {"activation": "elu", "optimizer": "sgd", "learning_rate": 0.1, "input_scale": 1e4},
        ("input_scale",),
    ),
    Case("inputs constant", {"input_scale": 0.0}, ("input_scale",), BOTH),
    Case("labels shuffled", {"label_noise": 1.0}, ("label_noise",), BOTH),
    Case("one class", {"majority_fraction": 0.99, "train_size": 0, "validation_fraction": 0.5}, ("majority_fraction",)),
    Case("dropout", {"dropout": 0.95}, ("dropout",), BOTH),
    Case(
        "sorted batches, relu, sgd",
        {"batch_order": "sorted", "optimizer": "sgd", "learning_rate": 0.1},
        ("batch_order",),
    ),
    Case("too few epochs, sigmoid", {"activation": "sigmoid", "epochs": 1}, ("epochs", "learning_rate")),
    Case("overflow", {"input_scale": 1e30}, ("input_scale",), fast=True),
)

HEALTHY: tuple[Case, ...] = (
    Case("relu, adam", {}, datasets=BOTH),
    Case("tanh, adam, xavier", {"activation": "tanh", "initialisation": "xavier"}, datasets=BOTH),
    Case(
        "relu, sgd with momentum, he",
        {"optimizer": "sgd", "learning_rate": 0.03, "momentum": 0.9, "initialisation": "he"},
    ),
    Case("sigmoid, adam", {**SLOW_SIGMOID}),
    Case("leaky relu, adamw", {"activation": "leaky_relu", "optimizer": "adamw", "weight_decay": 0.01}),
    Case("selu, lecun, rmsprop", {"activation": "selu", "initialisation": "lecun", "optimizer": "rmsprop"}),
    Case("gelu, one cycle", {"activation": "gelu", "schedule": "one_cycle", "learning_rate": 0.003}),
    Case("elu, batch norm", {"activation": "elu", "batch_norm": True}),
    Case("silu, cosine, dropout", {"activation": "silu", "schedule": "cosine", "dropout": 0.2}),
    Case("softplus, orthogonal", {"activation": "softplus", "initialisation": "orthogonal"}),
    Case("relu, average pooling", {"pooling": "avg"}, datasets=BOTH),
)
