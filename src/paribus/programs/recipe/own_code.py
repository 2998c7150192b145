"""The code of somebody's own that a recipe names: its model, its loss, its optimiser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from paribus.programs.recipe.model_registry import is_code

if TYPE_CHECKING:
    from paribus.programs.recipe.recipe import Recipe

BY_NAME = ("loss", "optimizer")  # fields that name one of ours, or `package.module:name`


def is_own(value: object) -> bool:
    """Whether a loss or an optimiser is code of somebody's own."""
    return isinstance(value, str) and ":" in value


def is_path(value: str) -> bool:
    """Whether it is written as the place of code is, `package.module:name`."""
    module, colon, name = value.partition(":")
    return bool(colon) and all(part.isidentifier() for part in [*module.split("."), name])


def own_steps(recipe: Recipe) -> tuple[str, ...]:
    """A loss and an optimiser of somebody's own, by name."""
    return tuple(value for field in BY_NAME if is_own(value := getattr(recipe, field)))


def own_code(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name of code among a recipe's fields, which are called by their own names."""
    model = fields.get("model", "lenet")
    named = [fields[field] for field in BY_NAME if is_own(fields.get(field))]
    return (*((str(model),) if is_code(model) else ()), *named)


def or_own(names: Iterable[str]) -> str:
    """How values are written of which there are these, or code of the user's own."""
    return ", ".join(f"`{name}`" for name in (*names, "package.module:name"))
