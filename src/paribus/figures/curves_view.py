"""Training curves as they are shown of each arm: every seed's line, and the mean and band of those that count.

In one arm the mean is over its seeds and the band reaches from its lowest to its highest seed: the whole of what was
seen, with nothing assumed about how seeds spread. Where only some of an arm's runs trained, a mean over both kinds
would describe no run at all, so mean and band are of those that trained.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from paribus.figures.measured import counted, curve_metrics
from paribus.programs.view import program_view, step_unit
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.program import Metric
from paribus.words.translation import mark


@dataclass(frozen=True)
class SeedLine:
    """One run: (epoch, value) of every epoch with a finite value. `in_band` says that the arm's mean counts it."""

    seed: int
    points: tuple[tuple[int, float], ...]
    in_band: bool
    diverged: bool


@dataclass(frozen=True)
class BandPoint:
    """One epoch over the runs of a band: mean, lowest and highest."""

    epoch: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class ArmCurves:
    """One arm in one panel. `index` picks its colour and dash; `band` is empty where no run ended."""

    name: str
    index: int
    lines: tuple[SeedLine, ...]
    band: tuple[BandPoint, ...]
    counted: int


@dataclass(frozen=True)
class Curves:
    """One metric of all arms. `guessing`: what a predictor that ignores its input reaches, None if not known.

    `first_epoch` is above 1 in a closer look at a training's end.
    """

    metric: Metric
    arms: tuple[ArmCurves, ...]
    guessing: float | None
    first_epoch: int
    last_epoch: int
    unit: str = mark("epoch")  # of what it goes over

    def values(self) -> list[float]:
        """Every value that is drawn, for the axis."""
        return [value for arm in self.arms for line in arm.lines for _, value in line.points]


@dataclass(frozen=True)
class CurvesView:
    """All metrics over the epochs, the leading one first, and a closer look at that where one is worth drawing."""

    panels: tuple[Curves, ...]
    closer: Curves | None

    def panel(self, metric: str) -> Curves:
        """The panel of one metric."""
        return next(panel for panel in self.panels if panel.metric.name == metric)


def curves_view(comparison: Comparison) -> CurvesView:
    """The curves of a comparison. `closer` is the leading metric in the last two thirds of the epochs, if that takes
    less than a fifth of the whole's height: where arms end near each other, the first epochs hide the rest.
    """
    panels = tuple(_curves(comparison, metric) for metric in curve_metrics(comparison))
    return CurvesView(panels, _closer(panels[0]) if panels else None)


def _curves(comparison: Comparison, metric: Metric) -> Curves:
    arms = tuple(_arm(arm, index, metric.name) for index, arm in enumerate(comparison.arms))
    epochs = [point[0] for arm in arms for line in arm.lines for point in line.points]
    guessing = program_view(comparison.program).reference(comparison, metric.name)
    return Curves(metric, arms, guessing, 1, max(epochs, default=1), step_unit(comparison.program))


def _arm(arm: ArmView, index: int, metric: str) -> ArmCurves:
    lines = tuple(_line(arm, run, metric) for run in arm.runs)
    banded = [dict(line.points) for line in lines if line.in_band]
    epochs = sorted(set.intersection(*map(set, banded))) if banded else []
    band = tuple(_band_point(epoch, [points[epoch] for points in banded]) for epoch in epochs)
    return ArmCurves(arm.name, index, lines, band, len(banded))


def _line(arm: ArmView, run: RunView, metric: str) -> SeedLine:
    points = tuple((epoch, v) for epoch, v in enumerate(run.curves.get(metric, ()), start=1) if math.isfinite(v))
    diverged = run.status == "diverged"
    return SeedLine(run.seed, points, bool(points) and not diverged and counted(arm, run), diverged)


def _band_point(epoch: int, values: list[float]) -> BandPoint:
    low, high = min(values), max(values)
    return BandPoint(epoch, min(high, max(low, math.fsum(values) / len(values))), low, high)


def _closer(whole: Curves) -> Curves | None:
    first = 1 + whole.last_epoch // 3
    late = replace(whole, arms=tuple(_from(arm, first) for arm in whole.arms), guessing=None, first_epoch=first)
    part = late.values()
    if whole.last_epoch < 6 or not part:
        return None
    every = whole.values()
    return late if 0 < max(part) - min(part) < (max(every) - min(every)) / 5 else None


def _from(arm: ArmCurves, first: int) -> ArmCurves:
    lines = tuple(replace(line, points=tuple(p for p in line.points if p[0] >= first)) for line in arm.lines)
    return replace(arm, lines=lines, band=tuple(p for p in arm.band if p.epoch >= first))
