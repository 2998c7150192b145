"""The force balance: in each layer the data gradient's norm against the pull of weight decay, over steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from paribus.presentation.figures.scale import Axis
from paribus.presentation.figures.specification import Band, FigureSpec, Line, Mark, Panel, Text, line_of
from paribus.presentation.figures.steps import DECADES, power_label
from paribus.presentation.translation import Words, translator
from paribus.values.trace import StepTrace

MOST_LAYERS = 6
_PULL = (6.0, 3.0)


@dataclass(frozen=True)
class LayerForces:
    """One layer of one run. steps: [n] from 1; gradients, pulls, weights: [n] norms, pulls 0 without weight decay."""

    layer: str
    steps: tuple[int, ...]
    gradients: tuple[float, ...]
    pulls: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class ForcesView:
    """An arm's layers in the order of the forward pass; `left_out`: how many more it has than are drawn."""

    arms: tuple[tuple[int, tuple[LayerForces, ...]], ...]
    layers: tuple[str, ...]
    left_out: int
    seed: int
    decoupled: bool


def forces_view(arms: Sequence[str], traces: Mapping[str, Sequence[StepTrace]], seed: int) -> ForcesView:
    """The forces in each arm's run of one seed. `traces`: by the arm's name, at least one, none of them empty.

    Of more than six layers the first, the last and some between are drawn. Under decoupled decay (AdamW) both forces
    are not of one kind: the gradient is normalised before the step, the pull is not.
    """
    names = list(next(iter(traces.values()))[0].layers)
    drawn = spread_out(names, MOST_LAYERS)
    rows = tuple(
        (index, tuple(_layer(name, traces[arm]) for name in drawn)) for index, arm in enumerate(arms) if arm in traces
    )
    decoupled = any(step.decoupled for trace in traces.values() for step in trace)
    return ForcesView(rows, tuple(drawn), len(names) - len(drawn), seed, decoupled)


def spread_out(names: Sequence[str], most: int) -> list[str]:
    """All of the names, or of more than `most` the first, the last and some between."""
    if len(names) <= most:
        return list(names)
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]


def _layer(name: str, trace: Sequence[StepTrace]) -> LayerForces:
    seen = [(step.step + 1, step.layers[name]) for step in trace if name in step.layers]
    return LayerForces(
        layer=name,
        steps=tuple(step for step, _ in seen),
        gradients=tuple(layer.gradient_norm for _, layer in seen),
        pulls=tuple(layer.decay_pull or 0.0 for _, layer in seen),
        weights=tuple(layer.weight_norm for _, layer in seen),
    )


def forces_figure(names: Sequence[str], view: ForcesView, lang: str) -> FigureSpec:
    """All panels on the same axes, so that arms and layers can be compared. `names`: of the arms, as shown."""
    words = translator(lang)
    y, x = _value_axis(view), _step_axis(view, words.text("step, seed {seed}", seed=view.seed))
    rows = []
    for place, (index, layers) in enumerate(view.arms):
        panels = [Panel(tuple(_marks(layer, index, y.low, words)), replace(x, label=""), y,
                        title="" if place else layer.layer) for layer in layers]  # fmt: skip
        panels[0] = replace(panels[0], side=names[index], side_colour=index)
        rows.append(panels)
    rows[-1][-1] = replace(rows[-1][-1], x=x)
    return FigureSpec(
        title=words.text("Forces on the weights"),
        description=", ".join(filter(None, names)),
        rows=tuple(map(tuple, rows)),
        height=92 + 167.0 * len(rows),
        legend=(
            Line((), "ink", 2.0, name=words.text("norm of the data gradient")),
            Line((), "ink-2", 1.5, _PULL, name=words.text("pull of weight decay, λ‖w‖")),
            Band((), "ink-2", 0.2, name=words.text("decay is stronger")),
        ),
        shared=True,
    )


def _value_axis(view: ForcesView) -> Axis:
    """Powers of ten around what is drawn, at most twelve of them."""
    every = [layer for _, layers in view.arms for layer in layers]
    values = [v for layer in every for v in (*layer.gradients, *layer.pulls) if v > 0 and math.isfinite(v)] or [1.0]
    high = math.ceil(math.log10(max(values)))
    low = max(min(high - 1, math.floor(math.log10(min(values)))), high - DECADES)
    powers = range(low, high + 1, math.ceil((high - low) / 5))
    axis = Axis(10.0**low, 10.0**high, tuple(10.0**power for power in powers), logarithmic=True)
    return axis.named(map(power_label, powers))


def _step_axis(view: ForcesView, name: str) -> Axis:
    last = max(step for _, layers in view.arms for layer in layers for step in layer.steps)
    powers = range(0, math.floor(math.log10(last)) + 1, 2 if last >= 1000 else 1)
    axis = Axis(0.9, max(1.1 * last, 1.0), tuple(10.0**power for power in powers), logarithmic=True)
    return axis.named(map(power_label, powers), name)


def _marks(layer: LayerForces, index: int, low: float, words: Words) -> list[Mark]:
    """What is under the axis leaves it downwards, also a norm of zero, which no logarithm has."""
    floor = low / 1000
    steps = [float(step) for step in layer.steps]
    gradients, pulls = ([max(value, floor) for value in values] for values in (layer.gradients, layer.pulls))
    found: list[Mark] = [Line(line_of(steps, gradients), index, 2.0, kind="gradient")]
    if not any(layer.pulls):
        told = words.text("no weight decay")
        return [*found, Text(0.97, 0.07, told, "ink-2", "end", 11.0, inside="both", kind="note")]
    found.append(Line(line_of(steps, pulls), "ink-2", 1.5, _PULL, kind="pull"))
    return [*found, *(Band(area, "ink-2", 0.2, kind="stronger") for area in _stronger(steps, gradients, pulls))]


def _stronger(
    steps: Sequence[float], gradients: Sequence[float], pulls: Sequence[float]
) -> list[tuple[tuple[float, float, float], ...]]:
    """Where the pull lies above the gradient, from crossing to crossing, straight on logarithmic axes."""
    areas: list[list[tuple[float, float, float]]] = []
    for place, now in enumerate(zip(steps, gradients, pulls, strict=True)):
        above = now[2] > now[1]
        if place:
            before = (steps[place - 1], gradients[place - 1], pulls[place - 1])
            if above != (before[2] > before[1]) and all(map(math.isfinite, (*before, *now))):
                crossing = _crossing(before, now)
                if above:
                    areas.append([crossing])
                else:
                    areas[-1].append(crossing)
        if above:
            areas[-1].append(now) if areas and place else areas.append([now])
    return [tuple(area) for area in areas if len(area) > 1]


def _crossing(before: tuple[float, float, float], now: tuple[float, float, float]) -> tuple[float, float, float]:
    (x0, g0, p0), (x1, g1, p1) = (tuple(map(math.log, point)) for point in (before, now))
    share = (p0 - g0) / ((p0 - g0) - (p1 - g1))
    height = math.exp(g0 + share * (g1 - g0))
    return math.exp(x0 + share * (x1 - x0)), height, height
