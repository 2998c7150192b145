"""What a recipe's form needs: each field with its words, kind, choices and limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from paribus.api.comparing import MOST_SEEDS
from paribus.presentation.figures.palette import DASHES
from paribus.presentation.words import LANGUAGES, Lang, field_label, field_meaning, recipe_meaning, value_label
from paribus.values.activations import ACTIVATIONS
from paribus.values.initialisations import INITIALISATIONS
from paribus.values.recipe import BATCH_ORDERS, FIELDS, OPTIMIZERS, POOLINGS, SCHEDULES, Recipe
from paribus.values.recipe_text import BUILT_IN
from paribus.web.orders import Order

CHOICES: dict[str, Sequence[str]] = {
    "batch_order": BATCH_ORDERS,
    "activation": tuple(ACTIVATIONS),
    "pooling": POOLINGS,
    "initialisation": tuple(INITIALISATIONS),
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
_GROUPS = {"dataset": "data", "model": "network", "optimizer": "optimiser"}  # by the first field of each
_KINDS = {"boolean": "switch", "integer": "whole", "number": "number", "array": "list", "string": "text"}
_LIMITS = {
    "at_least": "minimum",
    "above": "exclusiveMinimum",
    "at_most": "maximum",
    "below": "exclusiveMaximum",
}


def options(datasets: Sequence[tuple[str, str, bool]], cores: int, own_models: bool, version: str) -> dict[str, Any]:
    """The object of `GET /api/options`."""
    return {
        "fields": _fields(),
        "recipes": [{"name": name, "meaning": both(partial(recipe_meaning, name))} for name in BUILT_IN],
        "datasets": [{"name": name, "title": title, "here": here} for name, title, here in datasets],
        "defaults": Order(factor="activation", values=("sigmoid", "relu")).model_dump(mode="json"),
        "dashes": [list(dash) for dash in DASHES],
        "cores": cores,
        "own_models": own_models,
        "version": version,
        "most_seeds": MOST_SEEDS,
    }


def both(say: Callable[[Lang], str]) -> dict[str, str]:
    """The same words in each language."""
    return {lang: say(lang) for lang in LANGUAGES}


def _fields() -> list[dict[str, Any]]:
    schema = Recipe.model_json_schema()["properties"]
    group = ""
    fields = []
    for name in FIELDS:
        group = _GROUPS.get(name, group)
        facts = schema[name]
        values = {recipe: getattr(built_in, name) for recipe, (built_in, _) in BUILT_IN.items()}
        fields.append(
            {
                "name": name,
                "label": both(partial(field_label, name)),
                "meaning": both(partial(field_meaning, name)),
                "group": group,
                "kind": "choice" if name in CHOICES else _kind(facts),
                "choices": [_choice(name, value) for value in CHOICES.get(name, ())],
                "limits": {limit: facts[key] for limit, key in _LIMITS.items() if key in facts},
                "default": facts["default"],
                **values,
            }
        )
    return fields


def _kind(facts: dict[str, Any]) -> str:
    if "anyOf" in facts:  # the initial bias: a number, or the word default
        return "text"
    return _KINDS[facts["type"]]


def _choice(field: str, value: str) -> dict[str, Any]:
    return {"value": value, "label": both(partial(value_label, field, value))}
