"""What is wrong with fields, in their user's words: the field, the rule, the value, the nearest right name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from paribus.values.errors import Fault, closest, nearest, shown
from paribus.values.fields import FieldSpec


def own_name(spelling: str, specifications: Mapping[str, FieldSpec]) -> str:
    """The name of the field that is meant by another spelling of it; any other name stays as it is."""
    return next((name for name, spec in specifications.items() if spelling in spec.about.spellings), spelling)


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
    field, kind = str(detail["loc"][0]), detail["type"]
    if kind == "extra_forbidden":
        spellings = [spelling for spec in specifications.values() for spelling in spec.about.spellings]
        hint = nearest(field, [*specifications, *spellings]) or "; the fields are " + ", ".join(specifications)
        return Fault(f"unknown field {shown(field)}{hint}", has_value=False)
    spec, given = specifications[field], detail["input"]
    if spec.kind == "number" and spec.choices:
        words = ", ".join(f'"{word}"' for word in spec.choices)
        rule = f"must be a finite number, or {words}"
    elif kind == "value_error":
        rule = str(detail["ctx"]["error"])
    else:
        rule = _RULES.get(kind, detail["msg"][0].lower() + detail["msg"][1:]).format(**detail.get("ctx", {}))
    meant = closest(given, spec.choices) if spec.kind == "choice" and isinstance(given, str) else ""
    return Fault(f"{field} {rule}", given, meant=meant)


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
