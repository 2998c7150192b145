"""What is tuned: ranges as they are written, and the values in them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.comparison.tuning.ranges import (
    Range,
    as_number,
    nearest_to,
    range_words,
    ranges_of,
    read_ranges,
    tuned_field,
    value_at,
    within,
)
from paribus.core.errors import ParibusError
from paribus.records.tuned import TunedField
from tests.programs.contrived import Contrived

PROGRAM = Contrived()
SIZES = st.floats(1e-12, 1e12, allow_nan=False, allow_infinity=False)


def read(*words: str) -> dict[str, TunedField]:
    return {name: tuned_field(name, found, PROGRAM) for name, found in read_ranges(words, PROGRAM).items()}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("rate=1e-4..1e-1", {"low": 1e-4, "high": 0.1, "logarithmic": True, "whole": False}),
        ("rate=0.1 .. 1", {"low": 0.1, "high": 1.0, "logarithmic": True, "whole": False}),
        ("rate=0.1..0.9", {"low": 0.1, "high": 0.9, "logarithmic": False, "whole": False}),
        ("rate=1..5", {"low": 1.0, "high": 5.0, "logarithmic": False, "whole": False}),
        ("rate=0..1e3", {"low": 0.0, "high": 1000.0, "logarithmic": False, "whole": False}),
        ("rate=-3..-1", {"low": -3.0, "high": -1.0, "logarithmic": False, "whole": False}),
        ("spin=1..8", {"low": 1.0, "high": 8.0, "logarithmic": False, "whole": True}),
        ("spin=0..8", {"low": 0.0, "high": 8.0, "logarithmic": False, "whole": True}),
        ("rate=.5...75", {"low": 0.5, "high": 0.75, "logarithmic": False, "whole": False}),
        ("arm=a,b", {"choices": ("a", "b")}),
        ("rate=0.1,0.2,0.4", {"choices": (0.1, 0.2, 0.4)}),
    ],
)
def test_what_is_written_is_what_is_tuned(word: str, found: dict[str, Any]) -> None:
    ((name, field),) = read(word).items()
    assert field == TunedField(name=name, **found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rate=1..1"], "a range must have more than one value in it; got 1..1"),
        (["rate=1..0.1"], "a range goes from its lower end to its higher one; got 1..0.1; turned round it is 0.1..1"),
        (["rate=a..b"], "the ends of a range must be finite numbers, LOW..HIGH; got a..b"),
        (["rate=0..inf"], "the ends of a range must be finite numbers"),
        (["rate=0.1"], "rate is tuned over a range, rate=LOW..HIGH, or over two values or more, rate=V1,V2"),
        (["rate=0.1,0.1"], "the values of a tuned field must differ"),
        (["spin=1.5..3"], "spin must be a whole number"),
        (["rate=1..2", "rate=3..4"], "--tune names rate twice; all its values go into one"),
        (["rate"], "a field and its value are written field=value"),
        (["rate="], "a field and its value are written field=value"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(words: list[str], said: str) -> None:
    with pytest.raises(ParibusError) as error:
        read(*words)
    assert said in str(error.value).replace('"', "")


def test_python_has_tuples_for_ranges_and_lists_for_values() -> None:
    found = ranges_of({"rate": (1e-3, 1.0), "arm": ["a", "b"]}, PROGRAM)
    assert found == {"rate": Range(1e-3, 1.0), "arm": ["a", "b"]}
    for wrong in (0.1, "1..2", {}):
        with pytest.raises(ParibusError, match=r"takes \(LOW, HIGH\) or a list of values"):
            ranges_of({"rate": wrong}, PROGRAM)


@given(SIZES, SIZES, st.floats(0, 1, exclude_max=True))
def test_every_share_of_a_range_is_in_it(one: float, other: float, share: float) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    field = tuned_field("rate", Range(low, high), PROGRAM)
    value = value_at(field, share, PROGRAM)
    assert within(field, value)
    assert low <= value <= high
    exact = low * (high / low) ** share if field.logarithmic else low + share * (high - low)
    scale = exact if field.logarithmic else high - low
    assert abs(value - exact) <= 0.0051 * scale  # rounded as people write numbers


@given(SIZES, SIZES)
def test_a_range_reads_back_as_it_is_said(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    field = tuned_field("rate", Range(low, high), PROGRAM)
    assert read(range_words(field, PROGRAM))["rate"] == field


@given(st.integers(0, 8), st.integers(0, 8), st.floats(0, 1, exclude_max=True))
def test_whole_numbers_stay_whole(one: int, other: int, share: float) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    field = tuned_field("spin", Range(low, high), PROGRAM)
    value = value_at(field, share, PROGRAM)
    assert type(value) is int
    assert low <= value <= high
    assert read(range_words(field, PROGRAM))["spin"] == field


def test_every_whole_number_and_every_choice_has_as_large_a_share() -> None:
    spin = tuned_field("spin", Range(1, 5), PROGRAM)
    arm = tuned_field("arm", ["a", "b", "c"], PROGRAM)
    shares = [(n + 0.5) / 3000 for n in range(3000)]
    for field, values in ((spin, range(1, 6)), (arm, "abc")):
        found = [value_at(field, share, PROGRAM) for share in shares]
        assert {value: found.count(value) for value in values} == dict.fromkeys(values, 3000 // len(values))


def test_a_log_scale_has_as_many_values_in_each_power_of_ten() -> None:
    field = tuned_field("rate", Range(1e-4, 1e-1), PROGRAM)
    values = [value_at(field, (n + 0.5) / 300, PROGRAM) for n in range(300)]
    assert [sum(10.0**k <= value < 10.0 ** (k + 1) for value in values) for k in (-4, -3, -2)] == [100, 100, 100]


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1.0), ("1e-3", 1e-3), ("relu", None), (True, None), (math.nan, None)]
)
def test_numbers_in_texts_are_numbers(value: Any, number: float | None) -> None:
    assert as_number(value) == number


def test_numbers_are_rounded_as_people_write_them() -> None:
    field = tuned_field("rate", Range(1e-4, 1e-1), PROGRAM)
    assert nearest_to(field, 0.00316227766, PROGRAM) == 0.00316
    assert nearest_to(field, 5.0, PROGRAM) == 0.1
