"""Recipes from and to text: TOML files, `field=value` words, and the built-in recipes."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from paribus.core.errors import Fault, RecipeError
from paribus.core.field_faults import faults_of, under_own_names
from paribus.core.field_text import ExcessiveValue, assigned, fields_to_toml, parse_value, toml_values
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
