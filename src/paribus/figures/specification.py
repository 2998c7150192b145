"""A figure as a value: marks on axes, in panels, with a legend and a caption. `svg` and `matplotlib_backend` draw it.

Lengths are px of a screen on which text is 12 px high; paper scales them. Colours are an arm's place or one of the
palette's roles, never a number: each back end and each theme has its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.figures.scale import Axis

Colour = int | Literal["ink", "ink-2", "rule", "edge", "soft", "page", "good"]
Point = tuple[float, float]

PAPER_WIDTH = 889.0  # 183 mm, both columns of a two-column paper


@dataclass(frozen=True)
class Line:
    """A line through points; a y that is not finite breaks it. `name`: its entry in the legend.

    `cased`: the page shows through under it, so that its dashes are seen above other lines. `dots`: their radius.
    """

    points: tuple[Point, ...]
    colour: Colour
    width: float = 1.5
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    cased: bool = False
    dots: float = 0.0
    name: str = ""
    kind: str = ""

    def pieces(self) -> list[list[Point]]:
        """Its unbroken stretches."""
        found: list[list[Point]] = [[]]
        for point in self.points:
            if math.isfinite(point[1]):
                found[-1].append(point)
            elif found[-1]:
                found.append([])
        return [piece for piece in found if piece]


@dataclass(frozen=True)
class Band:
    """The area between low and high: (x, low, high)."""

    points: tuple[tuple[float, float, float], ...]
    colour: Colour
    opacity: float = 0.16
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Points:
    """Single marks. `size` is a radius, or half the length of a stroke."""

    points: tuple[Point, ...]
    colour: Colour
    shape: Literal["dot", "ring", "cross", "stroke", "down"] = "dot"
    size: float = 3.5
    opacity: float = 1.0
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Rect:
    """A bar, a cell or a stretch of the panel: from and to on each axis, None from end to end.

    `colour` None: not filled. `edge`: of its frame, `inset`: px left free inside on all sides.
    """

    x: tuple[float, float] | None
    y: tuple[float, float] | None
    colour: Colour | None
    opacity: float = 1.0
    edge: Colour | None = None
    edge_width: float = 1.0
    dashed: bool = False
    hatched: bool = False
    inset: float = 0.0
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Rule:
    """A straight line across the whole panel, at a value of `axis`. `side` is where its words stand."""

    at: float
    axis: Literal["x", "y"] = "y"
    colour: Colour = "ink-2"
    width: float = 1.0
    dash: tuple[float, ...] = (1, 3)
    text: str = ""
    side: Literal["right", "left", "middle"] = "right"
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Text:
    """Words at a value of each axis, or with `inside` at a share of the panel."""

    x: float
    y: float
    text: str
    colour: Colour = "ink-2"
    anchor: Literal["start", "middle", "end"] = "middle"
    size: float = 12.0
    bold: bool = False
    inside: Literal["", "x", "both"] = ""
    haloed: bool = False
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Raster:
    """Numbers as colours, [height, width], the first row at the top; NaN is left free; or bytes [height, width, 3].

    `ramp`: the colours from `low` to `high`, evenly apart.
    """

    values: NDArray[np.float32] | NDArray[np.uint8]
    ramp: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    kind: str = ""

    def pixels(self) -> NDArray[np.uint8]:
        """It as bytes [height, width, 3] (RGB); where there is no number, white."""
        if self.values.dtype == np.uint8 and self.values.ndim == 3:
            return self.values.astype(np.uint8)
        values = self.values.astype(np.float64)
        span = self.high - self.low or 1.0
        share = np.clip((values - self.low) / span, 0.0, 1.0)
        stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in self.ramp], dtype=np.float64)
        places = np.linspace(0.0, 1.0, len(stops))
        channels = [np.interp(np.nan_to_num(share), places, stops[:, channel]) for channel in range(3)]
        made = np.stack(channels, axis=-1).round()
        made[np.isnan(values)] = 255
        return made.astype(np.uint8)


Named = Line | Band | Points | Rect | Rule
Mark = Named | Text | Raster


@dataclass(frozen=True)
class End:
    """A name at the right end of a line, at the height `at`."""

    text: str
    at: float
    colour: Colour


@dataclass(frozen=True)
class Panel:
    """Marks on two axes. `grid`: along which ticks lines run. `bare`: neither grid nor axis, ticks alone.

    `side`: stands upright at the left, in `side_colour`; `note`: below, in the middle; `beside`: words at the right at
    values of y; `ends`: names at the right, pushed apart where they are near; `square`: a unit of x is as long as of y.
    """

    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    title: str = ""
    grid: Literal["", "x", "y"] = "y"
    bare: bool = False
    side: str = ""
    side_colour: Colour = "ink"
    note: str = ""
    beside: tuple[tuple[float, str], ...] = ()
    ends: tuple[End, ...] = ()
    square: bool = False


@dataclass(frozen=True)
class FigureSpec:
    """Panels in rows. `widths`, `heights`: how the room is shared among columns and rows, evenly where empty.

    `title` and `description` are for those who do not see it; `heading` is drawn above the panels. `shared`: all panels
    have the same axes, and those inside have no words at them. `legend`: marks, each shown by a sample beside its name.
    """

    title: str
    rows: tuple[tuple[Panel, ...], ...]
    width: float = PAPER_WIDTH
    height: float = 320.0
    description: str = ""
    heading: str = ""
    widths: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    legend: tuple[Named, ...] = ()
    caption: tuple[str, ...] = ()
    shared: bool = False

    def panels(self) -> tuple[Panel, ...]:
        """All of them, row by row."""
        return tuple(panel for row in self.rows for panel in row)


def titled(figure: FigureSpec) -> FigureSpec:
    """The figure with its title drawn, for where no words stand around it."""
    drawn = figure.heading or any(panel.title for panel in figure.panels())
    return figure if drawn else replace(figure, heading=figure.title, height=figure.height + 24)


def keys(panels: Iterable[Panel]) -> tuple[Named, ...]:
    """A legend: of all marks that have a name the first of each name."""
    named = [mark for panel in panels for mark in panel.marks if not isinstance(mark, Text | Raster) and mark.name]
    return tuple({mark.name: mark for mark in reversed(named)}.values())[::-1]


def line_of(xs: Sequence[float], ys: Sequence[float]) -> tuple[Point, ...]:
    """The points of two columns."""
    return tuple(zip(xs, ys, strict=True))
