"""Rule: dead units."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, later_half, measured, middle
from paribus.diagnosis.findings.measures import ALL_DEAD, DEAD, LU
from paribus.diagnosis.findings.rule import STILL, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_START, times, to
from paribus.records.finding import Finding, Strength

NOTICED = 0.1  # share of units that are dead in many a healthy network


def detect(history: History) -> Finding | None:
    """Units whose derivative is zero for every sample of the probe batch get no gradient, and stay as they are."""
    dead = {name: history.layer(name, lambda layer, _: layer.dead) for name in history.layers}
    shares = {name: middle(later_half(series)) for name, series in dead.items()}
    known = {name: share for name, share in shares.items() if share is not None and share > NOTICED}
    if not known:
        return None
    most = max(known.values())
    if most <= DEAD and history.outcome not in ("failed", "partly"):
        return None  # a third of a dense layer is dead in many a network that trains well
    threshold = next(t for t in (ALL_DEAD, DEAD, NOTICED) if most > t)
    layers = [name for name, share in known.items() if share > threshold]
    first = min(p.step for name in layers for p in dead[name] if p.value > NOTICED)
    strength: Strength = "weak"
    if threshold == ALL_DEAD:  # next to no gradient passes such a layer
        strength = "strong" if history.outcome == "unknown" else history.strength
    elif threshold == DEAD and history.strength != "weak":
        strength = "moderate"  # half of the units are as good as a narrower layer
    return history.finding("dead_units", strength, measured("dead", most, threshold, LU), layers=layers, first=first)


RULE = Rule(
    name="dead_units",
    label=mark("dead units"),
    sentence=mark("Units of {layers} have slope zero for every input looked at, so that no gradient passes them."),
    detect=detect,
    quantities={"dead": Quantity(mark("share of dead units"), "share")},
    refuted=f"at most {NOTICED:g} of the units dead in every layer, or {DEAD:g} in a network that trains",
    changes=(*USUAL_START, times(0.1), to("gradient_clip", 1.0), to("activation", "leaky_relu")),
    explains=STILL,
)
