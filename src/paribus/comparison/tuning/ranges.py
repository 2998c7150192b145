"""What is tuned, and over which values: from words of a command line, or from Python, to fields with ranges."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paribus.core.assignment import assigned
from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError
from paribus.core.field_text import parse_value, value_word
from paribus.core.messages import Message, mark
from paribus.records.program import FieldValue, settled
from paribus.runs.program_protocol import Program

if TYPE_CHECKING:
    from paribus.records.tuned import TunedField

ORDERS = 10.0  # a range whose ends are this many times apart is gone over by its logarithm
_RANGE = re.compile(r"(?P<low>.*?[^.\s])\s*\.\.\s*(?P<high>[^.\s].*|\.\d.*)")


class Range(NamedTuple):
    """From low to high."""

    low: Any
    high: Any


Given = Range | Sequence[Any]  # what is said of a field: a range, or values to choose from


def read_ranges(words: Sequence[str], program: Program) -> dict[str, Given]:
    """`field=LOW..HIGH` or `field=V1,V2`, each field once. Raises ParibusError with all faults."""
    found: dict[str, Given] = {}
    errors = ErrorCollector(Message("{name}", name="--tune"))
    for word in words:
        with errors:
            spelling, texts = assigned(word)
            given = _read(spelling, texts, program)
            name = program.own_name(spelling, given[0])[0]
            if name in found:
                raise ComparisonError("--tune names {field} twice; all its values go into one", field=name)
            found[name] = given
    errors.raise_all()
    return found


def _read(spelling: str, texts: Sequence[str], program: Program) -> Given:
    if len(texts) == 1 and (match := _RANGE.fullmatch(texts[0])):
        return Range(_end(match["low"]), _end(match["high"]))
    return [program.own_name(spelling, program.value(spelling, text))[1] for text in texts]


def _end(text: str) -> Any:
    """A number, written as TOML has it or as Python reads it (`.5`); what is none stays a text."""
    value = parse_value(text)
    with contextlib.suppress(ValueError):
        return float(text) if isinstance(value, str) else value
    return value


def ranges_of(tune: Mapping[str, Any], program: Program) -> dict[str, Given]:
    """The same from Python: a tuple of two numbers is a range, a list has values to choose from.

    Raises ParibusError.
    """
    found: dict[str, Given] = {}
    for spelling, given in tune.items():
        if isinstance(given, tuple) and len(given) == 2:
            ranged: Given = Range(*given)
        elif isinstance(given, Sequence) and not isinstance(given, str):
            ranged = [program.own_name(spelling, value)[1] for value in given]
        else:
            raise ComparisonError(
                "a tuned field takes (LOW, HIGH) or a list of values", got=given, hint=Message("{name}", name=spelling)
            )
        name = program.own_name(spelling, ranged[0] if ranged else None)[0]
        if name in found:
            raise ComparisonError("--tune names {field} twice; all its values go into one", field=name)
        found[name] = ranged
    return found


def tuned_field(name: str, given: Given, program: Program) -> TunedField:
    """The field with its range or its values. Raises FaultsError for a range without anything in it."""
    from paribus.records.tuned import TunedField

    if isinstance(given, Range):
        return _ranged(name, given, program)
    values = [settled(value) for value in given]
    fault = None
    if len(values) < 2:
        rule = mark("{name} is tuned over a range, {name}=LOW..HIGH, or over two values or more, {name}=V1,V2")
        fault = Fault(rule, values, name=name)
    elif len({repr(value) for value in values}) < len(values):
        fault = Fault("the values of a tuned field must differ", values)
    if fault is not None:
        raise FaultsError(Message("{name}", name=name), [fault])
    return TunedField(name=name, choices=tuple(values))


def _ranged(name: str, given: Range, program: Program) -> TunedField:
    from paribus.records.tuned import TunedField

    subject, said = Message("{name}", name=name), f"{_word(given.low)}..{_word(given.high)}"
    if not all(_is_number(end) for end in given):
        raise FaultsError(subject, [Fault("the ends of a range must be finite numbers, LOW..HIGH", said)])
    low, high = float(given.low), float(given.high)
    if low == high:
        raise FaultsError(subject, [Fault("a range must have more than one value in it", said)])
    if low > high:
        hint = Message("turned round it is {range}", range=f"{_word(given.high)}..{_word(given.low)}")
        raise FaultsError(subject, [Fault("a range goes from its lower end to its higher one", said, hint=hint)])
    kind = program.specifications[name].kind
    written_whole = isinstance(given.low, int) and isinstance(given.high, int)
    whole = kind == "whole" or (kind != "number" and written_whole)
    if whole and not (low.is_integer() and high.is_integer()):
        raise FaultsError(subject, [Fault("{field} must be a whole number", said, field=name)])
    return TunedField(name=name, low=low, high=high, logarithmic=low > 0 and high / low >= ORDERS, whole=whole)


def _is_number(end: Any) -> bool:
    return isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end)


def _word(end: Any) -> str:
    return value_word(end) if _is_number(end) else str(end)


def ends_of(field: TunedField, program: Program) -> tuple[FieldValue, ...]:
    """The values by which it is checked that a program takes a field's range: its ends, or all its choices."""
    if field.choices:
        return field.choices
    return as_value(field, field.low, program), as_value(field, field.high, program)


def value_at(field: TunedField, share: float, program: Program) -> FieldValue:
    """The value that lies at a share from 0 to 1 of the range."""
    if field.choices:
        return field.choices[min(int(share * len(field.choices)), len(field.choices) - 1)]
    low, high = (field.low - 0.5, field.high + 0.5) if field.whole else (field.low, field.high)
    return nearest_to(field, low * (high / low) ** share if field.logarithmic else low + share * (high - low), program)


def nearest_to(field: TunedField, number: float, program: Program) -> FieldValue:
    """The value of a range that is next to a number: rounded, as people write them."""
    if not field.whole:
        size = number if field.logarithmic else field.high - field.low
        number = round(number, (2 if field.logarithmic else 3) - math.floor(math.log10(size)))
    return as_value(field, min(max(number, field.low), field.high), program)


def as_value(field: TunedField, number: float, program: Program) -> FieldValue:
    """A number as the program has it: commands know texts alone."""
    return program.value(field.name, value_word(round(number) if field.whole else number))


def as_number(value: FieldValue) -> float | None:
    """The number that a value is or is written as; None where it is none."""
    if isinstance(value, str):
        value = _end(value)
    return float(value) if _is_number(value) else None


def within(field: TunedField, value: FieldValue) -> bool:
    """Whether the value is one that the search may try."""
    if field.choices:
        return value in field.choices
    number = as_number(value)
    return number is not None and field.low <= number <= field.high


def range_words(field: TunedField, program: Program) -> str:
    """As `read_ranges` reads it back: `learning_rate=0.0001..0.1`."""
    if field.choices:
        return f"{field.name}=" + ",".join(program.word(field.name, value) for value in field.choices)
    low, high = (value_word(round(end) if field.whole else end) for end in (field.low, field.high))
    return f"{field.name}={low}..{high}"
