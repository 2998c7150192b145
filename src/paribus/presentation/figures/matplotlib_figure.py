"""Figures for papers and notebooks, by matplotlib; it is loaded when a figure is drawn, and not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.errors import ParibusError, nearest, shown
from paribus.values.explanation import Explanation
from paribus.values.map import VerdictMap
from paribus.values.trace import StepTrace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paribus.presentation.figures.features import FeaturesView
    from paribus.presentation.figures.matplotlib_canvas import PaperFigure

KINDS = ("curves", "differences", "forces", "confusion", "features", "interventions", "map")


@dataclass(frozen=True)
class Material:
    """What some kinds are drawn from besides the comparison; the api gathers it.

    `traces`: of each arm's run of `seed`, by the arm's name (forces). `features`: of that run's weights.
    """

    seed: int = 0
    traces: Mapping[str, Sequence[StepTrace]] = field(default_factory=dict)
    features: FeaturesView | None = None
    explanation: Explanation | None = None
    map: VerdictMap | None = None


def figure(comparison: Comparison, kind: str = "curves", lang: str = "en", material: Material | None = None) -> Figure:
    """A matplotlib Figure of a comparison, outside pyplot's state: nothing needs to be closed.

    `kind`: `curves` (validation and training, loss and accuracy), `differences` (paired, seed by seed), `confusion` (a
    matrix for each arm), `forces` (data gradient against weight decay), `features` (filters and feature maps),
    `interventions` (the explanation's), `map` (where which arm wins). Raises ParibusError on another kind or language,
    and where the material that a kind is drawn from is missing.
    """
    translator(lang)
    check_kind(kind)
    from paribus.presentation.figures.matplotlib_canvas import finished

    return finished(_drawn(comparison, kind, lang, material or Material()))


def check_kind(kind: str) -> None:
    """Raise ParibusError unless there are figures of this kind."""
    if kind not in KINDS:
        raise ParibusError(f"kind must be one of {', '.join(KINDS)}; got {shown(kind)}{nearest(kind, KINDS)}")


def map_figure(made: VerdictMap, lang: str = "en") -> Figure:
    """The figure of a map. Raises ParibusError on another language."""
    translator(lang)
    from paribus.presentation.figures.matplotlib_canvas import finished
    from paribus.presentation.figures.matplotlib_map import draw_map

    return finished(draw_map(made, lang))


def _drawn(comparison: Comparison, kind: str, lang: str, material: Material) -> PaperFigure:
    from paribus.presentation.figures import matplotlib_drawing as drawing

    if kind == "curves":
        return drawing.draw_curves(comparison, lang)
    if kind == "differences":
        return drawing.draw_differences(comparison, lang)
    if kind == "confusion":
        return drawing.draw_confusion(comparison, lang)
    if kind == "forces" and material.traces:
        from paribus.presentation.figures.forces import forces_view
        from paribus.presentation.figures.matplotlib_forces import draw_forces

        return draw_forces(comparison, forces_view(comparison, material.traces, material.seed), lang)
    if kind == "features" and material.features is not None:
        from paribus.presentation.figures.matplotlib_features import draw_features

        return draw_features(comparison, material.features, lang)
    if kind == "interventions" and material.explanation is not None:
        from paribus.presentation.figures.matplotlib_interventions import draw_interventions

        return draw_interventions(comparison, material.explanation, lang)
    if kind == "map" and material.map is not None:
        from paribus.presentation.figures.matplotlib_map import draw_map

        return draw_map(material.map, lang)
    raise ParibusError(f"a figure of {kind} is drawn from more than the comparison, and that was not given")


def png_bytes(drawn: Figure) -> bytes:
    """The figure as a PNG for a screen."""
    from paribus.presentation.figures.matplotlib_canvas import png_bytes as as_png

    return as_png(drawn)
