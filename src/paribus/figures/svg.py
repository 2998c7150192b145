"""The back end for HTML: a figure as an SVG that stands alone, in the colours of the page where it is in one."""

from __future__ import annotations

from itertools import accumulate

from markupsafe import Markup

from paribus.figures.palette import arm_dash
from paribus.figures.scale import Axis
from paribus.figures.specification import End, FigureSpec, Named, Panel, Rule
from paribus.figures.svg_marks import FONT, Box, Plot, dashes, drawn, element, lettering, stroke
from paribus.figures.text_width import apart, shortened, text_width, wrapped

LINE = 18.0  # px from one line of words to the next
SAMPLE = 28.0  # px of a line in the legend
_EDGE = 2.0  # px between words and the end of the drawing
_NAMES = 0.24  # of the width, the most that names at lines' ends take


def svg(figure: FigureSpec, uid: str = "", kind: str = "chart") -> Markup:
    """The `svg` element of a figure: a drawing with a name and a description, which refer by ids that begin with `uid`.

    Without `uid` the name is the element's label, and a figure without a title is hidden from those who hear the page.
    Colours are `var(--name, #rrggbb)`: in a page those of its theme, else the light ones. Inside HTML it needs no
    namespace, and the file stays free of addresses.
    """
    head = _legend(figure.legend, figure.width) if figure.legend else (0.0, [])
    captions = [line for words in figure.caption for line in wrapped(words, figure.width - 4)]
    top = head[0]
    parts = [Markup(), *head[1]]
    if figure.heading:
        parts.append(lettering(figure.heading, 0, top + FONT, "start", "ink", size=13, weight=650))
        top += LINE + 4
    bottom = figure.height - LINE * len(captions) - (4 if captions else 0)
    for line, words in enumerate(captions):
        parts.append(lettering(words, 0, bottom + LINE * (line + 1) - 2, "start", "ink-2"))
    parts += _grid(figure, Box(0, top, figure.width, bottom))
    return element("svg", *_named(figure, uid), *parts, **_attributes(figure, uid, kind))


def _named(figure: FigureSpec, uid: str) -> list[Markup]:
    if not uid:
        return []
    both = [element("title", figure.title, id=f"{uid}-title")]
    return [*both, element("desc", figure.description, id=f"{uid}-desc")] if figure.description else both


def _attributes(figure: FigureSpec, uid: str, kind: str) -> dict[str, object]:
    size = {"width": figure.width, "height": figure.height}
    base = {"viewBox": f"0 0 {figure.width:g} {figure.height:g}", **size, "class_": kind}
    style = {"font_size": FONT, "font_family": "inherit"}
    if uid:
        ids = f"{uid}-title {uid}-desc" if figure.description else f"{uid}-title"
        return {**base, "role": "img", "aria_labelledby": ids, **style}
    if figure.title:
        words = " ".join(filter(None, (figure.title, figure.description)))
        return {**base, "role": "img", "aria_label": words, **style}
    return {**base, "aria_hidden": "true", **style}


def swatch(index: int) -> Markup:
    """A short piece of arm `index`'s line, colour and dash, to stand beside its name."""
    line = stroke("line", index, 3, stroke_dasharray=dashes(arm_dash(index)), x1=1, x2=SAMPLE - 1, y1=6, y2=6)
    shape = {"viewBox": f"0 0 {SAMPLE:g} 12", "width": SAMPLE, "height": 12}
    return element("svg", line, **shape, aria_hidden="true", class_="swatch")


def _legend(marks: tuple[Named, ...], width: float) -> tuple[float, list[Markup]]:
    """Entries side by side, in as many lines as they need; how high that is."""
    parts, x, y = [], 0.0, 0.0
    for mark in marks:
        words = shortened(mark.name, width - SAMPLE - 12)
        wide = SAMPLE + 8 + text_width(words)
        if x and x + wide > width:
            x, y = 0.0, y + LINE
        parts += drawn(mark, Plot.sample(Box(x, y, x + SAMPLE, y + LINE)), sample=True)
        parts.append(lettering(words, x + SAMPLE + 8, y + LINE / 2 + 0.35 * FONT, "start", "ink-2"))
        x += wide + 20
    return y + LINE + 8, parts


def _grid(figure: FigureSpec, area: Box) -> list[Markup]:
    """The panels, each with its rim, in columns and rows; none of what has nothing to show."""
    if not figure.rows:
        return []
    rims = [[_rim(panel, figure, i, j) for j, panel in enumerate(row)] for i, row in enumerate(figure.rows)]
    columns, lines = len(figure.rows[0]), len(figure.rows)
    left = [max(row[j].left for row in rims) for j in range(columns)]
    right = [max(row[j].right for row in rims) for j in range(columns)]
    top, bottom = [max(r.top for r in row) for row in rims], [max(r.bottom for r in row) for row in rims]
    wide = _shared(area.right - area.left - sum(left) - sum(right), figure.widths or (1,) * columns)
    high = _shared(area.bottom - area.top - sum(top) - sum(bottom), figure.heights or (1,) * lines)
    xs = [area.left, *accumulate((a + b + c for a, b, c in zip(left, wide, right, strict=True)), initial=area.left)]
    ys = [area.top, *accumulate((a + b + c for a, b, c in zip(top, high, bottom, strict=True)), initial=area.top)]
    parts: list[Markup] = []
    for i, row in enumerate(figure.rows):
        for j, panel in enumerate(row):
            x, y = xs[j + 1] + left[j], ys[i + 1] + top[i]
            box = Box(x, y, x + wide[j], y + high[i])
            parts += _panel(_in_shape(panel, box), panel, figure, i, j)
    return parts


