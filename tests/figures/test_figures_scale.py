"""Axes: ticks that a person would choose, and positions that are right."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.figures.scale import Axis, epoch_axis, fraction_axis, linear_axis, log_axis, nice_step, tick_labels

numbers = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda v: v == 0 or abs(v) > 1e-6)


@pytest.mark.parametrize(
    ("span", "intervals", "step"), [(1.0, 5, 0.2), (2.3, 5, 0.5), (90, 6, 20), (0.0042, 5, 0.001), (14, 4, 5)]
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(span: float, intervals: int, step: float) -> None:
    assert nice_step(span, intervals) == pytest.approx(step)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_linear_axis_holds_every_value_and_ends_on_ticks(values: list[float]) -> None:
    axis = linear_axis(values)
    slack = 1e-9 * max(1, *(abs(v) for v in values))
    assert axis.low - slack <= min(values) <= max(values) <= axis.high + slack
    assert axis.ticks[0] == axis.low < axis.high == axis.ticks[-1]
    assert 2 <= len(axis.ticks) <= 12
    assert all(0 <= axis.share(value) <= 1 for value in values)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_fraction_axis_never_leaves_zero_to_one(values: list[float]) -> None:
    axis = fraction_axis(values)
    assert 0 <= axis.low < axis.high <= 1
    assert axis.low <= min(values) + 1e-9
    assert max(values) <= axis.high + 1e-9


def test_chance_and_ninety_two_per_cent_are_on_the_whole_axis() -> None:
    axis = fraction_axis([0.1, 0.92])
    assert tick_labels(axis, " %") == ("0 %", "20 %", "40 %", "60 %", "80 %", "100 %")
    assert axis.share(0.92) == pytest.approx(0.92)


def test_near_values_get_a_closer_axis_with_the_decimals_that_it_needs() -> None:
    labels = tick_labels(fraction_axis([0.984, 0.9885]), "%")
    assert labels == ("98.4%", "98.5%", "98.6%", "98.7%", "98.8%", "98.9%")


def test_losses_begin_at_zero_when_that_is_near() -> None:
    assert linear_axis([0.3, 2.3], floor=0.0).low == 0
    assert linear_axis([2.2, 2.3], floor=0.0).low > 2


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (1, (1,)),
        (2, (1, 2)),
        (6, (1, 2, 3, 4, 5, 6)),
        (7, (1, 4, 7)),
        (10, (1, 4, 6, 8, 10)),
        (15, (1, 5, 10, 15)),
        (30, (1, 10, 20, 30)),
        (100, (1, 20, 40, 60, 80, 100)),
    ],
)
def test_epochs_are_whole_and_name_both_ends(last: int, ticks: tuple[int, ...]) -> None:
    assert epoch_axis(last).ticks == ticks


@given(st.integers(1, 100_000))
def test_epoch_ticks_rise_and_never_crowd(last: int) -> None:
    axis = epoch_axis(last)
    assert axis.ticks[-1] == last
    assert len(axis.ticks) <= 9
    assert all(b > a for a, b in itertools.pairwise(axis.ticks))


def test_a_log_axis_has_powers_of_ten() -> None:
    axis = log_axis([0.3, 4e4])
    assert tick_labels(axis) == ("0.1", "1", "10", "100", "1000", "10000", "100000")
    assert axis.share(100) == pytest.approx(0.5)
    assert log_axis([2.0]).ticks == (1.0, 10.0)


def test_values_beyond_the_axis_are_held_at_its_end() -> None:
    axis = Axis(0, 10, (0, 10))
    assert (axis.share(-5), axis.share(99)) == (0, 1)


def test_negative_ticks_have_a_minus_sign() -> None:
    assert tick_labels(linear_axis([-0.1, 0.1], intervals=2)) == ("−0.1", "0.0", "0.1")
