"""Rule: equal units."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.rule import BAD_START, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_START, to
from paribus.records.finding import Finding
from paribus.records.trace import LayerTrace, StepTrace

EQUAL = 1e-6  # distance between two units, as a share of their norm, that training does not tell apart


def detect(history: History) -> Finding | None:
    """Units of a layer are equal at the start, so that they get equal gradients and stay equal."""
    equal = {}
    for name in history.layers:
        spreads = history.layer(name, _spread)
        if spreads and spreads[0].step == history.first_step and max(p.value for p in spreads) < EQUAL:
            equal[name] = max(p.value for p in spreads)
    if not equal and history.outcome in ("failed", "partly"):
        zero = [name for name in history.layers if (begun := history.layer(name, _norm)) and begun[0].value == 0]
        equal = dict.fromkeys(zero if len(zero) > 1 else (), 0.0)  # one alone begins like that in many a network
    if not equal:
        return None
    return history.finding(
        "symmetric_units",
        history.strength,
        measured("unit_spread", max(equal.values()), EQUAL, DEFINITION),
        layers=equal,
    )


def _norm(layer: LayerTrace, step: StepTrace) -> float | None:
    return layer.weight_norm if step.step == 0 else None


def _spread(layer: LayerTrace, step: StepTrace) -> float | None:
    return 0.0 if layer.weight_norm == 0 else layer.unit_spread


RULE = Rule(
    name="symmetric_units",
    label=mark("equal units"),
    sentence=mark("Units of {layers} begin equal, get equal gradients and stay equal, as if there were only one."),
    detect=detect,
    quantities={"unit_spread": Quantity(mark("distance between units over their norm"), "share")},
    refuted=f"units that are at least {EQUAL:g} of their norm apart",
    changes=(*USUAL_START, to("initialisation", "xavier")),
    explains=BAD_START,
)
