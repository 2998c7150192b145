"""The figure of training curves: for each arm a thick line, the mean, and its band; a thin line for each seed.

Runs that the mean leaves out remain as thin lines. One that diverged is a thin line up to where it broke.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from paribus.core.errors import ParibusError
from paribus.figures.arms import arm_names
from paribus.figures.curves_view import ArmCurves, BandPoint, Curves, SeedLine, curves_view
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
from paribus.programs.view import step_unit
from paribus.records.comparison import Comparison
from paribus.records.program import Epoch
from paribus.records.run import RunRecord
from paribus.words.metric_format import Measure, measure_of
from paribus.words.translation import translator

WIDE, NARROW = (960.0, 380.0), (360.0, 260.0)
LOG_FROM = 1000.0  # what spans more than this many times its least value is drawn on a logarithmic axis


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
