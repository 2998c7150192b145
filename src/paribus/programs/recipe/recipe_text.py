"""Recipes from and to text: TOML files and `field=value` words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from paribus.core.assignment import assigned
from paribus.core.errors import Fault, RecipeError
from paribus.core.field_faults import faults_of, under_own_names
from paribus.core.field_text import ExcessiveValue, fields_to_toml, parse_value, toml_values
from paribus.core.messages import Message
from paribus.programs.recipe.recipe import LESSON, RECIPE, SPECIFICATIONS, Recipe, canonical, recipe_class


def recipe_from(fields: Mapping[str, Any], subject: Message = RECIPE) -> Recipe:
    """A validated recipe. Raises RecipeError with every fault at once, and the nearest right name.

    Fields of a factory's own stand as they are given: to check them, it would have to be loaded.
    """
    named = under_own_names(fields, canonical, subject)
    try:
        return recipe_class(named).model_validate(named) if named else LESSON
    except ValidationError as error:
        raise RecipeError(subject, faults_of(error, SPECIFICATIONS)) from None


def parse_assignment(word: str) -> tuple[str, list[Any]]:
    """`field=v1,v2` as a field under its own name and its values. Commas inside brackets or quotes do not separate."""
    field, texts = assigned(word)
    named = [canonical(field, parse_value(text)) for text in texts]
    return named[0][0], [value for _, value in named]


def recipe_from_toml(text: str, subject: Message) -> Recipe:
    """A recipe from TOML text; `subject` names the file in errors."""
    try:
        fields = toml_values(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(subject, [Fault("not TOML: {reason}", reason=str(error))]) from None
    except ExcessiveValue as error:
        raise RecipeError(subject, [Fault(error.rule)]) from None
    return recipe_from(fields, subject)


def recipe_to_toml(recipe: Recipe) -> str:
    """The recipe as TOML: every field, one a line, in the order of the class. Reads back to an equal recipe."""
    return fields_to_toml(recipe.as_fields())
