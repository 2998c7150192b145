"""What is wrong with fields, in their user's words: the field, the rule, the value, the nearest right name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from paribus.core.errors import BrokenRule, Fault, RecipeError, nearest, shown
from paribus.core.fields import FieldSpec
from paribus.core.messages import Message, mark

PATHOLOGICAL = mark(
    "without a field it would be the lesson's, which is made to go wrong (weight decay 0.1, batches not shuffled): "
    'name a field, or take pb.recipe("lesson") or pb.recipe("fair")'
)


def own_name(spelling: str, specifications: Mapping[str, FieldSpec]) -> str:
    """The name of the field that is meant by another spelling of it; any other name stays as it is."""
    if spelling in specifications:
        return spelling
    return next((name for name, spec in specifications.items() if spelling in spec.about.spellings), spelling)


def under_own_names(
    fields: Mapping[str, Any], canonical: Callable[[str, Any], tuple[str, Any]], subject: Message
) -> dict[str, Any]:
    """Fields under their own names. Raises RecipeError where two spellings give one field two values."""
    named: dict[str, tuple[str, Any]] = {}
    faults = []
    for spelling, given in fields.items():
        field, value = canonical(spelling, given)
        if field in named and named[field][1] != value:
            other, earlier = named[field]
            faults.append(
                Fault(
                    "{first} and {second} are one field, {name}, which has one value; got {earlier!q} and {later!q}",
                    first=other,
                    second=spelling,
                    name=field,
                    earlier=earlier,
                    later=value,
                )
            )
        named.setdefault(field, (spelling, value))
    if faults:
        raise RecipeError(subject, faults)
    return {field: value for field, (_, value) in named.items()}


def faults_of(error: ValidationError, specifications: Mapping[str, FieldSpec]) -> list[Fault]:
    """All faults, one a field. `specifications`: of the fields that there are."""
    return [_fault(detail, specifications) for detail in _first_of_each(error)]


def _first_of_each(error: ValidationError) -> list[Any]:
    """One detail a field: pydantic lists each branch of a union on its own."""
    seen: dict[Any, Any] = {}
    for detail in error.errors(include_url=False):
        seen.setdefault(detail["loc"][0] if detail["loc"] else "", detail)
    return list(seen.values())


def _fault(detail: Any, specifications: Mapping[str, FieldSpec]) -> Fault:
    field, given = str(detail["loc"][0]), detail["input"]
    if detail["type"] == "extra_forbidden":
        spellings = [spelling for spec in specifications.values() for spelling in spec.about.spellings]
        others = Message("the fields are {choices}", choices=tuple(specifications))
        return Fault("unknown field {name!q}", name=field, hint=nearest(field, [*specifications, *spellings], others))
    spec = specifications[field]
    if detail["type"] == "missing":
        return Fault("{field} must be given: it has no default", field=field)
    hint = nearest(given, spec.choices) if spec.kind == "choice" else None
    return Fault(_rule(spec, detail).with_values(field=field), given, hint=hint)


def _rule(spec: FieldSpec, detail: Any) -> Message:
    kind, context = detail["type"], detail.get("ctx", {})
    if spec.kind == "number" and spec.choices:
        return Message("{field} must be a finite number, or {words}", words=[shown(word) for word in spec.choices])
    if isinstance(broken := context.get("error"), BrokenRule):
        return broken.rule
    if kind in _RULES:
        return Message(_RULES[kind])
    if kind in ("literal_error", "enum"):
        return Message("{field} must be one of {choices}", choices=tuple(spec.choices))
    if kind in _LIMITS:
        rule, limit = _LIMITS[kind]
        return Message(rule, limit=context[limit])
    return Message("{field}: {problem}", problem=detail["msg"])


_RULES = {
    "int_type": mark("{field} must be a whole number"),
    "int_from_float": mark("{field} must be a whole number"),
    "float_type": mark("{field} must be a number"),
    "bool_type": mark("{field} must be true or false"),
    "string_type": mark("{field} must be a text"),
    "list_type": mark("{field} must be a list"),
    "tuple_type": mark("{field} must be a list"),
    "string_too_short": mark("{field} must not be empty"),
    "finite_number": mark("{field} must be finite"),
}
_LIMITS = {
    "greater_than": (mark("{field} must be greater than {limit}"), "gt"),
    "greater_than_equal": (mark("{field} must be at least {limit}"), "ge"),
    "less_than": (mark("{field} must be less than {limit}"), "lt"),
    "less_than_equal": (mark("{field} must be at most {limit}"), "le"),
    "string_too_long": (mark("{field} must have at most {limit} characters"), "max_length"),
}
