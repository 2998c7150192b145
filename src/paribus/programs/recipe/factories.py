"""The parameters of a factory of somebody's own that no recipe has: fields of the recipes whose model it is.

Types and defaults are those of its signature, so its module is loaded to know them: that runs it. Who only reads a
recipe or a record takes such fields as they stand there (`recipe_of`, `recipe_from`), and loads nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ErrorCollector, Fault, FaultsError, RecipeError, nearest
from paribus.core.field_faults import under_own_names
from paribus.core.fields import FieldSpec
from paribus.core.messages import Message
from paribus.programs.loading import load_named
from paribus.programs.recipe.model_registry import is_code
from paribus.programs.recipe.recipe import RECIPE, SPECIFICATIONS, Recipe, canonical
from paribus.programs.recipe.recipe_lookup import recipe_name, values_from
from paribus.programs.recipe.recipe_text import recipe_from

if TYPE_CHECKING:
    from paribus.programs.function.signature import Signature

SHAPES = ("in_channels", "image_size", "in_features", "classes")  # what a factory is told of the data


def own_specifications(model: object) -> Mapping[str, FieldSpec]:
    """What each parameter is that is a field of recipes with this model alone. Loads a factory."""
    return _signature(load_named(model)).specifications if isinstance(model, str) and is_code(model) else {}


def own_arguments(factory: Callable[..., Any], recipe: Recipe) -> dict[str, Any]:
    """The values of these parameters, as the factory takes them."""
    return _signature(factory).arguments(recipe.own_fields)


def checked(values: Mapping[str, Any], subject: Message = RECIPE) -> Recipe:
    """The recipe with these fields; those of its factory are checked, and at their defaults where none is given.

    Loads the factory. Raises RecipeError with all faults at once.
    """
    named = under_own_names(values, canonical, subject)
    own = {name: value for name, value in named.items() if name not in SPECIFICATIONS}
    model = named.get("model")
    if not isinstance(model, str) or not is_code(model):
        return recipe_from(values, subject)
    errors = ErrorCollector(subject)
    with errors:
        ours = recipe_from({name: value for name, value in named.items() if name in SPECIFICATIONS}, subject)
    with errors:
        filled = _own_fields(model, own, subject) if ":" in model else {}
    errors.raise_all()
    return recipe_from({**ours.model_dump(), **filled}, subject)


def started(start: str | Path | Recipe, settings: Mapping[str, Any]) -> tuple[Recipe, str]:
    """A recipe by name or file, or a recipe, with fields changed, checked as `checked` does; and what it is called."""
    begun = checked(values_from(start, settings))
    return begun, recipe_name(start, settings, own_specifications(begun.model))


def _own_fields(model: str, given: Mapping[str, Any], subject: Message) -> Mapping[str, Any]:
    signature = _signature(load_named(model))
    known = (*signature.specifications, *signature.kept)
    others = Message("the fields of {name} are {choices}", name=model, choices=known) if known else None
    faults = [
        Fault("unknown field {name!q}", name=name, hint=nearest(name, [*known, *SPECIFICATIONS], others))
        for name in given
        if name not in known
    ]
    fields: Mapping[str, Any] = {}
    try:
        fields = signature.fields({name: value for name, value in given.items() if name in known})
    except FaultsError as error:
        faults += error.faults
    if faults:
        raise RecipeError(subject, faults)
    return fields


def changed_model(recipe: Recipe, model: Any) -> dict[str, Any]:
    """A recipe's fields with another model: what the factory has of its own is at its defaults there.

    Raises RecipeError where it is not so for the recipe's own model, since that could be said of no other.
    """
    usual = own_specifications(recipe.model)
    faults = [
        Fault(
            "{field} is of {name} alone, so it stays at its default where models are compared",
            value,
            field=field,
            name=recipe.model,
        )
        for field, value in recipe.own_fields.items()
        if field not in usual or usual[field].default != value
    ]
    if faults:
        raise RecipeError(RECIPE, faults)
    return {**{name: value for name, value in recipe.model_dump().items() if name in SPECIFICATIONS}, "model": model}


def _signature(factory: Callable[..., Any]) -> Signature:
    """Of the parameters that are told by name, have a default, and are called as nothing else that it may be told."""
    from paribus.programs.function.signature import signature_from

    try:
        parameters = list(inspect.signature(factory, eval_str=True).parameters.values())
    except Exception:  # annotations that cannot be read are not needed: a default has a type too
        found = inspect.signature(factory).parameters.values()
        parameters = [parameter.replace(annotation=parameter.empty) for parameter in found]
    told = {*SPECIFICATIONS, *SHAPES}
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    own = [
        parameter
        for parameter in parameters
        if parameter.kind in by_name
        and parameter.default is not parameter.empty
        and canonical(parameter.name, None)[0] not in told
        and not parameter.name.startswith("_")
    ]
    return signature_from(own, getattr(factory, "__qualname__", "the factory"))
