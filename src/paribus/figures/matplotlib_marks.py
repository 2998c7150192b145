"""Each kind of mark by matplotlib."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from paribus.figures.palette import on_white
from paribus.figures.specification import Band, Line, Mark, Named, Points, Raster, Rect, Rule, Text

POINT = 7 / 12  # a px of the specification in points: its 12 px are 7 points, which papers have below figures
LETTER = POINT
_THICK = 0.72  # and of a line's width: thin ones fade in print
_SHAPES = {"dot": "o", "ring": "o", "cross": "x", "stroke": "|", "down": "v"}


def drawn(axes: Axes, mark: Mark) -> None:
    """Draw one mark."""
    match mark:
        case Line():
            _line(axes, mark)
        case Band():
            x, low, high = ([point[place] for point in mark.points] for place in range(3))
            axes.fill_between(x, low, high, **_filled(mark), gid=mark.kind or None)
        case Points():
            axes.plot(*_columns(mark.points), **_points(mark), clip_on=False, gid=mark.kind or None)
        case Rect():
            _rect(axes, mark)
        case Rule():
            _rule(axes, mark)
        case Text():
            _text(axes, mark)
        case Raster():
            place = (*axes.get_xlim(), *axes.get_ylim())
            axes.imshow(mark.pixels(), interpolation="nearest", extent=place, aspect=axes.get_aspect(), gid=mark.kind)


def sample(mark: Named) -> Any:
    """What stands beside the words in a legend."""
    match mark:
        case Line() | Rule():
            return Line2D([], [], **_stroke(mark), **(_dots(mark) if isinstance(mark, Line) else {}))
        case Band() | Rect():
            return Patch(**_filled(mark))
        case Points():
            return Line2D([], [], **_points(mark))


def _columns(points: tuple[tuple[float, float], ...]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _stroke(mark: Line | Rule) -> dict[str, Any]:
    width = _THICK * mark.width
    pattern: Any = (0, tuple(POINT * length / width for length in mark.dash)) if mark.dash else "-"
    opacity = mark.opacity if isinstance(mark, Line) else 1.0
    return {"color": on_white(mark.colour), "linewidth": width, "linestyle": pattern, "alpha": opacity}


def _dots(mark: Line) -> dict[str, Any]:
    return {"marker": "o", "markersize": 2 * POINT * mark.dots} if mark.dots else {}


def _line(axes: Axes, mark: Line) -> None:
    columns = _columns(mark.points)
    if mark.cased:  # under the dashes the paper shows through, not other lines
        axes.plot(*columns, color="#ffffff", linewidth=_THICK * mark.width + 1)
    style = {**_stroke(mark), **_dots(mark)}
    axes.plot(*columns, **style, solid_capstyle="butt", gid=mark.kind or None, label=mark.name or "_")


def _points(mark: Points) -> dict[str, Any]:
    size = 2 * POINT * mark.size
    style = {"color": on_white(mark.colour), "linestyle": "", "marker": _SHAPES[mark.shape], "markersize": size}
    return {**style, "alpha": mark.opacity, **({"markerfacecolor": "#ffffff"} if mark.shape == "ring" else {})}


def _filled(mark: Band | Rect) -> dict[str, Any]:
    face = "none" if mark.colour is None else on_white(mark.colour)
    return {"facecolor": face, "alpha": None if mark.opacity == 1 else mark.opacity, "linewidth": 0}


def _rect(axes: Axes, mark: Rect) -> None:
    style = _filled(mark)
    if mark.edge is not None:
        style |= {"edgecolor": on_white(mark.edge), "linewidth": _THICK * mark.edge_width}
        style |= {"linestyle": "--" if mark.dashed else "-", "hatch": "////" if mark.hatched else None}
    if mark.x is None and mark.y is not None:
        axes.axhspan(*mark.y, **style, gid=mark.kind or None)
    elif mark.y is None and mark.x is not None:
        axes.axvspan(*mark.x, **style, gid=mark.kind or None)
    elif mark.x is not None and mark.y is not None:
        (left, right), (low, high) = sorted(mark.x), sorted(mark.y)
        x, y = (_inset(mark.inset, which) for which in ("x", "y"))
        shape = Rectangle((left + x, low + y), right - left - 2 * x, high - low - 2 * y, **style, gid=mark.kind or None)
        axes.add_patch(shape)


def _inset(px: float, which: str) -> float:
    """Px of the specification as a length on an axis of cells, which are about 110 px wide and 55 px high."""
    return px / (110 if which == "x" else 55)


def _rule(axes: Axes, mark: Rule) -> None:
    low, high = axes.get_ylim() if mark.axis == "y" else axes.get_xlim()
    if not low <= mark.at <= high:
        return
    across = axes.axhline if mark.axis == "y" else axes.axvline
    across(mark.at, **_stroke(mark), zorder=1, gid=mark.kind or None)
    if not mark.text:
        return
    places = {"right": (1.0, "right", (-1, 2)), "left": (0.0, "left", (3, -3)), "middle": (0.5, "center", (0, -3))}
    x, anchor, shift = places[mark.side]
    place: dict[str, Any] = {"xytext": shift, "ha": anchor, "va": "bottom" if shift[1] > 0 else "top"}
    where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate(mark.text, (x, mark.at), **where, **place, fontsize=12 * LETTER, color=on_white("ink-2"))


def _text(axes: Axes, mark: Text) -> None:
    anchor = {"start": "left", "middle": "center", "end": "right"}[mark.anchor]
    across = {"": "data", "x": ("axes fraction", "data"), "both": "axes fraction"}[mark.inside]
    box = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.2} if mark.haloed else None
    axes.annotate(
        mark.text,
        (mark.x, mark.y),
        xycoords=across,
        xytext=(3 if mark.inside and mark.anchor == "start" else 0, 0),
        textcoords="offset points",
        ha=anchor,
        va="center",
        fontsize=LETTER * mark.size,
        fontweight="semibold" if mark.bold else "normal",
        color=on_white(mark.colour),
        bbox=box,
        gid=mark.kind or None,
    )
