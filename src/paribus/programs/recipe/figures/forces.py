"""The force balance: in each layer the data gradient's norm against the pull of weight decay, over steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from paribus.figures.scale import Axis
from paribus.figures.specification import Band, FigureSpec, Line, Mark, Panel, Text, line_of
from paribus.programs.recipe.figures.steps import DECADES, power_label
from paribus.records.trace import StepTrace
from paribus.words.translation import Words, translator

MOST_LAYERS = 6
_PULL = (6.0, 3.0)


@dataclass(frozen=True)
class _Forces:
    """One layer of one run. steps: [n] from 1; gradients, pulls: [n] norms, pulls 0 without weight decay."""

    steps: tuple[int, ...]
    gradients: tuple[float, ...]
    pulls: tuple[float, ...]


def spread_out(names: Sequence[str], most: int) -> list[str]:
    """All of the names, or of more than `most` the first, the last and some between."""
    if len(names) <= most:
        return list(names)
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]


def _layer(name: str, trace: Sequence[StepTrace]) -> _Forces:
    seen = [(step.step + 1, step.layers[name]) for step in trace if name in step.layers]
    return _Forces(
        steps=tuple(step for step, _ in seen),
        gradients=tuple(layer.gradient_norm for _, layer in seen),
        pulls=tuple(layer.decay_pull or 0.0 for _, layer in seen),
    )


def forces_figure(
    names: Mapping[str, str], traces: Mapping[str, Sequence[StepTrace]], seed: int, lang: str
) -> FigureSpec:
    """The forces in each arm's run of one seed, all on the same axes, so that arms and layers can be compared.

    `names`: how arms are shown, by the arm's name, in the arms' order; `traces`: by the same, none of them empty. Of
    more than six layers the first, the last and some between are drawn.
    """
    words, order = translator(lang), list(names)
    drawn = spread_out(list(next(iter(traces.values()))[0].layers), MOST_LAYERS)
    arms = {arm: [_layer(layer, traces[arm]) for layer in drawn] for arm in order if arm in traces}
    every = [layer for layers in arms.values() for layer in layers]
    y, x = _value_axis(every), _step_axis(every, words.text("step, seed {seed}", seed=seed))
    rows: list[list[Panel]] = []
    for arm, layers in arms.items():
        titles = [""] * len(drawn) if rows else drawn
        index = order.index(arm)
        panels = [Panel(tuple(_marks(layer, index, y.low, words)), replace(x, label=""), y, title=title)
                  for layer, title in zip(layers, titles, strict=True)]  # fmt: skip
        panels[0] = replace(panels[0], side=names[arm], side_colour=index)
        rows.append(panels)
    rows[-1][-1] = replace(rows[-1][-1], x=x)
    return FigureSpec(
        title=words.text("Forces on the weights"),
        description=", ".join(filter(None, names.values())),
        rows=tuple(map(tuple, rows)),
        height=92 + 167.0 * len(rows),
        legend=(
            Line((), "ink", 2.0, name=words.text("norm of the data gradient")),
            Line((), "ink-2", 1.5, _PULL, name=words.text("pull of weight decay, λ‖w‖")),
            Band((), "ink-2", 0.2, name=words.text("decay is stronger")),
        ),
        shared=True,
    )


def _value_axis(every: Sequence[_Forces]) -> Axis:
    """Powers of ten around what is drawn, at most twelve of them."""
    values = [v for layer in every for v in (*layer.gradients, *layer.pulls) if v > 0 and math.isfinite(v)] or [1.0]
    high = math.ceil(math.log10(max(values)))
    low = max(min(high - 1, math.floor(math.log10(min(values)))), high - DECADES)
    powers = range(low, high + 1, math.ceil((high - low) / 5))
    axis = Axis(10.0**low, 10.0**high, tuple(10.0**power for power in powers), logarithmic=True)
    return axis.named(map(power_label, powers))


def _step_axis(every: Sequence[_Forces], name: str) -> Axis:
    last = max(step for layer in every for step in layer.steps)
    powers = range(0, math.floor(math.log10(last)) + 1, 2 if last >= 1000 else 1)
    axis = Axis(0.9, max(1.1 * last, 1.0), tuple(10.0**power for power in powers), logarithmic=True)
    return axis.named(map(power_label, powers), name)


def _marks(layer: _Forces, index: int, low: float, words: Words) -> list[Mark]:
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
