"""Axes over the steps of a run by matplotlib: both logarithmic where need be, and zeros at the bottom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from paribus.presentation.figures.matplotlib_canvas import INK, SMALL, power_label
from paribus.presentation.figures.palette import arm_colour, arm_dash
from paribus.presentation.figures.run_views import Line

DECADES = 12  # drawn below the largest value: what has decayed to nothing would stretch the axis without end
LIMIT: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 1.5)), "zorder": 1}


def steps_axis(axes: Axes, last: int, name: str) -> None:
    """Steps from 1 to the last that was seen, logarithmic."""
    axes.set_xscale("log")
    powers = range(0, math.floor(math.log10(max(last, 2))) + 1, 2 if last >= 10_000 else 1)
    axes.set_xticks([10.0**power for power in powers], [power_label(power) for power in powers])
    axes.minorticks_off()
    axes.set_xlim(0.9, 1.12 * max(last, 2))
    axes.set_xlabel(name, loc="right", fontsize=SMALL, color=INK)


def powers_axis(axes: Axes, values: Sequence[float]) -> float | None:
    """A vertical axis in powers of ten around the positive values.

    Returns where values are drawn that are zero or far below the others; None where none is.
    """
    positive = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    high = math.ceil(math.log10(max(positive)) + 0.02)
    low = max(min(high - 1, math.floor(math.log10(min(positive)) - 0.02)), high - DECADES)
    under = any(value <= 10.0**low for value in values)
    if under:  # room for it
        low -= max(1, round((high - low) / 8))
    axes.set_yscale("log")
    axes.set_ylim(10.0**low, 10.0**high)
    powers = range(low, high + 1, math.ceil((high - low) / 5))
    lowest = "0" if any(value == 0 for value in values) else "0…" if under else power_label(low)
    axes.set_yticks([10.0**power for power in powers], [lowest, *(power_label(power) for power in powers[1:])])
    axes.minorticks_off()
    return float(10.0 ** (low + 0.035 * (high - low))) if under else None


def draw_line(axes: Axes, line: Line, index: int, floor: float | None = None, **style: Any) -> None:
    """A series with a dot at every look. What is at or under `floor` lies on it, as a triangle that points down."""
    colour, dash = arm_colour(index).light, arm_dash(index)
    pattern: Any = (0, tuple(length / 2 for length in dash)) if dash else "-"
    look = {"color": colour, "linewidth": 1.3, "linestyle": pattern, "marker": "o", "markersize": 2.4, **style}
    values = [value if floor is None else max(value, floor) for value in line.values]
    axes.plot(line.steps, values, label=line.name, gid=line.name, **look)
    under = [(step, floor) for step, value in zip(line.steps, values, strict=True) if value == floor]
    if under:
        axes.plot(*zip(*under, strict=True), color=colour, linestyle="", marker="v", markersize=4, clip_on=False)


def limit(axes: Axes, value: float, text: str, *, at_left: bool = False) -> None:
    """A threshold as a dotted line, where the axis reaches it, with its name above its right end or below its left."""
    low, high = axes.get_ylim()
    if not low < value < high:
        return
    axes.axhline(value, **LIMIT)
    place: dict[str, Any] = {"xytext": (-1, 2), "ha": "right", "va": "bottom"}
    if at_left:
        place = {"xytext": (3, -3), "ha": "left", "va": "top"}
    axes.annotate(
        text,
        (0.0 if at_left else 1.0, value),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=SMALL - 0.5,
        color=INK,
        **place,
    )


def last_step(lines: Sequence[Line]) -> int:
    """The last step of several series; 1 where they are empty."""
    return max((line.steps[-1] for line in lines if line.steps), default=1)
