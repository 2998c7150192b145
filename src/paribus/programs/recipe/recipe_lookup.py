"""Recipes by name, by file, and with fields changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paribus.core.errors import Fault, ParibusError, RecipeError, nearest
from paribus.core.field_faults import under_own_names
from paribus.core.fields import FieldSpec
from paribus.core.messages import Message
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.recipe import RECIPE, Recipe, canonical
from paribus.programs.recipe.recipe_text import recipe_from, recipe_from_toml
from paribus.runs.base_fields import changes_words, file_text


def recipe(start: str | Path | Recipe = "lesson", /, **settings: Any) -> Recipe:
    """A built-in recipe, or one from a TOML file, with fields changed: `pb.recipe("fair", epochs=5)`.

    Raises RecipeError with every fault at once, and ParibusError where there is no such recipe or file.
    """
    return recipe_from(values_from(start, settings)) if settings else _begun(start)


def is_recipe_name(name: str) -> bool:
    """Whether a word means a recipe, and not a run or a comparison of a store."""
    return name in BUILT_IN or name.endswith(".toml")


def values_from(start: str | Path | Recipe, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all fields, unchecked. With another model, nothing remains of what was the earlier one's own."""
    base = _begun(start)
    changed = under_own_names(settings, canonical, RECIPE)
    if "metric" in changed and not is_code(changed.get("model", base.model)):
        raise RecipeError(
            RECIPE,
            [Fault("{field} is no field: what is judged is said by --metric (in Python metric=)", field="metric")],
        )
    own = base.own_fields if changed.get("model", base.model) != base.model else {}
    return {**{name: value for name, value in base.model_dump().items() if name not in own}, **changed}


def _begun(start: str | Path | Recipe) -> Recipe:
    return start if isinstance(start, Recipe) else _named(str(start))


def recipe_name(
    start: str | Path | Recipe, settings: Mapping[str, Any], own: Mapping[str, FieldSpec] | None = None
) -> str:
    """What a recipe is called in reports: its name, with what was changed, if that makes a difference.

    own: the fields that its factory has besides, if that was loaded: to name a default of these changes nothing.
    Raises as `recipe` does.
    """
    base = recipe(start)
    differing = base.differences(recipe(base, **settings))
    usual = {name: (None, spec.default) for name, spec in (own or {}).items()}
    changed = {name: values[1] for name, values in differing.items() if usual.get(name) != values}
    return _name(start) + changes_words(changed)


def _name(start: str | Path | Recipe) -> str:
    if isinstance(start, Recipe):
        return next((name for name, (built_in, _) in BUILT_IN.items() if built_in == start), "recipe")
    return str(start) if str(start) in BUILT_IN else Path(start).stem


def _named(name: str) -> Recipe:
    if name in BUILT_IN:
        return BUILT_IN[name][0]
    path = Path(name)
    if path.suffix != ".toml":
        raise ParibusError(
            "recipe must be one of {choices}, or a file ending in .toml",
            choices=tuple(BUILT_IN),
            got=name,
            hint=nearest(name, BUILT_IN),
        )
    return recipe_from_file(path)


def recipe_from_file(path: Path) -> Recipe:
    """A recipe from a TOML file. Raises RecipeError or ParibusError, naming the file."""
    return recipe_from_toml(file_text(path), Message("{name}", name=path))
