"""Figures for papers and notebooks, by matplotlib; it is loaded when a figure is drawn, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.errors import ParibusError, nearest, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("curves", "differences", "confusion")


def figure(comparison: Comparison, kind: str = "curves", lang: str = "en") -> Figure:
    """A matplotlib Figure of a comparison, outside pyplot's state: nothing needs to be closed.

    `kind`: `curves` (validation and training, loss and accuracy), `differences` (paired, seed by seed) or
    `confusion` (a matrix for each arm). In Korean where a font with Hangul is installed, else in English.
    Raises ParibusError on another kind or language.
    """
    translator(lang)
    if kind not in KINDS:
        raise ParibusError(f"kind must be one of {', '.join(KINDS)}; got {shown(kind)}{nearest(kind, KINDS)}")
    from paribus.presentation.figures import matplotlib_drawing

    return matplotlib_drawing.draw(comparison, kind, lang)
