"""The force balance by matplotlib: a panel for each layer, a row for each arm, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from paribus.presentation.figures.forces import ForcesView, LayerForces
from paribus.presentation.figures.matplotlib_canvas import (
    INK,
    LARGE,
    SMALL,
    STRONG,
    TITLE,
    WIDE,
    PaperFigure,
    calm,
    paper,
    power_label,
)
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.translation import Words, translator

_DECADES = 12  # drawn below the largest value: a network decayed to zero would stretch the axis without end
_PULL: dict[str, Any] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (3, 1.5))}
_STRONGER: dict[str, Any] = {"color": INK, "alpha": 0.13, "linewidth": 0}


def draw_forces(names: Sequence[str], view: ForcesView, lang: str) -> PaperFigure:
    """All panels on the same axes, so that arms and layers can be compared. `names`: of the arms, as shown."""
    words = translator(lang)
    rows, columns = len(view.arms), len(view.layers)
    drawn = paper(WIDE, 0.75 + 1.35 * rows)
    grid = drawn.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    low, high = _bounds(view)
    for row, (index, layers) in enumerate(view.arms):
        for axes, layer in zip(grid[row], layers, strict=True):
            _panel(axes, layer, arm_colour(index).light, low, words)
        grid[row][0].set_ylabel(names[index], color=arm_colour(index).light, fontweight=STRONG, fontsize=LARGE)
    for axes, name in zip(grid[0], view.layers, strict=True):
        axes.set_title(name, **TITLE)
    _scales(grid[0][0], view, low, high)
    for axes in grid.flat:
        axes.minorticks_off()
    grid[-1][-1].set_xlabel(words.text("step, seed {seed}", seed=view.seed), loc="right", fontsize=SMALL, color=INK)
    drawn.legend(handles=_legend(words), loc="outside upper left", ncols=3, frameon=False, fontsize=SMALL)
    return drawn


def _legend(words: Words) -> list[Any]:
    return [
        Line2D([], [], color=INK, linewidth=1.4, label=words.text("norm of the data gradient")),
        Line2D([], [], **_PULL, label=words.text("pull of weight decay, λ‖w‖")),
        Patch(**_STRONGER, label=words.text("decay is stronger")),
    ]


def _scales(axes: Axes, view: ForcesView, low: int, high: int) -> None:
    """Both axes, which all panels share."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(10.0**low, 10.0**high)
    powers = range(low, high + 1, math.ceil((high - low) / 5))
    axes.set_yticks([10.0**power for power in powers], [power_label(power) for power in powers])
    last = max(step for _, layers in view.arms for layer in layers for step in layer.steps)
    steps = range(0, math.floor(math.log10(last)) + 1, 2 if last >= 1000 else 1)
    axes.set_xticks([10.0**power for power in steps], [power_label(power) for power in steps])
    axes.set_xlim(0.9, 1.1 * last)


def _panel(axes: Axes, layer: LayerForces, colour: str, low: int, words: Words) -> None:
    """What is under the axis leaves it downwards, also a norm of zero, which no logarithm has."""
    calm(axes)
    floor = 10.0 ** (low - 3)
    gradients, pulls = ([max(value, floor) for value in values] for values in (layer.gradients, layer.pulls))
    axes.plot(layer.steps, gradients, color=colour, linewidth=1.4)
    if not any(layer.pulls):
        told = words.text("no weight decay")
        axes.text(0.97, 0.04, told, transform=axes.transAxes, ha="right", fontsize=SMALL - 0.5, color=INK)
        return
    axes.plot(layer.steps, pulls, **_PULL)
    stronger = [p > g for p, g in zip(layer.pulls, layer.gradients, strict=True)]
    axes.fill_between(layer.steps, gradients, pulls, where=stronger, interpolate=True, **_STRONGER)


def _bounds(view: ForcesView) -> tuple[int, int]:
    """Powers of ten around what is drawn, at most twelve of them."""
    every = [layer for _, layers in view.arms for layer in layers]
    values = [v for layer in every for v in (*layer.gradients, *layer.pulls) if v > 0 and math.isfinite(v)] or [1.0]
    high = math.ceil(math.log10(max(values)))
    low = min(high - 1, math.floor(math.log10(min(values))))
    return max(low, high - _DECADES), high
