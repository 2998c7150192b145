"""Axes over the steps of a run, both logarithmic where need be with zeros at the bottom, and lines on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paribus.diagnosis.findings.history import Series as Seen
from paribus.figures.palette import arm_dash
from paribus.figures.scale import Axis
from paribus.figures.specification import PAPER_WIDTH, FigureSpec, Line, Mark, Named, Panel, Points, Rule

DECADES = 12  # drawn below the largest value: what has decayed to nothing would stretch the axis without end


@dataclass(frozen=True)
class Series:
    """A series with its name. steps: [n] counted from 1; values: [n], finite."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]


def power_label(power: int) -> str:
    """A power of ten as a tick says it: `0.001`, `1`, `1000`, `1e4`, `1e-6`."""
    return f"{10.0**power:g}" if -4 < power < 4 else f"1e{power}".replace("-", "\N{MINUS SIGN}")


def steps_axis(series: Iterable[Series], name: str) -> Axis:
    """Steps from 1 to the last that was seen, logarithmic."""
    last = max((one.steps[-1] for one in series if one.steps), default=1)
    powers = range(0, math.floor(math.log10(max(last, 2))) + 1, 2 if last >= 10_000 else 1)
    axis = Axis(0.9, 1.12 * max(last, 2), tuple(10.0**power for power in powers), logarithmic=True)
    return axis.named(map(power_label, powers), name)


def powers_axis(values: Sequence[float]) -> tuple[Axis, float | None]:
    """An axis in powers of ten around the positive values.

    Also where values are drawn that are zero or far below the others; None where none is.
    """
    positive = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    high = math.ceil(math.log10(max(positive)) + 0.02)
    low = max(min(high - 1, math.floor(math.log10(min(positive)) - 0.02)), high - DECADES)
    under = any(value <= 10.0**low for value in values)
    if under:  # room for it
        low -= max(1, round((high - low) / 8))
    powers = range(low, high + 1, math.ceil((high - low) / 5))
    lowest = "0" if any(value == 0 for value in values) else "0…" if under else power_label(low)
    axis = Axis(10.0**low, 10.0**high, tuple(10.0**power for power in powers), logarithmic=True)
    named = axis.named([lowest, *(power_label(power) for power in powers[1:])])
    return named, float(10.0 ** (low + 0.035 * (high - low))) if under else None


def line(series: Series, index: int, floor: float | None = None, *, dots: float = 2.0) -> list[Mark]:
    """A series with a dot at every look. What is at or under `floor` lies on it, as a triangle that points down."""
    values = [value if floor is None else max(value, floor) for value in series.values]
    points = tuple(zip(map(float, series.steps), values, strict=True))
    drawn = Line(points, index, 1.9, arm_dash(index), dots=dots, name=series.name, kind=f"series {series.name}".strip())
    under = tuple(point for point in points if point[1] == floor)
    return [drawn, *([Points(under, index, "down", 3.5, kind="under")] if under else [])]


def limit(at: float, text: str, *, at_left: bool = False) -> Rule:
    """A threshold as a dotted line, where the axis reaches it, with its name above its right end or below its left."""
    return Rule(at, width=1.2, text=text, side="left" if at_left else "right", kind="limit")


def looks(name: str, seen: Seen) -> Series:
    """What the probes saw, step by step, as a series."""
    return Series(name, tuple(point.step + 1 for point in seen), tuple(point.value for point in seen))


def side_by_side(left: Panel, right: Panel, legend: tuple[Named, ...]) -> FigureSpec:
    """Two panels of a run."""
    return FigureSpec(f"{left.title}; {right.title}", ((left, right),), PAPER_WIDTH, 333.0, legend=legend)
