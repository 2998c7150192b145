"""Recipes by name, by file, and with fields changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paribus.core.errors import Fault, ParibusError, RecipeError, nearest, reason_of, shown
from paribus.core.field_faults import under_own_names
from paribus.core.messages import Message
from paribus.programs.recipe.recipe import RECIPE, Recipe, canonical
from paribus.programs.recipe.recipe_text import BUILT_IN, recipe_from, recipe_from_toml

LARGEST_RECIPE = 1 << 20  # bytes; a recipe of every field takes less than one KiB


def recipe(start: str | Path | Recipe = "lesson", /, **settings: Any) -> Recipe:
    """A built-in recipe, or one from a TOML file, with fields changed: `pb.recipe("fair", epochs=5)`.

    Raises RecipeError with every fault at once, and ParibusError where there is no such recipe or file.
    """
    base = start if isinstance(start, Recipe) else _named(str(start))
    changed = under_own_names(settings, canonical, RECIPE)
    return recipe_from({**base.model_dump(), **changed}) if changed else base


def recipe_name(start: str | Path | Recipe, settings: Mapping[str, Any]) -> str:
    """What a recipe is called in reports: its name, with what was changed, if that makes a difference.

    Raises as `recipe` does.
    """
    base = recipe(start)
    differing = base.differences(recipe(base, **settings))
    return _name(start) + "".join(f", {field}={_plain(value)}" for field, (_, value) in differing.items())


def _name(start: str | Path | Recipe) -> str:
    if isinstance(start, Recipe):
        return next((name for name, (built_in, _) in BUILT_IN.items() if built_in == start), "recipe")
    return str(start) if str(start) in BUILT_IN else Path(start).stem


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown(list(value) if isinstance(value, tuple) else value)


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
    subject = Message("{name}", name=path)
    try:
        if path.stat().st_size > LARGEST_RECIPE:
            raise ParibusError(
                "{path}: a recipe has at most {most} bytes", path=path, most=LARGEST_RECIPE, got=path.stat().st_size
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParibusError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    except UnicodeDecodeError:
        raise RecipeError(subject, [Fault("must be text in UTF-8")]) from None
    return recipe_from_toml(text, subject)
