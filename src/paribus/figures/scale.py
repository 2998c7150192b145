"""Axes: where the ticks go, how they are written, and where a value lies between two px."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Axis:
    """A range of values with its ticks. `logarithmic` axes have positive bounds only.

    `labels`: what stands at the ticks, nothing where empty; `label`: what the axis is of, with its unit.
    """

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    logarithmic: bool = False
    labels: tuple[str, ...] = ()
    label: str = ""

    def named(self, labels: Iterable[str] | None = None, label: str = "") -> Axis:
        """The same axis in words; without labels those of `tick_labels`."""
        return replace(self, labels=tick_labels(self) if labels is None else tuple(labels), label=label)

    def share(self, value: float) -> float:
        """Where `value` lies: 0 at `low`, 1 at `high`; values outside are held at the nearer end."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        return min(1.0, max(0.0, (value - low) / (high - low)))


def nice_step(span: float, intervals: int) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts `span` into about `intervals`."""
    rough = span / max(1, intervals)
    power = 10.0 ** math.floor(math.log10(rough))
    return min((m * power for m in (1, 2, 5, 10)), key=lambda step: abs(math.log(step / rough)))


def linear_axis(values: Sequence[float], intervals: int = 5, floor: float | None = None) -> Axis:
    """An axis that holds all finite `values` and begins and ends on a tick.

    Begins at `floor` where that costs less than half of the height: a zero is worth seeing, when it is near.
    """
    finite = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if floor is not None and low - floor <= high - low:
        low = floor
    if high - low < 1e-12 * max(1.0, abs(high)):
        pad = max(abs(high) * 0.05, 1e-3)
        low, high = low - pad, high + pad
        low = low if floor is None else max(low, floor)
    step = nice_step(high - low, intervals)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(k * step, 12) for k in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def fraction_axis(values: Sequence[float]) -> Axis:
    """An axis for fractions: the whole of 0 to 1 where the values spread widely, else closer, but never beyond."""
    finite = [v for v in values if math.isfinite(v)]
    if not finite or max(finite) - min(finite) > 0.4:
        return Axis(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    axis = linear_axis(finite)
    ticks = tuple(t for t in axis.ticks if 0.0 <= t <= 1.0)
    return axis if len(ticks) < 2 else Axis(ticks[0], ticks[-1], ticks)


def log_axis(values: Sequence[float]) -> Axis:
    """An axis in powers of ten around all positive finite `values`."""
    positive = [v for v in values if math.isfinite(v) and v > 0] or [1.0]
    first, last = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    last = max(last, first + 1)
    every = math.ceil((last - first) / 6)
    return Axis(10.0**first, 10.0**last, tuple(10.0**k for k in range(first, last + 1, every)), logarithmic=True)


def epoch_axis(last: int) -> Axis:
    """An axis of epochs 1 to `last`; with a single epoch, room on both sides of it."""
    if last <= 1:
        return Axis(0.5, 1.5, (1.0,))
    step = 1 if last <= 6 else max(1, round(nice_step(last, 4)))
    # Both ends are named; a tick just beside one of them would only crowd it.
    between = [k for k in range(step, last, step) if min(k - 1, last - k) > step / 2]
    ticks = sorted({1, *between, last})
    return Axis(1.0, float(last), tuple(float(t) for t in ticks))


def tick_labels(axis: Axis, percent: str = "") -> tuple[str, ...]:
    """The ticks in words, all with the same decimals; `percent`, if given, writes fractions so: ` %`, `%`."""
    if axis.logarithmic:
        return tuple(f"{tick:g}" for tick in axis.ticks)
    scaled = [tick * 100 if percent else tick for tick in axis.ticks]
    step = min((b - a for a, b in itertools.pairwise(scaled)), default=1.0)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return tuple(f"{value:.{decimals}f}{percent}".replace("-", "\u2212") for value in scaled)
