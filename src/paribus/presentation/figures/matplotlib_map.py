"""A map by matplotlib: a grid of cells, told apart by colour, mark, word and hatching."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from paribus.presentation.figures.map_view import CellView, GridView, grid_view
from paribus.presentation.figures.matplotlib_canvas import (
    INK,
    NORMAL,
    RULE,
    SMALL,
    STRONG,
    TITLE,
    WIDE,
    PaperFigure,
    paper,
)
from paribus.presentation.figures.palette import arm_colour
from paribus.presentation.translation import translator
from paribus.values.map import VerdictMap

_CELL = (1.15, 0.55)  # inches


def draw_map(made: VerdictMap, lang: str) -> PaperFigure:
    """Rows from the top in the order of the axis, as in a table."""
    words, view = translator(lang), grid_view(made, lang)
    rows, columns = len(view.rows), len(view.columns)
    width = min(WIDE, max(4.2, 1.4 + _CELL[0] * columns))
    drawn = paper(width, 1.5 + _CELL[1] * rows)
    axes = drawn.subplots()
    for row, cells in enumerate(view.cells):
        for column, cell in enumerate(cells):
            _cell(axes, cell, column, rows - 1 - row)
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)
    axes.set_xticks([place + 0.5 for place in range(columns)], view.columns)
    axes.set_yticks([rows - 0.5 - place for place in range(rows)], view.rows)
    axes.set_xlabel(view.column_field, fontsize=NORMAL, color=INK)
    axes.set_ylabel(view.row_field, fontsize=NORMAL, color=INK)
    axes.tick_params(length=0, labelsize=NORMAL, colors=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(words.text("Where which arm wins"), **TITLE)
    letters = int(width * (12 if words.lang == "ko" else 19))  # in a line; Hangul is wide
    drawn.supxlabel(_note(view, letters), x=0.01, ha="left", fontsize=SMALL, color=INK)
    return drawn


def _note(view: GridView, letters: int) -> str:
    kept = "\N{NO-BREAK SPACE}"  # an entry stays on one line
    legend = "   ".join(f"{mark} {meaning}".replace(" ", kept) for mark, meaning in view.legend)
    return "\n".join([*textwrap.wrap(legend, letters), *textwrap.wrap(view.details, letters)])


def _cell(axes: Axes, cell: CellView, x: float, y: float) -> None:
    colour = arm_colour(cell.arm).light if cell.arm is not None else None
    faces = {"equal": RULE, "neither_trains": "#ffffff", "open": "#ffffff"}
    hatch = {"neither_trains": "////", "open": None}.get(cell.state)
    axes.add_patch(
        Rectangle(
            (x + 0.02, y + 0.03),
            0.96,
            0.94,
            facecolor=colour or faces[cell.state],
            edgecolor=RULE if colour is None else colour,
            hatch=hatch,
            linewidth=0.8,
            linestyle="--" if cell.state == "open" else "-",
        )
    )
    ink = "#ffffff" if colour else INK
    box = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.2} if cell.state == "neither_trains" else None
    title = f"{cell.mark} {cell.title}"
    axes.text(x + 0.5, y + 0.64, title, ha="center", va="center", fontsize=NORMAL, color=ink, weight=STRONG, bbox=box)
    axes.text(x + 0.5, y + 0.3, cell.detail, ha="center", va="center", fontsize=SMALL, color=ink, bbox=box)
