"""Training curves: what is shown of each arm, and the figure of it.

In one arm the thick line is the mean over its seeds and the band reaches from its lowest to its highest seed: the
whole of what was seen, with nothing assumed about how seeds spread. Where only some of an arm's runs trained, a mean
over both kinds would describe no run at all, so the line and the band are of those that trained, and the others
remain as thin lines. A run that diverged is a thin line up to where it broke.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from paribus.core.errors import ParibusError
from paribus.figures.arms import arm_names
from paribus.figures.measured import counted, curve_metrics
from paribus.figures.palette import arm_dash
from paribus.figures.scale import Axis, epoch_axis, fraction_axis, linear_axis, log_axis, tick_labels
from paribus.figures.specification import (
    PAPER_WIDTH,
    Band,
    End,
    FigureSpec,
    Line,
    Mark,
    Panel,
    Point,
    Points,
    Rule,
    Text,
)
from paribus.programs.view import program_view, step_unit
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.program import Epoch, Metric
from paribus.records.run import RunRecord
from paribus.words.measure import Measure, measure_of
from paribus.words.translation import mark, translator

WIDE, NARROW = (960.0, 380.0), (360.0, 260.0)
LOG_FROM = 1000.0  # what spans more than this many times its least value is drawn on a logarithmic axis


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


def curves_title(shown: Curves, lang: str) -> str:
    """The metric, with a capital; a closer look says from which epoch."""
    title = measure_of(shown.metric, lang).title
    if shown.first_epoch == 1:
        return title
    return translator(lang).text("{metric}, closer, from epoch {epoch}", metric=title, epoch=shown.first_epoch)


def curves_description(shown: Curves, names: tuple[str, ...], lang: str) -> str:
    """Where each arm's curve ends, in words."""
    measure = measure_of(shown.metric, lang)
    return " ".join(_told(measure, arm, names[arm.index]) for arm in shown.arms)


def guessing_words(shown: Curves, lang: str) -> str:
    """What stands at the line of guessing; nothing where there is none."""
    if shown.guessing is None:
        return ""
    measure = measure_of(shown.metric, lang)
    return measure.words.text("guessing: {value}", value=measure.value(shown.guessing, 1 if measure.is_share else 2))


def curve_figure(
    shown: Curves, names: tuple[str, ...], lang: str, size: tuple[float, float] = WIDE, short: tuple[str, ...] = ()
) -> FigureSpec:
    """One metric: bands, thin lines for each seed, a thick line for each arm's mean, names at the lines' ends.

    `names`: the arms', in full; `short`: as they stand at the lines' ends.
    """
    panel = replace(curve_panel(shown, lang), title="", ends=_ends(shown, short or names))
    description = curves_description(shown, names, lang)
    height = max(size[1], 64 + 14.4 * len(panel.ends))  # room for a name each
    return FigureSpec(curves_title(shown, lang), ((panel,),), size[0], height, description=description)


def curves_figure(comparison: Comparison, lang: str) -> FigureSpec:
    """All metrics side by side for paper, with a legend; there must be one that is known by epoch."""
    names, view = arm_names(comparison, lang), curves_view(comparison)
    panels = [curve_panel(shown, lang) for shown in view.panels]
    legend = tuple(Line((), i, 2.5, arm_dash(i), name=name) for i, name in enumerate(names))
    columns = min(2, len(panels))
    panels += [Panel((), Axis(0.0, 1.0), Axis(0.0, 1.0), bare=True)] * (len(panels) % columns)
    rows = tuple(tuple(panels[at : at + columns]) for at in range(0, len(panels), columns))
    title = translator(lang).text("How training went")
    description = curves_description(view.panels[0], names, lang)
    size = (PAPER_WIDTH, 40 + 282.0 * len(rows))
    return FigureSpec(title, rows, *size, description=description, legend=legend)


def run_curves_figure(record: RunRecord, epochs: Sequence[Epoch], lang: str) -> FigureSpec:
    """The same of a single run. Raises ParibusError where nothing is known of it by epoch."""
    panels = []
    for metric in record.program.metrics:
        points = tuple(
            (each.epoch, value) for each in epochs if math.isfinite(value := each.figures.get(metric.name, math.nan))
        )
        if points:
            band = tuple(BandPoint(epoch, value, value, value) for epoch, value in points)
            line = SeedLine(record.seed, points, True, record.status == "diverged")
            arm = ArmCurves(record.id, 0, (line,), band, 1)
            panels.append(curve_panel(Curves(metric, (arm,), None, 1, points[-1][0], step_unit(record.program)), lang))
    if not panels:
        raise ParibusError("curves are drawn of figures by epoch, and run {name} has none", name=record.id)
    words = translator(lang)
    caption = words.text("{recipe}, seed {seed}", recipe=record.program.name, seed=record.seed)
    rows = tuple((panel,) for panel in panels)
    title = words.text("How training went")
    return FigureSpec(title, rows, PAPER_WIDTH, 62 + 282.0 * len(rows), description=caption, caption=(caption,))


