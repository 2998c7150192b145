"""What the rules of `diagnosis.findings` measure on networks that train, and on networks spoilt in one known way.

    python benchmarks/findings.py [--only TEXT]

Thresholds that no paper states are set between the two groups of this table. The recipes are others than those of
`tests/diagnosis`, which judge the rules. One run each with light probes, seed 0; all of them take ten minutes on one
core. Columns, extremes over a run: the least sensitivity of a layer at the start, over the label entropy; the longest
update of the usual layer, over its weights; the least that is left of a layer's weights at the end, over their first;
the largest share of dead units, and of outputs at flat ends, halfway and later; the loss that noise adds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from statistics import median
from typing import Any

from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.findings.history import History, at_start, later_half, middle
from paribus.diagnosis.findings.measures import flat_share, noise_gap, relative_update, sensitivity
from paribus.programs.recipe.recipe import Recipe
from paribus.records.program import Epoch
from paribus.records.trace import LayerTrace, StepTrace

BASE: dict[str, Any] = {"weight_decay": 0.0, "batch_order": "shuffled", "train_size": 6400, "epochs": 2}
SGD: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.1}
FASHION = {"dataset": "fashion-mnist"}

TRAIN: dict[str, dict[str, Any]] = {
    "relu": {},
    "tanh": {"activation": "tanh"},
    "sigmoid, xavier": {"activation": "sigmoid", "initialisation": "xavier", "epochs": 6},
    "gelu, he": {"activation": "gelu", "initialisation": "he"},
    "elu, sgd": {"activation": "elu", **SGD},
    "selu, adamw": {"activation": "selu", "initialisation": "lecun", "optimizer": "adamw", "weight_decay": 0.01},
    "relu, batch norm, decay": {"batch_norm": True, "weight_decay": 0.01},
    "relu, dropout 0.5": {"dropout": 0.5, "epochs": 3},
    "relu, label smoothing": {"label_smoothing": 0.1},
    "relu, rate 0.01": {"learning_rate": 0.01},
    "relu, six dense layers": {"dense_widths": (100,) * 6, "initialisation": "he"},
    "hard sigmoid": {"activation": "hard_sigmoid", "initialisation": "xavier", "epochs": 6},
    "leaky relu, not normalised": {"activation": "leaky_relu", "normalise": False},
    "tanh, Fashion-MNIST": {**FASHION, "activation": "tanh", "epochs": 3},
    "relu, 20 epochs": {"train_size": 3200, "epochs": 20},
}
SPOILT: dict[str, dict[str, Any]] = {
    "decay, sigmoid": {"activation": "sigmoid", "weight_decay": 0.1},
    "decay, sgd with momentum": {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.01, "weight_decay": 1.0},
    "decay, gelu, rmsprop": {**FASHION, "activation": "gelu", "optimizer": "rmsprop", "weight_decay": 1.0},
    "rate 0.03": {"learning_rate": 0.03},
    "rate 1, sgd": {"optimizer": "sgd", "learning_rate": 1.0},
    "rate 0.1, elu": {**FASHION, "activation": "elu", "learning_rate": 0.1},
    "rate 1e-6, rmsprop": {**FASHION, "optimizer": "rmsprop", "learning_rate": 1e-6},
    "rate 0.01, sigmoid, sgd": {"activation": "sigmoid", "optimizer": "sgd", "learning_rate": 0.01},
    "zero weights, sigmoid": {"activation": "sigmoid", "initialisation": "zeros"},
    "weights times 10, tanh": {"activation": "tanh", "init_gain": 10.0},
    "weights times 10, relu": {"init_gain": 10.0, **SGD},
    "weights a thousandth, tanh": {"activation": "tanh", "init_gain": 0.001, **SGD},
    "ten layers, sigmoid": {"activation": "sigmoid", "dense_widths": (60,) * 8, **SGD},
    "bias -1": {"bias_value": -1.0},
    "bias -20, sigmoid": {"activation": "sigmoid", "bias_value": -20.0},
    "inputs times 255, sigmoid": {"activation": "sigmoid", "input_scale": 255.0},
    "inputs a thousandth": {"input_scale": 0.001, **SGD},
    "inputs times 0": {"input_scale": 0.0},
    "labels at random": {"label_noise": 1.0},
    "half of the labels at random": {"label_noise": 0.5},
    "labels learned by heart": {"label_noise": 1.0, "train_size": 640, "epochs": 60},
    "dropout 0.95, tanh": {"activation": "tanh", "dropout": 0.95},
    "dropout 0.9": {"dropout": 0.9},
    "99 % one class": {"majority_fraction": 0.99, "train_size": 3000, "epochs": 4},
    "sorted batches, selu": {**FASHION, "activation": "selu", "batch_order": "sorted"},
    "200 samples, 60 epochs": {"train_size": 200, "epochs": 60},
    "ten steps": {"train_size": 640, "epochs": 1},
    "one epoch, sigmoid": {"activation": "sigmoid", "epochs": 1},
    "weights times 1e12": {"init_gain": 1e12},
}


def main() -> None:
    """Print a line a run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="runs whose name contains TEXT")
    wanted = parser.parse_args().only

    from paribus.runs.training_process import settle_process

    settle_process()
    for group, recipes in (("networks that train", TRAIN), ("spoilt", SPOILT)):
        print(f"\n| {group} | accuracy | sensitivity | update | left | dead | flat | noise | findings |\n|{'---|' * 9}")
        for name, fields in recipes.items():
            if wanted in name:
                print(f"| {name} | {' | '.join(line(Recipe.model_validate({**BASE, **fields})))} |", flush=True)


