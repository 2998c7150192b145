"""Two rules: saturation at the low and at the high end of an activation."""

from __future__ import annotations

from collections.abc import Callable

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, at_start, later_half, measured, middle
from paribus.diagnosis.findings.measures import FLAT, flat_share
from paribus.diagnosis.findings.rule import STILL, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_INPUTS, USUAL_START, times, to
from paribus.records.finding import Finding, Strength
from paribus.records.trace import LayerTrace, StepTrace

Share = Callable[[LayerTrace, StepTrace], float | None]
_GLOROT = "Glorot and Bengio 2010, sec. 3; " + MEASURED
REFUTED = 0.1  # share of outputs at flat ends up to which units are said to be near the middle of their range


def _saturation(history: History, name: str, end: Share) -> Finding | None:
    """A layer counts where over half of its outputs are at flat ends and a quarter at this one, early or late.

    Flat from the start is a cause. Flat later, in a network that does not train, may be the work of another.
    """
    early: dict[str, float] = {}
    late: dict[str, float] = {}
    for layer in history.layers:
        both, this = history.layer(layer, flat_share), history.layer(layer, end)
        for found, part in ((early, at_start), (late, later_half)):
            share, of_this = middle(part(both)), middle(part(this))
            if share is not None and of_this is not None and share > FLAT and of_this > FLAT / 2:
                found[layer] = of_this
    layers = early or late
    if not layers:
        return None
    strength: Strength = history.strength if early or history.strength == "weak" else "moderate"
    evidence = measured(name, max(layers.values()), FLAT / 2, _GLOROT)
    first = history.first_step if early else later_half(history.steps)[0].step
    return history.finding(name, strength, evidence, layers=layers, first=first)


def _rule(name: str, label: str, sentence: str, quantity: str, end: Share) -> Rule:
    """The rule of one end of an activation."""
    return Rule(
        name=name,
        label=label,
        sentence=sentence,
        detect=lambda history: _saturation(history, name, end),
        quantities={name: Quantity(quantity, "share")},
        refuted=f"at most {REFUTED:g} of the outputs at flat ends in every layer",
        changes=(*USUAL_START, *USUAL_INPUTS, to("initialisation", "xavier"), times(0.1)),
        explains=STILL,
    )


LOW = _rule(
    "saturation_low",
    mark("saturation, low end"),
    mark("Most outputs of {layers} lie where the activation is flat, many of them at its lower end."),
    mark("share of outputs at the lower flat end"),
    lambda layer, _: layer.saturated_low,
)
HIGH = _rule(
    "saturation_high",
    mark("saturation, high end"),
    mark("Most outputs of {layers} lie where the activation is flat, many of them at its upper end."),
    mark("share of outputs at the upper flat end"),
    lambda layer, _: layer.saturated_high,
)
