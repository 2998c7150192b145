"""Jsons of older versions, read as today's: one small function a step, from JSON object to JSON object.

A step is listed under the kind of document and the schema number that it starts from. It changes what has changed and
leaves the rest, also fields that nobody here knows. What is not as the step expects, it leaves to the validation.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from paribus.records.program import Fields

Json = dict[str, Any]
Step = Callable[[Json], Json]

# What a step needs to know of the program of its time is written here: it stays as it was.
_METRICS = (
    ("test_accuracy", "max", "share", "test accuracy", "테스트 정확도"),
    ("val_accuracy", "max", "share", "validation accuracy", "검증 정확도"),
    ("val_loss", "min", "nats", "validation loss", "검증 손실"),
    ("train_accuracy", "max", "share", "training accuracy", "훈련 정확도"),
    ("train_loss", "min", "nats", "training loss", "훈련 손실"),
)
RECIPE: Json = {
    "kind": "recipe",
    "name": "recipe",
    "metrics": [
        {"name": name, "direction": direction, "unit": unit, "label": {"en": en, "ko": ko}}
        for name, direction, unit, en, ko in _METRICS
    ],
    "steers": "val_accuracy",
    "judged": "test_accuracy",
    "length": "epochs",
}
_FIGURES = ("val_loss", "val_accuracy", "test_loss", "test_accuracy", "test_count", "prior_entropy", "output_spread")
_CURVES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
_FINAL = ("test_accuracy", "test_loss")


def record_of_any_program(old: Json) -> Json:
    """Schema 2 to 3: only recipes were run, and their figures were fields of the record."""
    new = {name: value for name, value in old.items() if name not in (*_FIGURES, "recipe", "recipe_digest")}
    figures = {name: old[name] for name in _FIGURES if old.get(name) is not None}
    fields = old.get("recipe")
    digest = Fields(fields).digest() if isinstance(fields, dict) else ""
    trained = {"finished": _trained(figures), "diverged": False}.get(str(old.get("status")))
    known = {"fields": fields, "fields_digest": digest, "figures": figures, "trained": trained}
    return {**new, "program": RECIPE, **known}


def _trained(figures: Json) -> bool:
    """The decision rule's words of that time: 5 % below the best constant predictor, with an output that varies."""
    loss, prior, spread = (figures.get(name) for name in ("val_loss", "prior_entropy", "output_spread"))
    known = [value for value in (loss, prior, spread) if isinstance(value, int | float)]
    return len(known) == 3 and known[0] < known[1] * (1 - 0.05) and known[2] > 1e-3


def epoch_of_any_program(old: Json) -> Json:
    """The figures of an epoch were fields of the line."""
    if "figures" in old:
        return old
    kept = {name: old[name] for name in ("epoch", "seconds") if name in old}
    return kept | {"figures": {name: value for name, value in old.items() if name not in kept}}


def _digest_came(document: Json) -> Json:
    """From schema 2 on a document ends in a digest of itself; nothing else changed."""
    return document


def comparison_of_any_program(old: Json) -> Json:
    """A comparison was of recipes, judged on test accuracy."""
    evidence = {name: old.pop(name) for name in ("disagreements", "class_names", "prior_entropy", "test_count")}
    evidence["confusion"] = {arm["name"]: arm.pop("confusion") for arm in old["arms"]}
    items = evidence["test_count"]
    metric = {**RECIPE["metrics"][0], "items": items, "resolution": 1 / items}
    return {
        **old,
        "program": RECIPE,
        "metric": metric,
        "arms": [_arm(arm) for arm in old["arms"]],
        "pairs": _pairs(old["pairs"]),
        "evidence": evidence,
    }


def _arm(arm: Json) -> Json:
    accuracy, fields = arm.pop("test_accuracy"), arm.pop("recipe")
    return {
        **arm,
        "fields": fields,
        "figures": {} if accuracy is None else {"test_accuracy": accuracy},
        "runs": [_run(run) for run in arm["runs"]],
    }


def _run(run: Json) -> Json:
    figures = {name: value for name in _FINAL if (value := run.pop(name)) is not None}
    return {"figures": figures, "curves": {name: run.pop(name) for name in _CURVES}, **run}


def _pairs(pairs: list[Json]) -> list[Json]:
    """With Holm's correction of the sign-flip p, which was made where it was printed."""
    known = [1.0 if pair["p"] is None else pair["p"] for pair in pairs]
    corrected, reached = dict.fromkeys(range(len(pairs)), 1.0), 0.0
    for rank, i in enumerate(sorted(range(len(pairs)), key=known.__getitem__)):
        corrected[i] = reached = min(1.0, max(reached, known[i] * (len(pairs) - rank)))
    return [
        {
            **reason_of_any_program({name: value for name, value in pair.items() if not name.startswith("images_")}),
            "metric": "test_accuracy",
            "items_low": pair["images_low"],
            "items_high": pair["images_high"],
            "p_sign_flip_holm": None if pair["p"] is None else corrected[i],
        }
        for i, pair in enumerate(pairs)
    ]


def reason_of_any_program(pair: Json) -> Json:
    """A difference is the reason where accuracy was."""
    return {**pair, "reason": {"accuracy": "difference"}.get(pair["reason"], pair["reason"])}


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
    "tuned": {1: _digest_came},
    "plan": {1: _digest_came},
    "looks": {1: _digest_came},
    "tags": {1: _digest_came},
    "bundle": {1: _digest_came},
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
