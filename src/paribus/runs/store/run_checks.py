"""Whether what a run left agrees with itself, and with what its program says of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paribus.core.errors import Fault
from paribus.core.messages import Message
from paribus.records.run import RunRecord
from paribus.runs.registry import built_in_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def incoherent(record: RunRecord) -> Message | None:
    """What in a record contradicts itself, or None. Of our own programs' records also what they say of the fields."""
    program = built_in_of(record.program)
    if program is not None and (fault := program.fields_fault(record.fields)):
        return fault
    length = record.program.length
    if length is not None and not isinstance(record.fields.get(length), int):
        return Message("{field} must be a whole number", field=length)
    if length is not None and not 0 <= record.epochs_done <= record.program.length_of(record.fields):
        most = record.program.length_of(record.fields)
        return Message(
            "epochs_done must be from 0 to {most}, the run's {name}; got {given}",
            most=most,
            name=length,
            given=record.epochs_done,
        )
    if record.seed < 0:
        return Fault("{field} must be at least {limit}", record.seed, field="seed", limit=0).message
    if record.status != "finished":
        return None
    names = dict.fromkeys((record.program.steers, record.program.judged))  # others may be known by epoch alone
    if missing := [name for name in names if name not in record.figures]:
        return Message("a finished run has {names}", names=missing)
    if infinite := [name for name, value in record.figures.items() if not math.isfinite(value)]:
        return Message(
            "a finished run's {names} must be finite; where a figure was not, the run has diverged",
            names=" and ".join(infinite),
        )
    return None


def items_fault(record: RunRecord, items: Mapping[str, NDArray[Any]]) -> Message | None:
    """What is wrong with what a finished run gave by item, or None; only our own programs are asked."""
    program = built_in_of(record.program)
    return None if program is None else program.fault(record, items)
