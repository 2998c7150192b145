"""What is worth trying with any program, whose fields are all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from paribus.core.errors import ParibusError
from paribus.core.fields import FieldSpec
from paribus.records.intervention import OFF_DEFAULT, Change, Intervention
from paribus.records.program import Fields

STEP = 10  # how many times a number is larger or smaller
LONGER = 3  # how many times as long a run is


def plain_proposals(
    specifications: Mapping[str, FieldSpec],
    fields: Fields,
    *,
    length: str | None = None,
    inert: Callable[[str, Fields], object] = lambda name, fields: None,
    valid: Callable[[Mapping[str, Any]], Fields] = Fields,
    fixed: Sequence[str] = (),
) -> tuple[Intervention, ...]:
    """Changes of one field, those that something points at first: a field that is not at its default is set back to it.

    Then every number is taken ten times larger and ten times smaller, every switch the other way, and the run three
    times as long. Where nothing inside a program can be seen, no more than that can be suspected.

    Args:
        specifications: of the program's fields.
        fields: as they are.
        length: the field that says how long a run is, if one does.
        inert: why a field does nothing beside the others; None where it does something.
        valid: the program's check of all fields, which raises ParibusError.
        fixed: fields that are left alone.
    """
    found: dict[tuple[str, Any], Intervention] = {}
    for name, after, pointer in _moves(specifications, fields, length):
        key = (name, after)
        if name in fixed or key in found or after == fields[name] or inert(name, fields):
            continue
        try:
            valid(fields.replace(**{name: after}))
        except ParibusError:
            continue
        found[key] = Intervention(changes=(Change(factor=name, before=fields[name], after=after),), finding=pointer)
    return tuple(found.values())


def _moves(
    specifications: Mapping[str, FieldSpec], fields: Fields, length: str | None
) -> Iterator[tuple[str, Any, str | None]]:
    known = {name: spec for name, spec in specifications.items() if name in fields}
    for name, spec in known.items():
        if not spec.required and name != length:
            yield name, spec.default, OFF_DEFAULT
    for name, spec in known.items():
        for after in (fields[name] * LONGER,) if name == length else _steps(spec, fields[name]):
            yield name, after, None


def _steps(spec: FieldSpec, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or value is None:  # which may stand instead of a number
        return ()
    match spec.kind:
        case "switch":
            return (not value,)
        case "whole":
            return value * STEP, round(value / STEP)
        case "number":
            return tuple(float(f"{step:.12g}") for step in (value * STEP, value / STEP))
        case _:
            return ()
