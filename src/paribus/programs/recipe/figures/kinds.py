"""The figures that recipes add to those of every program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paribus.figures.arms import arm_names, names_by_arm
from paribus.figures.specification import FigureSpec
from paribus.programs.recipe.figures.confusion import confusion_figure, confusion_views
from paribus.programs.recipe.figures.disagreements import class_names_of
from paribus.programs.recipe.figures.features import features_figure
from paribus.programs.recipe.figures.forces import forces_figure
from paribus.records.comparison import Comparison

if TYPE_CHECKING:
    from paribus.figures.kinds import Builder, Material


def _forces(comparison: Comparison, material: Material, lang: str) -> FigureSpec | None:
    if not material.traces:
        return None
    return forces_figure(names_by_arm(comparison, lang), material.traces, material.seed, lang)


def _features(comparison: Comparison, material: Material, lang: str) -> FigureSpec | None:
    if material.features is None:
        return None
    return features_figure(names_by_arm(comparison, lang), class_names_of(comparison), material.features, lang)


def _confusion(comparison: Comparison, _: Material, lang: str) -> FigureSpec | None:
    views = confusion_views(comparison)
    return confusion_figure(views, arm_names(comparison, lang), lang) if views else None


FIGURES: dict[str, Builder] = {
    "forces": _forces,
    "confusion": _confusion,
    "features": _features,
}