def _shared(room: float, shares: tuple[float, ...]) -> list[float]:
    return [max(10.0, room) * share / sum(shares) for share in shares]


def _in_shape(panel: Panel, box: Box) -> Box:
    """Of a square panel the largest box with its proportions."""
    if not panel.square:
        return box
    wide, high = panel.x.high - panel.x.low, abs(panel.y.high - panel.y.low)
    unit = min((box.right - box.left) / wide, (box.bottom - box.top) / high)
    return Box(box.left, box.top, box.left + unit * wide, box.top + unit * high)


def _labels(panel: Panel, figure: FigureSpec, row: int, column: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands at the ticks of x and y: where axes are shared, outside alone."""
    x = () if figure.shared and row < len(figure.rows) - 1 else panel.x.labels
    return x, (() if figure.shared and column else panel.y.labels)


def _rim(panel: Panel, figure: FigureSpec, row: int, column: int) -> Box:
    """What a panel needs around its box: px on each side."""
    xs, ys = _labels(panel, figure, row, column)
    names = [text_width(shortened(end.text, _NAMES * figure.width)) + 9 for end in panel.ends]
    names += [text_width(words, FONT - 1) + 8 for _, words in panel.beside]
    words = [bool(panel.x.label), bool(panel.note)]
    return Box(
        left=(LINE if panel.side or panel.y.label else 0)
        + max([*(text_width(label) + 8 for label in ys), 0.5 * text_width(xs[0]) if xs else 0.0])
        + 4,
        top=LINE + 4 if panel.title else 0.6 * FONT,
        right=max([*names, 0.5 * text_width(xs[-1]) if xs and not names else 0.0]) + (4 if names else 8),
        bottom=(FONT + 8 if xs else 4) + LINE * sum(words),
    )


def _panel(box: Box, panel: Panel, figure: FigureSpec, row: int, column: int) -> list[Markup]:
    xs, ys = _labels(panel, figure, row, column)
    plot = Plot(box, panel.x, panel.y, figure.width)
    parts = _frame(plot, panel, xs, ys)
    if panel.title:
        title = shortened(panel.title, figure.width - box.left, 13)
        parts.append(lettering(title, box.left, box.top - 8, "start", "ink", size=13, weight=650, kind="title"))
    beside = max((text_width(label) + 8 for label in ys), default=0.0)
    for words, colour in ((panel.side, panel.side_colour), (panel.y.label, "ink-2")):
        if words:
            x, y = box.left - beside - 8, (box.top + box.bottom) / 2
            turn = f"rotate(-90 {x:g} {y:g})"
            parts.append(lettering(words, x, y, "middle", colour, weight=650 if panel.side else None, transform=turn))
    for mark in panel.marks:
        parts += drawn(mark, plot)
    return [*parts, *_ends(panel.ends, plot, figure), *_beside(panel, plot)]


def _frame(plot: Plot, panel: Panel, xs: tuple[str, ...], ys: tuple[str, ...]) -> list[Markup]:
    """Grid lines, the axis below, and what stands at the ticks."""
    box, parts = plot.box, []
    if panel.grid and not panel.bare:
        ticks = panel.x.ticks if panel.grid == "x" else panel.y.ticks
        for tick in ticks:
            parts += drawn(Rule(tick, panel.grid, "rule", dash=(), kind="grid"), plot)
    if panel.x.labels and not panel.bare:
        parts.append(stroke("line", "ink-2", x1=box.left, x2=box.right, y1=box.bottom, y2=box.bottom, class_="axis"))
    for tick, label in zip(panel.y.ticks, ys, strict=False):
        parts.append(lettering(label, box.left - 8, plot.y(tick) + FONT * 0.35, "end", "ink-2", kind="tick y-tick"))
    parts += _across(plot, panel.x, xs, bare=panel.bare)
    below = box.bottom + (FONT + 8 if xs else 4)
    if panel.note:
        parts.append(lettering(panel.note, (box.left + box.right) / 2, below + 12, "middle", "ink-2"))
        below += LINE
    if panel.x.label:
        parts.append(lettering(panel.x.label, box.right, below + 12, "end", "ink-2", kind="label"))
    return parts


def _across(plot: Plot, axis: Axis, labels: tuple[str, ...], *, bare: bool) -> list[Markup]:
    box, parts = plot.box, []
    for tick, label in zip(axis.ticks, labels, strict=False):
        x, half = plot.x(tick), 0.5 * text_width(label)
        if not bare:
            parts.append(stroke("line", "ink-2", x1=x, x2=x, y1=box.bottom, y2=box.bottom + 4, class_="axis"))
        held = min(max(x, half + _EDGE), plot.width - half - _EDGE)
        parts.append(lettering(label, held, box.bottom + 6 + FONT, "middle", "ink-2", kind="tick x-tick"))
    return parts


def _ends(ends: tuple[End, ...], plot: Plot, figure: FigureSpec) -> list[Markup]:
    box, parts = plot.box, []
    heights = apart([plot.y(end.at) for end in ends], FONT * 1.2, box.top, box.bottom)
    for end, y in zip(ends, heights, strict=True):
        told, x = shortened(end.text, _NAMES * figure.width), box.right + 9
        parts.append(lettering(told, x, y + FONT * 0.35, "start", end.colour, weight=650, haloed=True, kind="name"))
    return parts


def _beside(panel: Panel, plot: Plot) -> list[Markup]:
    x, down = plot.box.right + 8, FONT * 0.35
    return [lettering(told, x, plot.y(at) + down, "start", "ink-2", size=FONT - 1) for at, told in panel.beside]
