"""Recipes from and to text: TOML files, `field=value` words, and the built-in recipes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from paribus.values.errors import Fault, ParibusError, RecipeError, nearest, shown
from paribus.values.recipe import FIELDS, Recipe

BUILT_IN: dict[str, tuple[Recipe, str]] = {
    "lesson": (
        Recipe(),
        "the notebook's own settings: Adam 0.001 with weight decay 0.1 in the gradient, batches not shuffled",
    ),
    "fair": (
        Recipe(weight_decay=0.0, batch_order="shuffled"),
        "the lesson with weight decay 0 and shuffled batches: both activations can train",
    ),
}

# Other spellings that people type, each for one field. `shuffle` is a switch, so it maps values as well.
_SYNONYMS = {
    "optimiser": "optimizer",
    "initialization": "initialisation",
    "lr": "learning_rate",
    "data": "dataset",
    "normalize": "normalise",
    "batchnorm": "batch_norm",
    "shuffle": "batch_order",
}


def canonical(field: str, value: Any) -> tuple[str, Any]:
    """A field under its own name, with its value. `shuffle = true` is `batch_order = "shuffled"`."""
    if field == "shuffle" and isinstance(value, bool):
        value = "shuffled" if value else "as_is"
    return _SYNONYMS.get(field, field), value


def recipe_from(fields: Mapping[str, Any], subject: str = "recipe") -> Recipe:
    """A validated recipe. Raises RecipeError with every fault at once, and the nearest right name."""
    named = dict(canonical(field, value) for field, value in fields.items())
    try:
        return Recipe.model_validate(named)
    except ValidationError as error:
        raise RecipeError(subject, [_fault(detail) for detail in _first_of_each(error)]) from None


def _first_of_each(error: ValidationError) -> list[Any]:
    """One detail a field: pydantic lists each branch of a union on its own."""
    seen: dict[Any, Any] = {}
    for detail in error.errors(include_url=False):
        seen.setdefault(detail["loc"][0] if detail["loc"] else "", detail)
    return list(seen.values())


def _fault(detail: Any) -> Fault:
    field, kind = str(detail["loc"][0]), detail["type"]
    if kind == "extra_forbidden":
        hint = nearest(field, [*FIELDS, *_SYNONYMS]) or "; the fields are " + ", ".join(FIELDS)
        return Fault(f"unknown field {shown(field)}{hint}", has_value=False)
    if field == "bias_value":
        rule = 'must be a finite number, or "default"'
    elif kind == "value_error":
        rule = str(detail["ctx"]["error"])
    else:
        rule = _RULES.get(kind, detail["msg"][0].lower() + detail["msg"][1:]).format(**detail.get("ctx", {}))
    return Fault(f"{field} {rule}", detail["input"])


_RULES = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "finite_number": "must be finite",
}


def parse_value(text: str) -> Any:
    """One value as TOML has it; what is not TOML is a text, so `relu` needs no quotes."""
    try:
        return tomllib.loads(f"v = {text}")["v"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text


def parse_assignment(word: str) -> tuple[str, list[Any]]:
    """`field=v1,v2` as a field and its values. Commas inside brackets or quotes do not separate."""
    field, equals, rest = word.partition("=")
    if not equals or not field.strip() or not rest.strip():
        raise ParibusError(f"a field and its value are written field=value; got {shown(word)}")
    pieces, depth, quote, piece = [], 0, "", ""
    for letter in rest:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0 and not quote:
            pieces.append(piece)
            piece = ""
        else:
            piece += letter
    values = [parse_value(p.strip()) for p in [*pieces, piece]]
    named = [canonical(field.strip(), value) for value in values]
    return named[0][0], [value for _, value in named]


def recipe_from_toml(text: str, subject: str) -> Recipe:
    """A recipe from TOML text; `subject` names the file in errors."""
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(subject, [Fault(f"not TOML: {error}", has_value=False)]) from None
    return recipe_from(fields, subject)


def recipe_to_toml(recipe: Recipe) -> str:
    """The recipe as TOML: every field, one a line, in the order of the class. Reads back to an equal recipe."""
    lines = [f"{field} = {_toml(value)}" for field, value in recipe.model_dump(mode="json").items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)  # JSON's strings, numbers, booleans and arrays are TOML's
    return text.replace("\x7f", "\\u007F")
