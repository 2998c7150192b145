"""Contrived traces: a healthy training whose numbers are chosen, and what is changed to make it ill."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules import RULES
from paribus.records.finding import Finding
from paribus.records.program import Epoch
from paribus.records.trace import LayerTrace, OutputTrace, StepTrace
from tests.synthetic_runs import make_epoch

STEPS = (0, 1, 4, 9, 19, 49, 99, 199)
LAYERS = ("first", "second", "last")
PRIOR = math.log(10)

Numbers = Mapping[str, Any]
OfLayer = Callable[[str, int], Numbers]
OfStep = Callable[[int], Numbers]


def none_of_layer(name: str, step: int) -> Numbers:
    return {}


def none_of_step(step: int) -> Numbers:
    return {}


def loss_at(step: int) -> float:
    """From the label entropy down to a tenth of it within 50 steps, and there it stays."""
    return PRIOR * max(0.1, 1 - 0.9 * step / 49)


def make_trace(
    layer: OfLayer = none_of_layer,
    output: OfStep = none_of_step,
    network: OfStep = none_of_step,
    steps: Sequence[int] = STEPS,
    activations: bool = True,
) -> list[StepTrace]:
    """A network of three layers that learns ten classes; `layer`, `output` and `network` give what is otherwise."""
    return [_step(step, layer, output, network, activations) for step in steps]


def _step(step: int, layer: OfLayer, output: OfStep, network: OfStep, activations: bool) -> StepTrace:
    weights = {"weight_norm": 5.0, "gradient_norm": 0.2, "weight_rms": 0.05, "decay_pull": 0.0, "update_norm": 0.02}
    activity = {"pre_mean": 0.0, "pre_std": 1.0, "slope": 0.5, "zeros": 0.5, "dead": 0.0}
    layers = {}
    for place, name in enumerate(LAYERS):
        numbers: dict[str, Any] = {**weights, "unit_spread": 1.0}
        if activations and name != LAYERS[-1]:
            numbers |= {**activity, "slope_product": 0.5 ** (len(LAYERS) - 1 - place)}
        layers[name] = LayerTrace(**{**numbers, **layer(name, step)})
    answers = {"spread": 0.25, "predicted_entropy": 2.2, "loss": loss_at(step), "prior_entropy": PRIOR, "classes": 10}
    numbers = {
        "loss": loss_at(step),
        "learning_rate": 1e-3,
        "weight_decay": 0.0,
        "decoupled": False,
        "dropout": 0.0,
        "input_mean": 0.0,
        "input_std": 1.0,
        "label_entropy": 2.2,
        "batch_size": 64,
        "output": OutputTrace(**{**answers, **output(step)}),
    }
    return StepTrace(**{"step": step, "layers": layers, **numbers, **network(step)})


def stuck(step: int) -> Numbers:
    """The loss stays at the label entropy."""
    return {"loss": PRIOR}


def make_metrics(
    train_accuracy: Sequence[float],
    val_accuracy: Sequence[float],
    train_loss: Sequence[float],
    val_loss: Sequence[float],
) -> list[Epoch]:
    """Metrics of as many epochs as there are numbers."""
    return [
        make_epoch(
            epoch=place + 1,
            train_loss=train_loss[place],
            train_accuracy=train_accuracy[place],
            val_loss=val_loss[place],
            val_accuracy=val_accuracy[place],
            learning_rate=1e-3,
            seconds=1.0,
        )
        for place in range(len(train_loss))
    ]


def found_by(name: str) -> Callable[[History], list[Finding]]:
    """What a rule by itself sees: one finding, or none."""
    return lambda history: [found for found in [RULES[name].detect(history)] if found is not None]