def line(recipe: Recipe) -> list[str]:
    """The columns of one run."""
    trace, metrics = run(recipe)
    history = History.of(trace, metrics)
    measured = [*extremes(history), noise_gap(history)]
    found = [f"{f.strength} {f.name}" for f in findings_of(trace, metrics)]
    accuracy = f"{metrics[-1].figures['val_accuracy']:.3f}"
    return [accuracy, *("-" if value is None else f"{value:.2g}" for value in measured), ", ".join(found) or "none"]


def extremes(history: History) -> list[float | None]:
    """Sensitivity, update, left, dead and flat of the module's docstring; None where no layer has it."""
    lengths = [[relative_update(layer, s) for layer in s.layers.values()] for s in history.steps]
    norms = [history.layer(name, lambda layer, _: layer.weight_norm) for name in history.layers]
    left = [series[-1].value / series[0].value for series in norms if series and series[0].value > 0]
    felt = [middle(at_start(history.layer(name, sensitivity))) for name in history.layers]
    least = min((value for value in felt if value is not None), default=None)
    known = [[value for value in row if value is not None and math.isfinite(value)] for row in lengths]
    usual = [median(row) for row in known if row]
    return [
        least / history.prior if least is not None and history.prior else None,
        max(usual, default=None),
        min(left, default=None),
        _largest(history, lambda layer, _: layer.dead),
        _largest(history, flat_share),
    ]


def _largest(history: History, of: Callable[[LayerTrace, StepTrace], float | None]) -> float | None:
    shares = [middle(later_half(history.layer(name, of))) for name in history.layers]
    return max((share for share in shares if share is not None), default=None)


def run(recipe: Recipe, seed: int = 0) -> tuple[list[StepTrace], list[Epoch]]:
    """Train with light probes; what they and the epochs leave."""
    import torch

    from paribus.probes import Probe, sampling
    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.kernels import kernel_for
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.batch_order import steps_in_epoch
    from paribus.programs.recipe.training.fit import Callbacks, fit
    from paribus.programs.recipe.training.optimizers import make_optimizer
    from paribus.programs.recipe.worker import PROBE_BATCH
    from paribus.runs.store import early_steps

    data = prepare(open_dataset(recipe.dataset), recipe, seed, torch.device("cpu"))
    model = build_model(recipe, seed, 1, (28, 28), data.classes, kernel_for([recipe], "cpu"))
    optimizer = make_optimizer(model, recipe)
    steps = steps_in_epoch(len(data.train_y), recipe.batch_size, recipe.drop_last)
    trace: list[StepTrace] = []
    metrics: list[Epoch] = []
    batch = data.val_x[:PROBE_BATCH], data.val_y[:PROBE_BATCH]
    probe = Probe(model, optimizer, sampling("light", steps, recipe.epochs, early_steps(steps)), trace.append, batch)
    callbacks = Callbacks(probe.after_backward, probe.after_step, metrics.append)
    fit(model, optimizer, data, recipe, seed, callbacks=callbacks)
    return trace, metrics


if __name__ == "__main__":
    main()
