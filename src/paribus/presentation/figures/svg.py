"""Line charts of training curves as SVG."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.presentation.figures.curves import ArmCurves, Panel, SeedLine
from paribus.presentation.figures.markup import element
from paribus.presentation.figures.palette import PAGE_LIGHT
from paribus.presentation.figures.scale import Axis, epoch_axis, fraction_axis, linear_axis, log_axis, tick_labels
from paribus.presentation.figures.svg_parts import (
    FONT,
    INK,
    Box,
    apart,
    arm_group,
    canvas,
    dash_attribute,
    horizontal_ticks,
    path,
    shortened,
    text,
    text_width,
    vertical_ticks,
)

LOG_FROM = 1000.0  # a loss that spans more than this many times its least value is drawn on a logarithmic axis


@dataclass(frozen=True)
class Size:
    """A canvas in px, and how much of its width the names at the lines' ends may take."""

    width: float
    height: float
    names: float


WIDE = Size(960, 380, 190)
NARROW = Size(360, 260, 84)


@dataclass(frozen=True)
class ChartWords:
    """What a chart says, in the reader's language. `names`: the arms as shown; `guessing`: the reference
    line; `percent`: what follows a percentage."""

    title: str
    description: str
    epoch: str
    guessing: str
    log_scale: str
    percent: str
    names: tuple[str, ...]


def line_chart(panel: Panel, words: ChartWords, size: Size, uid: str) -> Markup:
    """One panel: bands, thin lines for each seed, a thick line for each arm's mean, names at the lines' ends."""
    y_axis, x_axis = value_axis(panel), epochs_axis(panel)
    labels = tick_labels(y_axis, words.percent if panel.is_fraction else "")
    names = [shortened(name, size.names) for name in words.names]
    box = Box(
        left=14 + max(text_width(label) for label in labels),
        top=FONT,
        right=size.width - 18 - max(text_width(name) for name in (*names, words.epoch)),
        bottom=size.height - 2 * FONT,
    )
    plot = _Plot(box, x_axis, y_axis)
    parts = vertical_ticks(box, map(y_axis.share, y_axis.ticks), labels)
    parts += horizontal_ticks(box, map(x_axis.share, x_axis.ticks), [f"{tick:g}" for tick in x_axis.ticks])
    parts.append(text(box.right + 14, box.bottom + 6 + FONT, words.epoch))
    if y_axis.logarithmic:
        parts.append(text(box.left + 6, box.top + FONT, words.log_scale, kind="note"))
    parts += [arm_group(arm.index, *_spread(plot, arm)) for arm in panel.arms]
    parts += [arm_group(arm.index, *_mean(plot, arm)) for arm in panel.arms]
    parts += _guessing(plot, panel, words.guessing)
    parts += _names(plot, panel, names)
    return canvas(size.width, size.height, uid, words.title, words.description, *parts)


def value_axis(panel: Panel) -> Axis:
    """The axis of a panel: per cent for accuracies; from zero for losses, or logarithmic where they explode."""
    values = panel.values()
    if panel.is_fraction:
        return fraction_axis(values)
    positive = [value for value in values if value > 0]
    if positive and max(positive) > LOG_FROM * min(positive):
        return log_axis(values)
    return linear_axis(values, floor=0.0)


def epochs_axis(panel: Panel) -> Axis:
    """The axis of a panel's epochs."""
    axis = epoch_axis(panel.last_epoch)
    if panel.first_epoch == 1:
        return axis
    first = float(panel.first_epoch)
    return Axis(first, axis.high, (first, *(t for t in axis.ticks if t > first + (axis.high - first) / 12)))


@dataclass(frozen=True)
class _Plot:
    box: Box
    x: Axis
    y: Axis

    def at(self, epoch: float, value: float) -> tuple[float, float]:
        return self.box.x(self.x.share(epoch)), self.box.y(self.y.share(value))


