"""Recipes from and to text: TOML files, `field=value` words, and the built-in recipes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from paribus.core.errors import BrokenRule, Fault, ParibusError, RecipeError
from paribus.core.field_faults import faults_of, under_own_names
from paribus.core.messages import Message, mark
from paribus.programs.recipe.recipe import LESSON, RECIPE, SPECIFICATIONS, Recipe, canonical

DEFAULT = "lesson"  # the recipe, where none is named

BUILT_IN: dict[str, tuple[Recipe, str]] = {
    "lesson": (
        LESSON,
        mark("the notebook's own settings: Adam 0.001 with weight decay 0.1 in the gradient, batches not shuffled"),
    ),
    "fair": (
        Recipe(weight_decay=0.0, batch_order="shuffled"),
        mark("the lesson with weight decay 0 and shuffled batches: both activations can train"),
    ),
    "fast": (
        Recipe(
            weight_decay=0.0,
            batch_order="shuffled",
            validation_fraction=0.1,  # an eighth more to train on; 6,000 images are enough to steer two epochs by
            batch_size=96,
            learning_rate=0.008,
            schedule="one_cycle",
            label_smoothing=0.05,
            epochs=2,
        ),
        mark(
            "two epochs under one cycle of the learning rate: the lesson's network trained in seconds; tuned for relu"
        ),
    ),
}


def nearest_built_in(recipe: Recipe, free: Collection[str] = ()) -> tuple[str, dict[str, Any]]:
    """The built-in recipe that differs in fewest fields, with this recipe's values of those; `free` do not count."""
    changes = {
        name: {field: value for field, (_, value) in built_in.differences(recipe).items() if field not in free}
        for name, (built_in, _) in BUILT_IN.items()
    }
    return min(changes.items(), key=lambda one: len(one[1]))


def recipe_from(fields: Mapping[str, Any], subject: Message = RECIPE) -> Recipe:
    """A validated recipe. Raises RecipeError with every fault at once, and the nearest right name."""
    named = under_own_names(fields, canonical, subject)
    try:
        return Recipe.model_validate(named) if named else LESSON
    except ValidationError as error:
        raise RecipeError(subject, faults_of(error, SPECIFICATIONS)) from None


def parse_value(text: str) -> Any:
    """One value as TOML has it; what is not TOML is a text, so `relu` needs no quotes."""
    try:
        return _loads(f"v = {text}")["v"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text
    except _Excessive as error:
        raise ParibusError(error.rule, got=text) from None


def parse_assignment(word: str) -> tuple[str, list[Any]]:
    """`field=v1,v2` as a field and its values. Commas inside brackets or quotes do not separate."""
    field, equals, rest = word.partition("=")
    if not equals or not field.strip() or not rest.strip():
        raise ParibusError("a field and its value are written field=value", got=word)
    pieces, depth, quote, piece, escaped = [], 0, "", "", False
    for letter in rest:
        if escaped:
            escaped = False
        elif quote == '"' and letter == "\\":
            escaped = True
        elif quote:
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


def recipe_from_toml(text: str, subject: Message) -> Recipe:
    """A recipe from TOML text; `subject` names the file in errors."""
    try:
        fields = _loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(subject, [Fault("not TOML: {reason}", reason=str(error))]) from None
    except _Excessive as error:
        raise RecipeError(subject, [Fault(error.rule)]) from None
    return recipe_from(fields, subject)


class _Excessive(BrokenRule):
    """TOML that Python will not hold or write out."""


def _loads(text: str) -> dict[str, Any]:
    """TOML's fields. Raises TOMLDecodeError or _Excessive."""
    try:
        fields = tomllib.loads(text)
        repr(fields)  # whole numbers in hexadecimal pass the parser at any length, and no message could show them
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise _Excessive("a value must not have so many brackets within brackets") from None
    except ValueError:
        raise _Excessive("a value must not be a number of so many digits") from None
    return fields


def recipe_to_toml(recipe: Recipe) -> str:
    """The recipe as TOML: every field, one a line, in the order of the class. Reads back to an equal recipe."""
    return fields_to_toml(recipe.as_fields())


def fields_to_toml(fields: Mapping[str, Any]) -> str:
    """Fields as TOML, one a line; those without a value are left out, for TOML has no word for that."""
    return "".join(f"{field} = {_toml(value)}\n" for field, value in fields.items() if value is not None)


def value_word(value: Any) -> str:
    """A value as `parse_assignment` reads it back, also among others: texts that look like more are quoted."""
    if isinstance(value, str) and re.fullmatch(r"[\w./~:-]+", value) and parse_value(value) == value:
        return value
    return _toml(value) if isinstance(value, str) else _toml(value).replace(" ", "")


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)  # JSON's strings, numbers, booleans and arrays are TOML's
    return text.replace("\x7f", "\\u007F")
