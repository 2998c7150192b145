"""What JSON, words and figures of recipes have besides those of every program: the keys of schema 1 among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paribus.presentation.translation import Words
from paribus.values.program import ProgramInfo

if TYPE_CHECKING:
    from paribus.presentation.figures.kinds import Builder
    from paribus.presentation.figures.specification import FigureSpec


def map_json(view: dict[str, Any]) -> dict[str, Any]:
    """The recipe, and each cell's accuracies."""
    cells = [{**cell, "arms": [_with_accuracy(arm) for arm in cell["arms"]]} for cell in view["cells"]]
    return {**view, "recipe": view["fields"], "cells": cells}


def explanation_json(view: dict[str, Any]) -> dict[str, Any]:
    """The accuracies of the table of arms by cause."""
    table = view["interaction"]
    if table is None:
        return view
    return {**view, "interaction": {**table, "cells": [_with_accuracy(cell) for cell in table["cells"]]}}


def _with_accuracy(part: dict[str, Any]) -> dict[str, Any]:
    return {**part, "accuracy": part["value"]}


def deficit(program: ProgramInfo, words: Words) -> str:
    """E of docs/why.md is of the validation loss."""
    return words.text("validation loss")


def figures() -> Mapping[str, Builder]:
    """Of forces, classes and filters."""
    from paribus.presentation.figures.recipe_kinds import FIGURES

    return FIGURES


def run_kinds() -> tuple[str, ...]:
    """Of what the probes saw, and of the trained network."""
    from paribus.presentation.figures.run import RUN_KINDS

    return RUN_KINDS


def run_figure(material: Any, kind: str, lang: str) -> FigureSpec:
    """One of them."""
    from paribus.presentation.figures.run import run_spec

    return run_spec(material, kind, lang)
