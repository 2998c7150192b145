"""Each kind of mark as SVG, at its place in a panel's box.

All that is not `Markup` already is escaped, so names stay inert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from markupsafe import Markup, escape

from paribus.figures.palette import on_page
from paribus.figures.png import png_data_uri
from paribus.figures.scale import Axis
from paribus.figures.specification import Band, Colour, Line, Mark, Point, Points, Raster, Rect, Rule, Text

FONT = 12.0
_HALO = {"paint_order": "stroke", "stroke": on_page("page"), "stroke_width": 4, "stroke_linejoin": "round"}


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """`<tag attributes>children</tag>`. `class_` is `class`, `stroke_width` is `stroke-width`; None is left out."""
    words = [tag, *(f'{_named(name)}="{_written(value)}"' for name, value in attributes.items() if value is not None)]
    return Markup(f"<{' '.join(words)}>{''.join(map(_written, children))}</{tag}>")


@cache
def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _written(value: object) -> str:
    """Coordinates to a hundredth of a px: more is bytes that nobody sees."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(value)


@dataclass(frozen=True)
class Box:
    """A rectangle inside the drawing, px."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Plot:
    """A panel's box with its axes, and the width of the whole drawing."""

    box: Box
    x_axis: Axis
    y_axis: Axis
    width: float = 0.0

    @classmethod
    def sample(cls, box: Box) -> Plot:
        """Room for a sample in a legend: both axes from 0 to 1."""
        return cls(box, Axis(0.0, 1.0), Axis(0.0, 1.0))

    def x(self, value: float) -> float:
        """From the left, px."""
        return self.box.left + self.x_axis.share(value) * (self.box.right - self.box.left)

    def y(self, value: float) -> float:
        """From the top, px."""
        return self.box.bottom - self.y_axis.share(value) * (self.box.bottom - self.box.top)

    def at(self, point: Point) -> Point:
        """Both."""
        return self.x(point[0]), self.y(point[1])


def drawn(mark: Mark, plot: Plot, *, sample: bool = False) -> list[Markup]:
    """The elements of a mark; of a `sample` its look alone, across the box."""
    match mark:
        case Line():
            return _line(mark, plot, [[(0.0, 0.5), (1.0, 0.5)]] if sample else mark.pieces())
        case Band():
            edges = ((0.0, 0.2, 0.8), (1.0, 0.2, 0.8)) if sample else mark.points
            return _band(mark, plot, edges) if edges else []
        case Points():
            return [_point(mark, *plot.at(point)) for point in (((0.5, 0.5),) if sample else mark.points)]
        case Rect():
            return _rect(mark, plot, *(((0.0, 1.0), (0.2, 0.8)) if sample else (mark.x, mark.y)))
        case Rule():
            return _rule(mark, plot, sample=sample)
        case Text():
            return _text(mark, plot)
        case Raster():
            return [_raster(mark, plot)]


def stroke(tag: str, colour: Colour, width: float = 1, **attributes: object) -> Markup:
    """An element that is drawn with a line of this colour."""
    return element(tag, **attributes, stroke=on_page(colour), stroke_width=None if width == 1 else width)


def dashes(lengths: tuple[float, ...]) -> str | None:
    """A dash pattern as `stroke-dasharray`; None for a solid line."""
    return " ".join(f"{length:g}" for length in lengths) or None


def lettering(
    words: str,
    x: float,
    y: float,
    anchor: str,
    colour: Colour,
    *,
    size: float | None = None,
    weight: int | None = None,
    haloed: bool = False,
    kind: str | None = None,
    transform: str | None = None,
) -> Markup:
    """A line of words. `haloed`: the page's colour around them, for lines that pass behind."""
    style = {"text_anchor": None if anchor == "start" else anchor, "font_size": size, "font_weight": weight}
    around = _HALO if haloed else {}
    place = {"x": x, "y": y, "fill": on_page(colour), "class_": kind, "transform": transform}
    return element("text", words, **place, **style, **around)


def path(points: Iterable[Point], closed: bool = False) -> str:
    """The `d` of a line through points."""
    d = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{d}Z" if closed else f"M{d}"


def _line(mark: Line, plot: Plot, pieces: list[list[Point]]) -> list[Markup]:
    placed = [[plot.at(point) for point in piece] for piece in pieces]
    d = "".join(map(path, placed))
    if not d:
        return []
    parts = []
    if mark.cased:  # under the dashes the page shows through, not other lines, or else no dash would be seen
        parts.append(stroke("path", "page", mark.width + 1.5, d=d, fill="none", class_="casing"))
    style = {"stroke_dasharray": dashes(mark.dash), "stroke_opacity": _unless_one(mark.opacity)}
    look = {**style, "fill": "none", "stroke_linejoin": "round", "class_": mark.kind or None}
    parts.append(stroke("path", mark.colour, mark.width, d=d, **look))
    if mark.dots:
        fill = on_page(mark.colour)
        parts += [element("circle", cx=x, cy=y, r=mark.dots, fill=fill) for piece in placed for x, y in piece]
    return parts


def _unless_one(opacity: float) -> float | None:
    return None if opacity == 1 else opacity


def _band(mark: Band, plot: Plot, edges: tuple[tuple[float, float, float], ...]) -> list[Markup]:
    top = [plot.at((x, high)) for x, _, high in edges]
    bottom = [plot.at((x, low)) for x, low, _ in reversed(edges)]
    d = path([*top, *bottom], closed=True)
    return [element("path", d=d, fill=on_page(mark.colour), fill_opacity=mark.opacity, class_=mark.kind or None)]


