"""Findings about the signal: gradients that vanish or explode, activations at their flat ends, dead units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from paribus.analysis.findings.history import MEASURED, History, at_start, later_half, middle
from paribus.analysis.findings.measures import ALL_DEAD, DEAD, LU, flat_share, sensitivity
from paribus.values.findings import Evidence, Finding, FindingName, Strength
from paribus.values.trace import LayerTrace, StepTrace

# Nats, as a share of the label entropy, that changing all of a layer's weights by their own size can change the loss.
FAINT = 2e-5
VIOLENT = 100.0
FLAT = 0.5  # share of outputs at flat ends
NOTICED = 0.1  # share of units that are dead in many a healthy network

Share = Callable[[LayerTrace, StepTrace], float | None]

_GLOROT = "Glorot and Bengio 2010, sec. 3; " + MEASURED
_GLOROT_GRADIENTS = "Glorot and Bengio 2010, sec. 4.2"
_PASCANU = "Pascanu et al. 2013, sec. 2; " + MEASURED


def _blocked(layer: LayerTrace, step: StepTrace) -> bool:
    """Whether flat ends or dead units let next to no gradient through."""
    return (flat_share(layer, step) or 0.0) > FLAT or (layer.dead or 0.0) > ALL_DEAD


def vanishing_gradient(history: History) -> Iterator[Finding]:
    """From the start the loss hardly depends on some layers' weights, though the last layers' weights matter.

    Only where weights are there and neither flat ends nor dead units block the way: those are findings of their own.
    """
    if history.prior is None or any(_blocked(layer, s) for s in at_start(history.steps) for layer in s.layers.values()):
        return
    starts = {name: at_start(history.layer(name, sensitivity)) for name in history.layers}
    known = {name: max(p.value for p in points) / history.prior for name, points in starts.items() if points}
    faint = {name: value for name, value in known.items() if 0 < value < FAINT}
    if not faint:
        return
    name, least = min(faint.items(), key=lambda item: item[1])
    source = f"{_GLOROT_GRADIENTS}; {MEASURED}"
    evidence = [Evidence(quantity="sensitivity", value=least, threshold=FAINT, source=source)]
    slope = middle(at_start(history.layer(name, lambda layer, _: layer.slope_product)))
    if slope is not None:
        evidence.append(Evidence(quantity="slope_product", value=slope, threshold=1.0, source=_GLOROT_GRADIENTS))
    yield history.finding("vanishing_gradient", history.strength, evidence, layers=list(faint))


def exploding_gradient(history: History) -> Iterator[Finding]:
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
    if violent:
        most = max(violent.values())
        evidence = Evidence(quantity="sensitivity", value=most, threshold=VIOLENT, source=_PASCANU)
        yield history.finding("exploding_gradient", history.strength, [evidence], layers=list(violent), first=first)


def _size(layer: LayerTrace) -> float:
    size = layer.weight_norm * layer.gradient_norm
    return size if math.isfinite(size) else math.inf


def saturation_low(history: History) -> Iterator[Finding]:
    """Most outputs of a layer lie at flat ends of its activation, many of them at the lower one."""
    return _saturation(history, "saturation_low", lambda layer, _: layer.saturated_low)


def saturation_high(history: History) -> Iterator[Finding]:
    """Most outputs of a layer lie at flat ends of its activation, many of them at the upper one."""
    return _saturation(history, "saturation_high", lambda layer, _: layer.saturated_high)


def _saturation(history: History, name: FindingName, end: Share) -> Iterator[Finding]:
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


def dead_units(history: History) -> Iterator[Finding]:
    """Units whose derivative is zero for every sample of the probe batch get no gradient, and stay as they are."""
    dead = {name: history.layer(name, lambda layer, _: layer.dead) for name in history.layers}
    shares = {name: middle(later_half(series)) for name, series in dead.items()}
    known = {name: share for name, share in shares.items() if share is not None and share > NOTICED}
    if not known:
        return
    most = max(known.values())
    threshold = next(t for t in (ALL_DEAD, DEAD, NOTICED) if most > t)
    layers = [name for name, share in known.items() if share > threshold]
    first = min(p.step for name in layers for p in dead[name] if p.value > NOTICED)
    strength: Strength = "weak"
    if threshold == ALL_DEAD:  # next to no gradient passes such a layer
        strength = "strong" if history.outcome == "unknown" else history.strength
    elif threshold == DEAD and history.strength != "weak":
        strength = "moderate"  # half of the units are as good as a narrower layer
    evidence = Evidence(quantity="dead", value=most, threshold=threshold, source=LU)
    yield history.finding("dead_units", strength, [evidence], layers=layers, first=first)
