"""Paired differences as SVG: one row a pair, a stroke a seed, the interval, and the margin around zero."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from paribus.presentation.figures.differences import DifferenceRow, DifferencesView
from paribus.presentation.figures.markup import element
from paribus.presentation.figures.scale import Axis, linear_axis, tick_labels
from paribus.presentation.figures.svg_parts import (
    FONT,
    INK,
    RULE,
    Box,
    arm_group,
    canvas,
    horizontal_ticks,
    shortened,
    text,
)

ROW = 62.0


@dataclass(frozen=True)
class DifferenceWords:
    """What the chart says. `sides`: for each row what lies to the left and to the right of zero."""

    title: str
    description: str
    points: str
    sides: tuple[tuple[str, str], ...]
    indices: tuple[tuple[int, int], ...]


def difference_axis(view: DifferencesView) -> Axis:
    """Percentage points. The margin is shown whole where the differences are of its size."""
    values = [100 * value for value in view.values()]
    margin = 100 * view.margin
    if max(values) - min(values) < 20 * margin:
        values += [-1.5 * margin, 1.5 * margin]
    return linear_axis(values, intervals=6)


def difference_chart(view: DifferencesView, words: DifferenceWords, width: float, uid: str) -> Markup:
    """All pairs under each other on one axis of percentage points."""
    axis = difference_axis(view)
    height = ROW * len(view.rows) + 3.6 * FONT
    box = Box(16, 4, width - 16, height - 3.4 * FONT)
    labels = [("+" if tick > 0 else "") + label for tick, label in zip(axis.ticks, tick_labels(axis), strict=True)]
    parts = _background(box, axis, 100 * view.margin)
    parts += horizontal_ticks(box, map(axis.share, axis.ticks), labels)
    parts.append(text(box.right, height - 2, words.points, "end"))
    for number, row in enumerate(view.rows):
        top = box.top + ROW * number
        parts += _sides(box, top, words.sides[number], words.indices[number])
        parts.append(element("g", *_row(box, axis, row, top + ROW * 0.62), class_="difference"))
    return canvas(width, height, uid, words.title, words.description, *parts)


def _background(box: Box, axis: Axis, margin: float) -> list[Markup]:
    left, right = box.x(axis.share(-margin)), box.x(axis.share(margin))
    zero = box.x(axis.share(0.0))
    shade = {"x": left, "y": box.top, "width": max(right - left, 2.0), "height": box.bottom - box.top}
    return [
        element("rect", **shade, fill=RULE, fill_opacity=0.6, class_="margin"),
        element("line", x1=zero, x2=zero, y1=box.top, y2=box.bottom, stroke=INK, class_="zero"),
        element("line", x1=box.left, x2=box.right, y1=box.bottom, y2=box.bottom, stroke=INK, class_="axis"),
    ]


def _sides(box: Box, top: float, sides: tuple[str, str], indices: tuple[int, int]) -> list[Markup]:
    half = (box.right - box.left) / 2 - FONT
    y = top + 1.3 * FONT
    words = ("← " + shortened(sides[0], half), shortened(sides[1], half) + " →")
    style = {"y": y, "fill": "currentColor", "class_": "name"}
    left = element("text", words[0], x=box.left + 8, **style)
    right = element("text", words[1], x=box.right, text_anchor="end", **style)
    return [arm_group(indices[0], left), arm_group(indices[1], right)]


def _row(box: Box, axis: Axis, row: DifferenceRow, y: float) -> list[Markup]:
    def x(value: float) -> float:
        return box.x(axis.share(100 * value))

    def bar(low: float | None, high: float | None, thickness: float, kind: str) -> list[Markup]:
        if low is None or high is None:
            return []
        where = {"x1": x(low), "x2": x(high), "y1": y, "y2": y}
        return [element("line", **where, stroke=INK, stroke_width=thickness, class_=kind)]

    parts = bar(row.images_low, row.images_high, 1.5, "interval-images") + bar(row.low, row.high, 6, "interval")
    for point in row.points:
        where = {"x1": x(point), "x2": x(point), "y1": y + 8, "y2": y + 18}
        parts.append(element("line", **where, stroke=INK, stroke_width=1.5, stroke_opacity=0.7, class_="seed-mark"))
    if row.mean is not None:
        parts.append(element("circle", cx=x(row.mean), cy=y, r=5.5, fill=INK, class_="mean-mark"))
    return parts
