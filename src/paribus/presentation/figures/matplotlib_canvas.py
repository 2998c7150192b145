"""What all figures by matplotlib share: paper sizes, the embedded typeface, and how they are saved."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from paribus.presentation.fonts import FAMILY, figure_fonts

# Inches: both columns of a two-column paper, 183 mm. Text is 7 to 9 points high there.
WIDE = 7.2
SMALL, NORMAL, LARGE = 7.0, 8.0, 9.0
STRONG = "semibold"  # the heavier of the two weights that the typeface comes in
INK = "#3f4652"
RULE = "#dcd8cd"
PAPER_DPI = 300
SCREEN_DPI = 120
TITLE: dict[str, Any] = {"loc": "left", "fontsize": LARGE, "fontweight": STRONG, "color": INK}

# PDF: TrueType, whose text can be searched and edited. SVG: glyphs as outlines, which look alike in every program.
# Without dates and random ids, so that the same figure is the same file.
_SAVED = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "paribus"}
_DATED = {"svg": "Date", "pdf": "CreationDate"}


class PaperFigure(Figure):
    """A Figure that a notebook shows as an image without pyplot, and that is saved with its fonts inside."""

    def savefig(self, fname: Any, **options: Any) -> None:
        """As matplotlib's; in PDF the text stays text, in SVG its outlines, and PNG has 300 dots an inch."""
        kind = str(options.get("format") or str(fname).rpartition(".")[2]).lower()
        if kind in _DATED:
            options["metadata"] = {_DATED[kind]: None, **(options.get("metadata") or {})}
        options.setdefault("dpi", PAPER_DPI)
        with rc_context(_SAVED):
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        return png_bytes(self)


def png_bytes(drawn: Figure) -> bytes:
    """The figure as a PNG for a screen."""
    buffer = io.BytesIO()
    FigureCanvasAgg(drawn).print_png(buffer)
    return buffer.getvalue()


def paper(width: float, height: float) -> PaperFigure:
    """An empty figure of this size in inches, laid out as its parts need."""
    return PaperFigure(figsize=(width, height), dpi=SCREEN_DPI, layout="constrained")


def finished(drawn: PaperFigure) -> PaperFigure:
    """Every text in the package's typeface, as it stands: a dollar sign in a name begins no formula."""
    known = _characters()
    for axes in drawn.axes:
        axes.tick_params(which="both", labelfontfamily=FAMILY)
    for artist in drawn.findobj(Text):
        artist.set(fontfamily=[FAMILY], parse_math=False)
        if not known.issuperset(map(ord, artist.get_text())):  # a user's name in another script
            artist.set(fontfamily=[FAMILY, "DejaVu Sans"], fontweight="normal")
    return drawn


@cache
def _characters() -> frozenset[int]:
    """What our typeface has. matplotlib learns here where it lies, when a figure is first drawn."""
    for path in figure_fonts():
        font_manager.fontManager.addfont(path)
    return frozenset({*FT2Font(figure_fonts()[0]).get_charmap(), ord("\n")})


def calm(axes: Axes) -> None:
    """Thin rules and no frame."""
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(axis="both", which="both", colors=INK, length=0, labelsize=SMALL)


def power_label(power: int) -> str:
    """A power of ten as a tick says it: `0.001`, `1`, `1000`, `1e4`, `1e-6`."""
    return f"{10.0**power:g}" if -4 < power < 4 else f"1e{power}".replace("-", "\N{MINUS SIGN}")
