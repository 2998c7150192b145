"""What is wrong with a recipe, in the words of its user: the field, the rule, the value, the nearest right name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from paribus.values.errors import Fault, closest, nearest, shown

# Other spellings that people type, each for one field. `shuffle` is a switch, so it maps values as well.
SYNONYMS = {
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
    return SYNONYMS.get(field, field), value


def faults_of(error: ValidationError, fields: Sequence[str]) -> list[Fault]:
    """All faults, one a field. `fields`: the names that a recipe has."""
    return [_fault(detail, fields) for detail in _first_of_each(error)]


def _first_of_each(error: ValidationError) -> list[Any]:
    """One detail a field: pydantic lists each branch of a union on its own."""
    seen: dict[Any, Any] = {}
    for detail in error.errors(include_url=False):
        seen.setdefault(detail["loc"][0] if detail["loc"] else "", detail)
    return list(seen.values())


def _fault(detail: Any, fields: Sequence[str]) -> Fault:
    field, kind = str(detail["loc"][0]), detail["type"]
    if kind == "extra_forbidden":
        hint = nearest(field, [*fields, *SYNONYMS]) or "; the fields are " + ", ".join(fields)
        return Fault(f"unknown field {shown(field)}{hint}", has_value=False)
    if field == "bias_value":
        rule = 'must be a finite number, or "default"'
    elif kind == "value_error":
        rule = str(detail["ctx"]["error"])
    else:
        rule = _RULES.get(kind, detail["msg"][0].lower() + detail["msg"][1:]).format(**detail.get("ctx", {}))
    return Fault(f"{field} {rule}", detail["input"], meant=_meant(rule, detail["input"]))


def _meant(rule: str, given: object) -> str:
    """The choice that was mistyped, where the rule has choices and one is near."""
    _, one_of, choices = rule.partition("must be one of ")
    return closest(given, choices.split(", ")) if one_of and isinstance(given, str) else ""


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
