"""Documents of older versions, read as today's: one small function a step, from JSON object to JSON object.

A step is listed under the kind of document and the schema number that it starts from. It changes what has changed and
leaves the rest, also fields that nobody here knows. What is not as the step expects, it leaves to the validation.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from paribus.runs.store.old_comparisons import comparison_of_any_program, reason_of_any_program
from paribus.runs.store.record_steps import RECIPE, record_of_any_program

Json = dict[str, Any]
Step = Callable[[Json], Json]


def _digest_came(document: Json) -> Json:
    """From schema 2 on a document ends in a digest of itself; nothing else changed."""
    return document


def _map_of_any_program(document: Json) -> Json:
    """A map was of recipes, its cells' arms had an accuracy."""

    def arm_of(arm: Json) -> Json:
        return {**_renamed(arm, "accuracy", "value"), "counted": arm["trained"]}

    def cell_of(cell: Json) -> Json:
        pairs = [reason_of_any_program(pair) for pair in cell["pairs"]]
        return {**cell, "arms": [arm_of(arm) for arm in cell["arms"]], "pairs": pairs}

    cells = [cell_of(cell) for cell in document["cells"]]
    return {**_of_recipes(document), "cells": cells}


def _explanation_of_any_program(document: Json) -> Json:
    """An explanation was of a recipe, the cells of its table had an accuracy."""
    made, table, repaired = _of_recipes(document), document.get("interaction"), document["repaired"]
    if table is not None:
        made["interaction"] = {**table, "cells": [_renamed(cell, "accuracy", "value") for cell in table["cells"]]}
    return {**made, "repaired": None if repaired is None else migrated("comparison", repaired)}


def _of_recipes(document: Json) -> Json:
    return {**_renamed(document, "recipe", "fields"), "program": RECIPE}


def _renamed(document: Json, old: str, new: str) -> Json:
    return {new if name == old else name: value for name, value in document.items()}


STEPS: Mapping[str, Mapping[int, Step]] = {
    "run": {1: _digest_came, 2: record_of_any_program},
    "checkpoint": {1: _digest_came},
    "comparison": {1: comparison_of_any_program},
    "explanation": {1: _explanation_of_any_program},
    "plan": {1: _digest_came},
    "map": {1: _map_of_any_program},
    "queue": {1: _digest_came},
}


def newest(kind: str) -> int:
    """The schema number of the documents that this version writes."""
    return max(STEPS[kind]) + 1


def migrated(kind: str, document: Json) -> Json:
    """The document in the form of today; as far as the steps came where it is not what its schema says.

    Then validation finds what is wrong with it.
    """
    number = document.get("schema_number", 1)  # small documents had none at first
    if type(number) is not int:
        return document
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
        while number < newest(kind):
            document = STEPS[kind][number](document)
            number += 1
    return {**document, "schema_number": number}