def _spread(plot: _Plot, arm: ArmCurves) -> list[Markup]:
    parts = []
    if len(arm.band) > 1 and arm.counted > 1:
        top = [plot.at(p.epoch, p.high) for p in arm.band]
        bottom = [plot.at(p.epoch, p.low) for p in reversed(arm.band)]
        d = path([*top, *bottom], closed=True)
        parts.append(element("path", d=d, fill="currentColor", fill_opacity=0.16, class_="band"))
    return parts + [part for line in arm.lines for part in _seed(plot, line)]


def _seed(plot: _Plot, line: SeedLine) -> list[Markup]:
    if not line.points:
        return []
    d = "".join(path([plot.at(*point) for point in piece]) for piece in _pieces(line.points))
    # A run that the mean leaves out has no band to show it, so its own line must.
    style = {"stroke_width": 1, "stroke_opacity": 0.55} if line.in_band else {"stroke_width": 1.5}
    parts = [element("path", d=d, class_="seed", stroke="currentColor", fill="none", **style)]
    if line.diverged:
        x, y = plot.at(*line.points[-1])
        cross = f"M{x - 4:.2f} {y - 4:.2f}l8 8m0 -8l-8 8"
        parts.append(element("path", d=cross, stroke="currentColor", stroke_width=2, class_="diverged"))
    return parts


def _pieces(points: tuple[tuple[int, float], ...]) -> list[list[tuple[int, float]]]:
    """Unbroken stretches: an epoch without a finite value is a gap, not a straight line across."""
    pieces: list[list[tuple[int, float]]] = []
    for point in points:
        if pieces and point[0] == pieces[-1][-1][0] + 1:
            pieces[-1].append(point)
        else:
            pieces.append([point])
    return pieces


def _mean(plot: _Plot, arm: ArmCurves) -> list[Markup]:
    if not arm.band:
        return []
    points = [plot.at(p.epoch, p.mean) for p in arm.band]
    line = element(
        "path",
        d=path(points),
        stroke="currentColor",
        stroke_width=2.5,
        stroke_linejoin="round",
        stroke_dasharray=dash_attribute(arm.index),
        fill="none",
        class_="mean",
    )
    x, y = points[-1]
    # Under the dashes the page shows through, not the seeds' lines, or else no dash would be seen.
    casing = element("path", d=path(points), stroke=PAGE_LIGHT, stroke_width=4, fill="none", class_="casing")
    return [casing, line, element("circle", cx=x, cy=y, r=3.5, fill="currentColor", class_="end")]


def _guessing(plot: _Plot, panel: Panel, words: str) -> list[Markup]:
    """What ignoring the input reaches: a dotted line, where it lies on the axis."""
    value = panel.guessing
    if value is None or not plot.y.low <= value <= plot.y.high:
        return []
    y = plot.at(1, value)[1]
    line = element(
        "line", x1=plot.box.left, x2=plot.box.right, y1=y, y2=y, stroke=INK, stroke_dasharray="1 4", class_="guessing"
    )
    below = y + 1.2 * FONT if plot.box.bottom - y > 1.4 * FONT else y - 7
    return [line, text((plot.box.left + plot.box.right) / 2, below, words, "middle", kind="note")]


def _names(plot: _Plot, panel: Panel, names: list[str]) -> list[Markup]:
    ends = [_end(arm) for arm in panel.arms]
    drawn = [i for i, end in enumerate(ends) if end is not None]
    wanted = [plot.at(1, end)[1] for end in ends if end is not None]
    heights = apart(wanted, FONT * 1.2, plot.box.top, plot.box.bottom)
    return [
        arm_group(
            panel.arms[i].index,
            element("text", names[i], x=plot.box.right + 9, y=y + FONT * 0.35, fill="currentColor", class_="name"),
        )
        for i, y in zip(drawn, heights, strict=True)
    ]


def _end(arm: ArmCurves) -> float | None:
    """Where the arm's name belongs: its mean's end, or else the last value of any of its runs."""
    if arm.band:
        return arm.band[-1].mean
    last = [line.points[-1] for line in arm.lines if line.points]
    return max(last)[1] if last else None
