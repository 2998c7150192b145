"""What the JSON and the words of recipes have besides those of every program: the keys of schema 1."""

from __future__ import annotations

from typing import Any

from paribus.presentation.translation import Words
from paribus.values.program import ProgramInfo


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
