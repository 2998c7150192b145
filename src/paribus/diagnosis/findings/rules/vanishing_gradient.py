"""Rule: vanishing gradient."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, at_start, measured, middle
from paribus.diagnosis.findings.measures import ALL_DEAD, FLAT, SENSITIVITY, flat_share, sensitivity
from paribus.diagnosis.findings.rule import STILL, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import BATCH_NORM, NO_CLIP, USUAL_START, to
from paribus.records.finding import Finding
from paribus.records.trace import LayerTrace, StepTrace

FAINT = 2e-5
_GLOROT_GRADIENTS = "Glorot and Bengio 2010, sec. 4.2"


def detect(history: History) -> Finding | None:
    """From the start the loss hardly depends on some layers' weights, though the last layers' weights matter.

    Only where weights are there and neither flat ends nor dead units block the way: those are findings of their own.
    """
    if history.prior is None or any(_blocked(layer, s) for s in at_start(history.steps) for layer in s.layers.values()):
        return None
    starts = {name: at_start(history.layer(name, sensitivity)) for name in history.layers}
    known = {name: max(p.value for p in points) / history.prior for name, points in starts.items() if points}
    faint = {name: value for name, value in known.items() if 0 < value < FAINT}
    if not faint:
        return None
    name, least = min(faint.items(), key=lambda item: item[1])
    source = f"{_GLOROT_GRADIENTS}; {MEASURED}"
    evidence = [measured("sensitivity", least, FAINT, source)]
    slope = middle(at_start(history.layer(name, lambda layer, _: layer.slope_product)))
    if slope is not None:
        evidence.append(measured("slope_product", slope, 1.0, _GLOROT_GRADIENTS))
    return history.finding("vanishing_gradient", history.strength, *evidence, layers=faint)


def _blocked(layer: LayerTrace, step: StepTrace) -> bool:
    """Whether flat ends or dead units let next to no gradient through."""
    return (flat_share(layer, step) or 0.0) > FLAT or (layer.dead or 0.0) > ALL_DEAD


RULE = Rule(
    name="vanishing_gradient",
    label=mark("vanishing gradient"),
    sentence=mark("From the start next to no gradient reaches {layers}."),
    detect=detect,
    quantities=SENSITIVITY | {"slope_product": Quantity(mark("product of the activations' slopes"))},
    refuted=f"weights times gradient of at least {FAINT:g} label entropies in every layer from the start",
    changes=(
        NO_CLIP,  # the gradient is seen as it was after clipping
        *USUAL_START,
        to("initialisation", "xavier"),
        to("activation", "relu"),
        BATCH_NORM,
        to("optimizer", "adam"),
    ),
    # Seen at the start, before any step: what comes with it later is its work, in a network that is slow to leave it.
    explains=STILL | {"dead_units", "exploding_gradient", "learning_rate_too_high"},
)