def _point(mark: Points, x: float, y: float) -> Markup:
    colour, r, kind = on_page(mark.colour), mark.size, mark.kind or None
    opacity = _unless_one(mark.opacity)
    match mark.shape:
        case "dot":
            return element("circle", cx=x, cy=y, r=r, fill=colour, fill_opacity=opacity, class_=kind)
        case "ring":
            ring = {"fill": on_page("page"), "stroke": colour, "stroke_width": 1.5}
            return element("circle", cx=x, cy=y, r=r, **ring, class_=kind)
        case "stroke":
            ends = {"x1": x, "x2": x, "y1": y - r, "y2": y + r}
            return stroke("line", mark.colour, 1.5, **ends, stroke_opacity=opacity, class_=kind)
        case "cross":
            d = f"M{x - r:.2f} {y - r:.2f}l{2 * r:g} {2 * r:g}m0 -{2 * r:g}l-{2 * r:g} {2 * r:g}"
            return stroke("path", mark.colour, 2, d=d, fill="none", class_=kind)
        case "down":
            d = f"M{x - r:.2f} {y - r:.2f}h{2 * r:g}l-{r:g} {1.7 * r:g}z"
            return element("path", d=d, fill=colour, class_=kind)


def _rect(mark: Rect, plot: Plot, x: tuple[float, float] | None, y: tuple[float, float] | None) -> list[Markup]:
    box, inset = plot.box, mark.inset
    left, right = (box.left, box.right) if x is None else sorted(map(plot.x, x))
    top, bottom = (box.top, box.bottom) if y is None else sorted(map(plot.y, y))
    place: dict[str, object] = {"x": left + inset, "y": top + inset, "class_": mark.kind or None}
    place |= {"width": max(right - left - 2 * inset, 2.0), "height": max(bottom - top - 2 * inset, 0.0)}
    style: dict[str, object] = {"fill": "none" if mark.colour is None else on_page(mark.colour)}
    style["fill_opacity"] = _unless_one(mark.opacity)
    if mark.edge is not None:
        style |= {"stroke": on_page(mark.edge), "stroke_width": mark.edge_width}
        style["stroke_dasharray"] = "4 3" if mark.dashed else None
    parts = [element("rect", **place, **style)]
    if mark.hatched:
        parts.append(stroke("path", "rule", 2, d=_hatch(left + inset, top + inset, right - inset, bottom - inset)))
    return parts


def _hatch(left: float, top: float, right: float, bottom: float) -> str:
    """Slanting lines across a rectangle, cut at its edges."""
    high, d = bottom - top, ""
    start = left - high + 8
    while start < right:
        x0, x1 = max(start, left), min(start + high, right)
        d += f"M{x0:.1f} {bottom - (x0 - start):.1f}L{x1:.1f} {bottom - (x1 - start):.1f}"
        start += 10
    return d


def _rule(mark: Rule, plot: Plot, *, sample: bool) -> list[Markup]:
    box = plot.box
    axis = plot.x_axis if mark.axis == "x" else plot.y_axis
    if not sample and not axis.low <= mark.at <= axis.high:
        return []
    if mark.axis == "x":
        x = plot.x(mark.at)
        ends = {"x1": x, "x2": x, "y1": box.top, "y2": box.bottom}
    else:
        y = plot.y(0.5 if sample else mark.at)
        ends = {"x1": box.left, "x2": box.right, "y1": y, "y2": y}
    style = {"stroke_dasharray": dashes(mark.dash), "class_": mark.kind or None}
    parts = [stroke("line", mark.colour, mark.width, **ends, **style)]
    if mark.text and not sample:
        parts.append(_rule_words(mark, box, ends["y1"]))
    return parts


def _rule_words(mark: Rule, box: Box, y: float) -> Markup:
    below, above = y + 1.2 * FONT, y - 5
    if mark.side == "right":
        x, at, anchor = box.right - 2, above if above - FONT > box.top - 6 else below, "end"
    elif mark.side == "left":
        x, at, anchor = box.left + 5, below, "start"
    else:
        x, at, anchor = (box.left + box.right) / 2, below if box.bottom - y > 1.4 * FONT else above, "middle"
    return lettering(mark.text, x, at, anchor, "ink-2", haloed=True, kind="note")


def _text(mark: Text, plot: Plot) -> list[Markup]:
    box = plot.box
    x = box.left + mark.x * (box.right - box.left) if mark.inside else plot.x(mark.x)
    x += 6 if mark.inside and mark.anchor == "start" else 0
    y = box.bottom - mark.y * (box.bottom - box.top) if mark.inside == "both" else plot.y(mark.y)
    size, weight = None if mark.size == FONT else mark.size, 650 if mark.bold else None
    y, kind = y + 0.35 * mark.size, mark.kind or None
    return [
        lettering(mark.text, x, y, mark.anchor, mark.colour, size=size, weight=weight, haloed=mark.haloed, kind=kind)
    ]


def _raster(mark: Raster, plot: Plot) -> Markup:
    box, colours = plot.box, mark.pixels()
    height, width, channels = colours.shape
    place = {"x": box.left, "y": box.top, "width": box.right - box.left, "height": box.bottom - box.top}
    source = png_data_uri(np.ascontiguousarray(colours).tobytes(), height, width, channels)
    return element("image", **place, href=source, preserveAspectRatio="none", image_rendering="pixelated")
