"""Rule: exploding gradient."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, measured
from paribus.diagnosis.findings.measures import SENSITIVITY, sensitivity
from paribus.diagnosis.findings.rule import STILL, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_INPUTS, USUAL_START, times, to
from paribus.records.finding import Finding

VIOLENT = 100.0
_PASCANU = "Pascanu et al. 2013, sec. 2; " + MEASURED


def detect(history: History) -> Finding | None:
    """A small change of a layer's weights changes the loss by many times all that there is to learn."""
    scale = history.prior or 0.0
    if history.unit == "nats":
        scale = max(scale, math.log(2))  # few nats are at stake where one class is most of the data
    if scale <= 0:
        return None
    violent: dict[str, float] = {}
    first = history.last_step
    for name in history.layers:
        for step in history.steps:
            layer = step.layers.get(name)
            if layer is None or name in history.still:
                continue
            size: float = sensitivity(layer, step)
            if not size <= VIOLENT * scale:  # NaN too
                violent[name] = max(violent.get(name, 0.0), (size if math.isfinite(size) else math.inf) / scale)
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


RULE = Rule(
    name="exploding_gradient",
    label=mark("exploding gradient"),
    sentence=mark(
        "The gradient at {layers} is so large that a small step changes the loss by many times its usual size."
    ),
    detect=detect,
    quantities=SENSITIVITY,
    refuted=f"weights times gradient of at most {VIOLENT:g} label entropies in every layer that moves",
    changes=(*USUAL_START, to("gradient_clip", 1.0), times(0.1), *USUAL_INPUTS),
    explains=STILL | {"dead_units"},
)