def curve_panel(shown: Curves, lang: str) -> Panel:
    """The marks of one metric, and its axes."""
    words = translator(lang)
    y, x = value_axis(shown), epochs_axis(shown)
    marks = [mark for arm in shown.arms for mark in _spread(arm)]
    marks += [mark for arm in shown.arms for mark in _mean(arm)]
    if shown.guessing is not None:
        marks.append(Rule(shown.guessing, text=guessing_words(shown, lang), side="middle", kind="guessing"))
    if y.logarithmic:
        marks.append(Text(0.01, 0.95, words.text("logarithmic scale"), anchor="start", inside="both", kind="note"))
    labels = tick_labels(y, words.percent_sign if shown.metric.unit == "share" else "")
    across = x.named([f"{tick:g}" for tick in x.ticks], words.text(shown.unit))
    return Panel(tuple(marks), across, y.named(labels), title=curves_title(shown, lang))


def value_axis(shown: Curves) -> Axis:
    """The axis of a panel: per cent for shares; from zero for others, or logarithmic where they explode."""
    values = shown.values()
    if shown.metric.unit == "share":
        return fraction_axis(values)
    positive = [value for value in values if value > 0]
    if positive and max(positive) > LOG_FROM * min(positive):
        return log_axis(values)
    return linear_axis(values, floor=0.0)


def epochs_axis(shown: Curves) -> Axis:
    """The axis of a panel's epochs."""
    axis = epoch_axis(shown.last_epoch)
    if shown.first_epoch == 1:
        return axis
    first = float(shown.first_epoch)
    return Axis(first, axis.high, (first, *(t for t in axis.ticks if t > first + (axis.high - first) / 12)))


def _spread(arm: ArmCurves) -> list[Mark]:
    """The band and every seed's line."""
    found: list[Mark] = []
    if len(arm.band) > 1 and arm.counted > 1:
        found.append(Band(tuple((p.epoch, p.low, p.high) for p in arm.band), arm.index, kind="band"))
    for line in arm.lines:
        if not line.points:
            continue
        # A run that the mean leaves out has no band to show it, so its own line must.
        width, opacity = (1.0, 0.55) if line.in_band else (1.5, 1.0)
        dots = 2.0 if len(line.points) == 1 else 0.0
        found.append(Line(_with_gaps(line.points), arm.index, width, opacity=opacity, dots=dots, kind="seed"))
        if line.diverged:
            found.append(Points(line.points[-1:], arm.index, "cross", 4.0, kind="diverged"))
    return found


def _with_gaps(points: tuple[tuple[int, float], ...]) -> tuple[Point, ...]:
    """An epoch without a finite value breaks the line; nothing is drawn straight across it."""
    values = dict(points)
    return tuple((epoch, values.get(epoch, math.nan)) for epoch in range(points[0][0], points[-1][0] + 1))


def _mean(arm: ArmCurves) -> list[Mark]:
    if not arm.band:
        return []
    points = tuple((float(p.epoch), p.mean) for p in arm.band)
    line = Line(points, arm.index, 2.5, arm_dash(arm.index), cased=True, kind="mean")
    return [line, Points(points[-1:], arm.index, "dot", 3.5, kind="end")]


def _ends(shown: Curves, names: tuple[str, ...]) -> tuple[End, ...]:
    """Each arm's name where its mean ends, or else at the last value of any of its runs."""
    found = []
    for arm in shown.arms:
        last = [line.points[-1] for line in arm.lines if line.points]
        if arm.band or last:
            found.append(End(names[arm.index], arm.band[-1].mean if arm.band else max(last)[1], arm.index))
    return tuple(found)


def _told(measure: Measure, arm: ArmCurves, name: str) -> str:
    words = measure.words
    if not arm.band:
        return words.text("{arm}: no run reached the end.", arm=name)
    end = arm.band[-1]
    places = measure.places(end.high - end.low) if measure.is_share else 3
    low, mean, high = (measure.value(value, places) for value in (end.low, end.mean, end.high))
    return words.text(
        "{arm}: {mean} after epoch {epoch}, from {low} to {high} over {n} runs.",
        arm=name,
        mean=mean,
        epoch=end.epoch,
        low=low,
        high=high,
        n=arm.counted,
    )
