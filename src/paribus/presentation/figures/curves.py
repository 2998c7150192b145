"""Training curves as a view: what is drawn for each arm, before any back end draws it.

In one arm the thick line is the mean over its seeds and the band reaches from its lowest to its highest seed: the
whole of what was seen, with nothing assumed about how seeds spread. Where only some of an arm's runs trained, a mean
over both kinds would describe no run at all, so the line and the band are of those that trained, and the others
remain as thin lines. A run that diverged is a thin line up to where it broke.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from paribus.values.comparison import ArmView, Comparison, RunView

Metric = Literal["val_accuracy", "val_loss", "train_accuracy", "train_loss"]
METRICS: tuple[Metric, ...] = get_args(Metric)


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
class Panel:
    """One metric of all arms. `guessing`: what a predictor that ignores its input reaches, None if not known.

    `first_epoch` is above 1 in a closer look at a training's end.
    """

    metric: Metric
    arms: tuple[ArmCurves, ...]
    guessing: float | None
    first_epoch: int
    last_epoch: int

    @property
    def is_fraction(self) -> bool:
        """Accuracies are fractions, losses nats."""
        return self.metric.endswith("accuracy")

    def values(self) -> list[float]:
        """Every value that is drawn, for the axis."""
        return [value for arm in self.arms for line in arm.lines for _, value in line.points]


@dataclass(frozen=True)
class CurvesView:
    """All four metrics over the epochs, in the order of `METRICS`, and a closer look where one is worth drawing."""

    panels: tuple[Panel, ...]
    closer: Panel | None

    def panel(self, metric: Metric) -> Panel:
        """The panel of one metric."""
        return self.panels[METRICS.index(metric)]


def curves_view(comparison: Comparison) -> CurvesView:
    """The curves of a comparison. `closer` is the validation accuracy of the last two thirds of the epochs, if that
    takes less than a fifth of the whole's height: where arms end near each other, the first epochs hide the rest.
    """
    panels = tuple(_panel(comparison, metric) for metric in METRICS)
    return CurvesView(panels, _closer(panels[METRICS.index("val_accuracy")]))


def _panel(comparison: Comparison, metric: Metric) -> Panel:
    arms = tuple(_arm(arm, index, metric) for index, arm in enumerate(comparison.arms))
    guessing = None
    if one_prior(comparison):
        guessing = comparison.prior_entropy if metric.endswith("loss") else _guessed(comparison)
    epochs = [point[0] for arm in arms for line in arm.lines for point in line.points]
    return Panel(metric, arms, guessing, 1, max(epochs, default=1))


def one_prior(comparison: Comparison) -> bool:
    """Whether all arms have the classes in the same shares: where not, no one line is what guessing reaches."""
    return len({(arm.recipe.dataset, arm.recipe.majority_fraction) for arm in comparison.arms}) == 1


def _guessed(comparison: Comparison) -> float | None:
    """The accuracy of always naming the most frequent class; 0 as the majority's share leaves all about equal."""
    return guessed_accuracy(len(comparison.class_names), comparison.arms[0].recipe.majority_fraction)


def guessed_accuracy(classes: int, share: float) -> float | None:
    """The same, with the majority's `share`; None where the classes are not known."""
    if classes < 2:
        return None
    return max(share, (1 - share) / (classes - 1)) if share > 0 else 1 / classes


def _arm(arm: ArmView, index: int, metric: Metric) -> ArmCurves:
    lines = tuple(_line(arm, run, metric) for run in arm.runs)
    counted = [dict(line.points) for line in lines if line.in_band]
    epochs = sorted(set.intersection(*map(set, counted))) if counted else []
    band = tuple(_band_point(epoch, [points[epoch] for points in counted]) for epoch in epochs)
    return ArmCurves(arm.name, index, lines, band, len(counted))


def _line(arm: ArmView, run: RunView, metric: Metric) -> SeedLine:
    values: tuple[float, ...] = getattr(run, metric)
    points = tuple((epoch, value) for epoch, value in enumerate(values, start=1) if math.isfinite(value))
    diverged = run.status == "diverged"
    in_band = bool(points) and not diverged and (arm.over == "all" or run.trained)
    return SeedLine(run.seed, points, in_band, diverged)


def _band_point(epoch: int, values: list[float]) -> BandPoint:
    low, high = min(values), max(values)
    return BandPoint(epoch, min(high, max(low, math.fsum(values) / len(values))), low, high)


def _closer(panel: Panel) -> Panel | None:
    first = 1 + panel.last_epoch // 3
    late = Panel(panel.metric, tuple(_from(arm, first) for arm in panel.arms), None, first, panel.last_epoch)
    whole, part = panel.values(), late.values()
    if panel.last_epoch < 6 or not part:
        return None
    span = max(part) - min(part)
    return late if 0 < span < (max(whole) - min(whole)) / 5 else None


def _from(arm: ArmCurves, first: int) -> ArmCurves:
    lines = tuple(
        SeedLine(line.seed, tuple(p for p in line.points if p[0] >= first), line.in_band, line.diverged)
        for line in arm.lines
    )
    return ArmCurves(arm.name, arm.index, lines, tuple(p for p in arm.band if p.epoch >= first), arm.counted)
