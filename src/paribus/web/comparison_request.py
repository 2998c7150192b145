"""What the page asks to be compared: checked before it joins the queue, with all faults at once."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from paribus.comparison.compare import design_for
from paribus.comparison.margin import check_margin
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.core.frozen import Frozen
from paribus.core.messages import Message, Value, mark
from paribus.programs.recipe.built_in_recipes import BUILT_IN, nearest_built_in
from paribus.programs.recipe.own_code import BY_NAME, own_code
from paribus.programs.recipe.recipe import FIELDS, SPECIFICATIONS, canonical, recipe_of
from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.program import FieldValue
from paribus.results import ComparisonResult
from paribus.runs import trust
from paribus.runs.registry import code_of


class Order(Frozen):
    """A comparison as the page asks for it; what `paribus compare` takes in words."""

    factor: str
    values: tuple[FieldValue, ...]
    recipe: str = "lesson"
    settings: dict[str, FieldValue] = Field(default_factory=dict)
    seeds: int = 6
    epochs: int | None = None
    margin: float = 0.1
    first_seed: int = 0


def _whole(value: object) -> bool:
    return type(value) is int and abs(value) < 1 << 53


_Check = tuple[Callable[[Any], bool], str, dict[str, Value]]
_KINDS: dict[str, _Check] = {
    "factor": (lambda v: isinstance(v, str), mark("{field} must be a text, the name of a recipe field"), {}),
    "values": (lambda v: isinstance(v, list), mark("{field} must be a list of values"), {}),
    "recipe": (
        lambda v: isinstance(v, str) and v in BUILT_IN,
        mark("{field} must be one of {choices}"),
        {"choices": tuple(BUILT_IN)},
    ),
    "settings": (lambda v: isinstance(v, dict), mark("{field} must map recipe fields to values"), {}),
    "seeds": (_whole, mark("{field} must be a whole number"), {}),
    "epochs": (lambda v: v is None or _whole(v), mark("{field} must be a whole number, or null for the recipe's"), {}),
    "margin": (lambda v: _whole(v) or isinstance(v, float), mark("{field} must be a number"), {}),
    "first_seed": (_whole, mark("{field} must be a whole number"), {}),
}


def read_order(body: Mapping[str, Any], own_models: bool) -> Order:
    """The order in a request's body. Raises FaultsError for what is no order, and for a model that is code."""
    faults = [
        Fault("unknown part of an order; the parts are {choices}", n, choices=tuple(_KINDS))
        for n in body.keys() - _KINDS
    ]
    faults += [Fault("{field} must be given", field=n) for n in ("factor", "values") if n not in body]
    unfit = {name for name, (fits, _, _) in _KINDS.items() if name in body and not fits(body[name])}
    for name in [name for name in _KINDS if name in unfit]:
        _, rule, values = _KINDS[name]
        faults.append(Fault(Message(rule, field=name, **values), body[name]))
    if not faults and not own_models:
        faults = _own_models(body.get("settings", {}), body["factor"], body["values"])
    if faults:
        kept = {name: value for name, value in body.items() if name in _KINDS and name not in unfit}
        raise FaultsError("the comparison", faults + (_of_the_rest(kept) if unfit else []))
    return Order.model_validate(dict(body))


def _of_the_rest(body: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the parts that can be read, where others cannot: a form shows all faults at once."""
    try:
        design_of(Order.model_validate(dict(body)), own_models=False)
    except ParibusError as error:
        return list(error.faults)
    except ValidationError:  # without a factor or values nothing more is told
        pass
    return []


def _own_models(settings: Mapping[str, Any], factor: str, values: Sequence[Any]) -> list[Fault]:
    """What is the user's own is code, and what a page asks for runs none unless the server was told so."""
    named = [(canonical(field, None)[0], value) for field, value in settings.items()]
    named += [(canonical(factor, None)[0], value) for value in values]
    return [
        Fault(
            "{field} must be built in ({choices}), since what is your own is code: paribus serve --own-models lets "
            "the page run it",
            value,
            field=field,
            choices=tuple(SPECIFICATIONS[field].choices or SPECIFICATIONS[field].about.names),
        )
        for field, value in named
        if field in ("model", *BY_NAME) and (not isinstance(value, str) or own_code({field: value}))
    ]


def design_of(order: Order, own_models: bool) -> Design:
    """What is to be compared. Raises ParibusError with everything that can be told without the data.

    own_models: whether code of somebody's own may be loaded for that.
    """
    if not own_models and (faults := _own_models(order.settings, order.factor, order.values)):
        raise FaultsError("the comparison", faults)  # before any code is loaded
    errors = ErrorCollector("the comparison")
    with errors:
        check_margin(order.margin)
    with errors:
        design = design_for(
            order.factor,
            [_listed(value) for value in order.values],
            order.recipe,
            {field: _listed(value) for field, value in order.settings.items()},
            order.seeds,
            order.epochs,
            False,
            order.first_seed,
        )
    errors.raise_all()
    return design


def _listed(value: Any) -> Any:
    """Lists of widths as lists: a recipe takes them so, and says what is wrong with others."""
    return list(value) if isinstance(value, tuple) else value


def order_again(c: Comparison) -> Order | None:
    """The order that asks a comparison again; None where the page's form cannot say what was asked.

    The form has no field for a margin and a first seed.
    """
    named = {"factor": c.factor, "values": tuple(arm.value for arm in c.arms), "seeds": len(c.seeds)}
    usual = Order.model_validate(named)
    same = math.isclose(100 * c.margin, usual.margin) and c.seeds[0] == usual.first_seed
    recipes = c.factor in FIELDS and set(c.arms[0].fields) == set(FIELDS)  # which the form is of
    if not same or c.confounded or not recipes:
        return None
    recipe, settings = nearest_built_in(recipe_of(c.arms[0].fields), {c.factor})
    return usual.model_copy(update={"epochs": settings.pop("epochs", None), "recipe": recipe, "settings": settings})


def refuse_code(asked: Design | ComparisonResult, own_models: bool) -> None:
    """Raise ParibusError for code of somebody's own, unless the server was told to run such.

    A comparison may be explained that a command of the user's own on this machine has made. Looked at again before
    anything runs: a queue or a comparison may lie in a folder that somebody sent.
    """
    if isinstance(asked, ComparisonResult):
        with contextlib.suppress(ParibusError):
            trust.refuse_code(asked, own_models)
            return
    elif own_models or not any(code_of(asked.program, arm.fields) for arm in asked.arms):
        return
    raise ParibusError("its model is code of somebody's own: paribus serve --own-models lets the page run it")
