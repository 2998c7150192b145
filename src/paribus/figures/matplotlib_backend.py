"""The back end for PDF, PNG and notebooks: a figure by matplotlib, in the embedded typeface, on white."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text as Written

from paribus.core import atomic
from paribus.figures.fonts import FAMILY, figure_fonts
from paribus.figures.matplotlib_marks import LETTER, POINT, drawn, sample
from paribus.figures.palette import on_white
from paribus.figures.scale import Axis
from paribus.figures.specification import FigureSpec, Panel
from paribus.figures.text_width import apart, text_width, wrapped

PAPER_DPI = 300
SCREEN_DPI = 120
STRONG = "semibold"  # the heavier of the two weights that the typeface comes in
_QUIET = on_white("ink-2")
_TITLE: dict[str, Any] = {"loc": "left", "fontsize": 13 * LETTER, "fontweight": STRONG, "color": on_white("ink")}

# PDF: TrueType, whose text can be searched and edited. SVG: glyphs as outlines, which look alike in every program.
# Without dates and random ids, so that the same figure is the same file.
_SAVED = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "paribus"}
_DATED = {"svg": "Date", "pdf": "CreationDate"}


class PaperFigure(Figure):
    """A Figure that a notebook shows without pyplot, and that is saved with its fonts inside."""

    def savefig(self, fname: Any, **options: Any) -> None:
        """As matplotlib's; in PDF the text stays text, in SVG its outlines, and PNG has 300 dots an inch.

        A file is there whole or not at all. Raises OSError.
        """
        kind = str(options.get("format") or str(fname).rpartition(".")[2]).lower()
        if kind in _DATED:
            options["metadata"] = {_DATED[kind]: None, **(options.get("metadata") or {})}
        options.setdefault("dpi", PAPER_DPI)
        if not isinstance(fname, str | os.PathLike) or not (options.get("format") or Path(fname).suffix):
            with rc_context(_SAVED):
                super().savefig(fname, **options)
            return
        buffer = io.BytesIO()
        self.savefig(buffer, **{"format": kind, **options})
        path = Path(fname)
        atomic.sweep(path.parent)
        atomic.write_whole(path, buffer.getvalue(), durable=False)

    def _repr_png_(self) -> bytes:
        return png_bytes(self)


def png_bytes(drawn_figure: Figure) -> bytes:
    """The figure as a PNG for a screen."""
    buffer = io.BytesIO()
    FigureCanvasAgg(drawn_figure).print_png(buffer)
    return buffer.getvalue()


def on_paper(figure: FigureSpec) -> PaperFigure:
    """The figure as matplotlib's, outside pyplot's state: nothing needs to be closed."""
    inch = POINT / 72
    made = PaperFigure(figsize=(figure.width * inch, figure.height * inch), dpi=SCREEN_DPI, layout="constrained")
    grid = made.subplots(
        len(figure.rows),
        len(figure.rows[0]),
        squeeze=False,
        sharex=figure.shared,
        sharey=figure.shared,
        width_ratios=figure.widths or None,
        height_ratios=figure.heights or None,
    )
    for line, row in zip(grid, figure.rows, strict=True):
        for axes, panel in zip(line, row, strict=True):
            _panel(axes, panel, figure)
    if figure.legend:
        handles, words = [sample(mark) for mark in figure.legend], [mark.name for mark in figure.legend]
        style = {"frameon": False, "fontsize": 12 * LETTER, "ncols": _columns(words, figure.width)}
        made.legend(handles, words, loc="outside upper left", **style)
    if figure.heading:
        made.suptitle(figure.heading, x=0.01, ha="left", fontsize=13 * LETTER, fontweight=STRONG, color=on_white("ink"))
    told = [line for words in figure.caption for line in wrapped(words, figure.width - 4)]
    if told:
        made.supxlabel("\n".join(told), x=0.01, ha="left", fontsize=12 * LETTER, color=_QUIET)
    return _lettered(made)


def _columns(words: list[str], width: float) -> int:
    """How many entries of a legend stand side by side."""
    wide = [text_width(one) + 56 for one in words]
    return len(words) if sum(wide) <= width else max(1, int(width / max(wide)))


def _panel(axes: Axes, panel: Panel, figure: FigureSpec) -> None:
    for axis, which, panel_axis in ((axes.xaxis, "x", panel.x), (axes.yaxis, "y", panel.y)):
        _scale(axes, axis, which, panel_axis)
    axes.minorticks_off()
    if panel.square:
        axes.set_aspect("equal", anchor="NW")
    for side in ("top", "right", "left", *([] if panel.x.labels and not panel.bare else ["bottom"])):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_QUIET)
    axes.tick_params(axis="both", which="both", colors=_QUIET, length=0, labelsize=12 * LETTER)
    axes.set_axisbelow(True)
    if panel.grid and not panel.bare:
        axes.grid(axis=panel.grid, color=on_white("rule"), linewidth=POINT)
    for mark in panel.marks:
        drawn(axes, mark)
    if panel.title:
        axes.set_title(panel.title, **_TITLE)
    if panel.note:
        axes.set_xlabel(panel.note, fontsize=12 * LETTER, color=_QUIET)
    if panel.x.label:
        axes.set_xlabel(panel.x.label, loc="right", fontsize=12 * LETTER, color=_QUIET)
    if panel.side:
        axes.set_ylabel(panel.side, color=on_white(panel.side_colour), fontweight=STRONG, fontsize=13 * LETTER)
    elif panel.y.label:
        axes.set_ylabel(panel.y.label, fontsize=12 * LETTER, color=_QUIET)
    if panel.beside:
        right = axes.secondary_yaxis("right")
        right.set_yticks([at for at, _ in panel.beside], [words for _, words in panel.beside])
        right.tick_params(length=0, labelsize=11 * LETTER, colors=_QUIET)
        right.spines["right"].set_visible(False)
    _ends(axes, panel, figure)


def _scale(axes: Axes, axis: Any, which: str, given: Axis) -> None:
    if given.logarithmic:
        getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(given.low, given.high)
    ticks = given.ticks[: len(given.labels)] if given.labels else given.ticks
    axis.set_ticks(ticks, given.labels if given.labels else [""] * len(ticks))


def _ends(axes: Axes, panel: Panel, figure: FigureSpec) -> None:
    """The names at the lines' ends; how high the panel will be is about known."""
    gap = 14.4 * len(figure.rows) / (0.8 * figure.height)
    for end, share in zip(panel.ends, apart([panel.y.share(end.at) for end in panel.ends], gap, 0, 1), strict=True):
        written: dict[str, Any] = {"va": "center", "fontsize": 12 * LETTER, "color": on_white(end.colour)}
        axes.annotate(end.text, (1, share), (5, 0), "axes fraction", "offset points", fontweight=STRONG, **written)


def _lettered(made: PaperFigure) -> PaperFigure:
    """Every text in the package's typeface, as it stands: a dollar sign in a name begins no formula."""
    known = _characters()
    for axes in made.axes:
        axes.tick_params(which="both", labelfontfamily=FAMILY)
    for artist in made.findobj(Written):
        artist.set(fontfamily=[FAMILY], parse_math=False)
        if not known.issuperset(map(ord, artist.get_text())):  # a user's name in another script
            artist.set(fontfamily=[FAMILY, "DejaVu Sans"], fontweight="normal")
    return made


@cache
def _characters() -> frozenset[int]:
    """What our typeface has. matplotlib learns here where it lies, when a figure is first drawn."""
    for path in figure_fonts():
        font_manager.fontManager.addfont(path)
    return frozenset({*FT2Font(figure_fonts()[0]).get_charmap(), ord("\n")})
