"""Which figures there are, each made as a specification and drawn for paper; matplotlib is loaded when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paribus.presentation.figures.arms import arm_names
from paribus.presentation.figures.confusion import confusion_figure
from paribus.presentation.figures.curves import curves_figure
from paribus.presentation.figures.differences import differences_figure
from paribus.presentation.figures.features import FeaturesView, features_figure
from paribus.presentation.figures.forces import forces_figure, forces_view
from paribus.presentation.figures.interventions import interventions_figure
from paribus.presentation.figures.map import map_figure as map_spec
from paribus.presentation.figures.run import RUN_KINDS, RunMaterial, run_spec
from paribus.presentation.figures.specification import FigureSpec, titled
from paribus.presentation.translation import translator
from paribus.values.comparison import Comparison
from paribus.values.errors import ParibusError, nearest
from paribus.values.explanation import Explanation
from paribus.values.map import VerdictMap
from paribus.values.trace import StepTrace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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

    `kind`: `curves` (validation and training), `differences` (paired, seed by seed), `confusion` (a matrix for each
    arm), `forces` (data gradient against weight decay), `features` (filters and feature maps), `interventions` (the
    explanation's), `map` (where which arm wins). Raises ParibusError on another kind or language, and where the
    material that a kind is drawn from is missing.
    """
    return _on_paper(figure_spec(comparison, kind, lang, material or Material()))


def run_figure(material: RunMaterial, kind: str = "curves", lang: str = "en") -> Figure:
    """The figure of a single run.

    `kind`: `curves` (training and validation by epoch), `answers` (loss and answers by step), `classes` (how often each
    is answered), `updates` (steps over weights), `forces` (data gradient against weight decay), `signal` (what reaches
    each layer), `units` (dead, and at flat ends), `batches` (inputs and labels), `features` (filters and feature maps).
    Raises ParibusError on another kind or language, and where the material that a kind is drawn from is missing.
    """
    translator(lang)
    check_run_kind(kind)
    return _on_paper(run_spec(material, kind, lang))


def map_figure(made: VerdictMap, lang: str = "en") -> Figure:
    """The figure of a map. Raises ParibusError on another language."""
    return _on_paper(map_spec(made, lang))


def figure_spec(comparison: Comparison, kind: str, lang: str, material: Material) -> FigureSpec:
    """The specification of a comparison's figure, as `figure` draws it."""
    translator(lang)
    check_kind(kind)
    if kind == "curves":
        return curves_figure(comparison, lang)
    if kind == "differences":
        return differences_figure(comparison, lang)
    if kind == "confusion":
        return confusion_figure(comparison, lang)
    if kind == "forces" and material.traces:
        view = forces_view([arm.name for arm in comparison.arms], material.traces, material.seed)
        return forces_figure(arm_names(comparison, lang), view, lang)
    if kind == "features" and material.features is not None:
        names = dict(zip((arm.name for arm in comparison.arms), arm_names(comparison, lang), strict=True))
        return features_figure(names, comparison.class_names, material.features, lang)
    if kind == "interventions" and material.explanation is not None:
        return interventions_figure(comparison, material.explanation, lang)
    if kind == "map" and material.map is not None:
        return map_spec(material.map, lang)
    raise ParibusError("a figure of {what} is drawn from more than the comparison, and that was not given", what=kind)


def check_kind(kind: str) -> None:
    """Raise ParibusError unless there are figures of this kind, of a comparison."""
    if kind in RUN_KINDS and kind not in KINDS:
        raise ParibusError(
            "{what} is drawn of a single run; of a comparison there are {choices}", what=kind, choices=KINDS
        )
    if kind not in KINDS:
        raise _unknown(kind, KINDS)


def _unknown(kind: str, kinds: tuple[str, ...]) -> ParibusError:
    return ParibusError(
        "{field} must be one of {choices}", field="kind", choices=kinds, got=kind, hint=nearest(kind, kinds)
    )


def check_run_kind(kind: str) -> None:
    """Raise ParibusError unless there are figures of this kind, of a single run."""
    if kind in KINDS and kind not in RUN_KINDS:
        raise ParibusError(
            "{what} is drawn of a comparison; of a single run there are {choices}", what=kind, choices=RUN_KINDS
        )
    if kind not in RUN_KINDS:
        raise _unknown(kind, RUN_KINDS)


def _on_paper(spec: FigureSpec) -> Figure:
    from paribus.presentation.figures.paper import on_paper

    return on_paper(titled(spec))


def png_bytes(drawn: Figure) -> bytes:
    """The figure as a PNG for a screen."""
    from paribus.presentation.figures.paper import png_bytes as as_png

    return as_png(drawn)


__all__ = [
    "KINDS",
    "RUN_KINDS",
    "Material",
    "check_kind",
    "check_run_kind",
    "figure",
    "figure_spec",
    "map_figure",
    "png_bytes",
    "run_figure",
]
