"""Two rules: saturation at the low and at the high end of an activation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import USUAL_INPUTS, USUAL_START, times, to
from paribus.diagnosis.findings.history import MEASURED, History, at_start, later_half, middle
from paribus.diagnosis.findings.measures import FLAT, flat_share
from paribus.diagnosis.findings.rule import STILL, Quantity, Rule
from paribus.records.finding import Evidence, Finding, Strength
from paribus.records.trace import LayerTrace, StepTrace

Share = Callable[[LayerTrace, StepTrace], float | None]
_GLOROT = "Glorot and Bengio 2010, sec. 3; " + MEASURED
REFUTED = 0.1  # share of outputs at flat ends up to which units are said to be near the middle of their range


def saturation_low(history: History) -> Iterator[Finding]:
    """Most outputs of a layer lie at flat ends of its activation, many of them at the lower one."""
    return _saturation(history, "saturation_low", lambda layer, _: layer.saturated_low)


def saturation_high(history: History) -> Iterator[Finding]:
    """Most outputs of a layer lie at flat ends of its activation, many of them at the upper one."""
    return _saturation(history, "saturation_high", lambda layer, _: layer.saturated_high)


def _saturation(history: History, name: str, end: Share) -> Iterator[Finding]:
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
    if layers:
        strength: Strength = history.strength if early or history.strength == "weak" else "moderate"
        most = max(layers.values())
        evidence = Evidence(quantity=name, value=most, threshold=FLAT / 2, source=_GLOROT)
        first = history.first_step if early else later_half(history.steps)[0].step
        yield history.finding(name, strength, [evidence], layers=list(layers), first=first)


LOW = Rule(
    name="saturation_low",
    label=mark("saturation, low end"),
    sentence=mark("Most outputs of {layers} lie where the activation is flat, many of them at its lower end."),
    detect=saturation_low,
    quantities={"saturation_low": Quantity(mark("share of outputs at the lower flat end"), "share")},
    refuted=f"at most {REFUTED:g} of the outputs at flat ends in every layer",
    changes=(*USUAL_START, *USUAL_INPUTS, to("initialisation", "xavier"), times(0.1)),
    explains=STILL,
)

HIGH = Rule(
    name="saturation_high",
    label=mark("saturation, high end"),
    sentence=mark("Most outputs of {layers} lie where the activation is flat, many of them at its upper end."),
    detect=saturation_high,
    quantities={"saturation_high": Quantity(mark("share of outputs at the upper flat end"), "share")},
    refuted=f"at most {REFUTED:g} of the outputs at flat ends in every layer",
    changes=(*USUAL_START, *USUAL_INPUTS, to("initialisation", "xavier"), times(0.1)),
    explains=STILL,
)
