"""Rule: exploding gradient."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import USUAL_INPUTS, USUAL_START, times, to
from paribus.diagnosis.findings.history import MEASURED, History, measured
from paribus.diagnosis.findings.measures import SENSITIVITY
from paribus.diagnosis.findings.rule import STILL, Rule
from paribus.records.finding import Finding
from paribus.records.trace import LayerTrace

VIOLENT = 100.0
_PASCANU = "Pascanu et al. 2013, sec. 2; " + MEASURED


def detect(history: History) -> Finding | None:
    """A small change of a layer's weights changes the loss by many times all that there is to learn."""
    scale = max(history.prior or 0.0, math.log(2))  # few nats are at stake where one class is most of the data
    violent: dict[str, float] = {}
    first = history.last_step
    for name in history.layers:
        for step in history.steps:
            layer = step.layers.get(name)
            if layer is not None and not layer.weight_norm * layer.gradient_norm <= VIOLENT * scale:  # NaN too
                violent[name] = max(violent.get(name, 0.0), _size(layer) / scale)
                first = min(first, step.step)
    if not violent:
        return None
    return history.finding(
        "exploding_gradient",
        history.strength,
        measured("sensitivity", max(violent.values()), VIOLENT, _PASCANU),
        layers=violent,
        first=first,
    )


def _size(layer: LayerTrace) -> float:
    size = layer.weight_norm * layer.gradient_norm
    return size if math.isfinite(size) else math.inf


RULE = Rule(
    name="exploding_gradient",
    label=mark("exploding gradient"),
    sentence=mark(
        "The gradient at {layers} is so large that a small step changes the loss by many times its usual size."
    ),
    detect=detect,
    quantities=SENSITIVITY,
    refuted=f"weights times gradient of at most {VIOLENT:g} label entropies in every layer",
    changes=(*USUAL_START, to("gradient_clip", 1.0), times(0.1), *USUAL_INPUTS),
    explains=STILL | {"dead_units"},
)
