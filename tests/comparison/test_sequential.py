"""A verdict looked at after every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import paribus as pb
from paribus.comparison.anytime.sequential import Sequential
from paribus.core.seeds import generator

FAR = [(0.90, 0.95), (0.91, 0.97), (0.89, 0.95), (0.90, 0.96), (0.92, 0.97), (0.90, 0.96)]


def test_a_large_difference_is_decided_after_five_pairs() -> None:
    judge = pb.Sequential("accuracy")
    states = [judge.add(a, b) for a, b in FAR]
    assert [state.status for state in states] == ["go_on"] * 4 + ["decided"] * 2
    last = states[-1]
    assert (last.verdict, last.figure, last.trains, last.reason) == ("b_better", "b_better", "open", "difference")
    assert (last.pairs, last.decided_at, last.both) == (6, 5, 6)
    assert last.e == pytest.approx(1 / last.p)
    assert last.e >= 20
    assert 0 < last.low < 0.055 < last.high


def test_less_is_better_and_arms_swapped() -> None:
    judge = Sequential("loss:min")
    state = judge.add_all(FAR)
    assert (state.verdict, state.difference) == ("a_better", pytest.approx(0.34 / 6))
    other = Sequential("loss:min").add_all((b, a) for a, b in FAR)
    assert (other.verdict, other.p, other.low) == ("b_better", pytest.approx(state.p), pytest.approx(-state.high))


def test_the_verdict_stands_whatever_comes_after_it() -> None:
    judge = Sequential("accuracy")
    judge.add_all(FAR)
    state = judge.add_all([(0.95, 0.90)] * 20)
    assert (state.verdict, state.decided_at) == ("b_better", 5)


def test_runs_that_do_not_train() -> None:
    judge = Sequential("accuracy")
    states = [judge.add(None, 0.9 + 0.01 * i) for i in range(6)]
    assert [state.status for state in states] == ["go_on"] * 5 + ["decided"]
    last = states[-1]
    assert (last.verdict, last.trains, last.figure, last.reason) == ("b_better", "b_better", "open", "trained_counts")
    assert (last.only_a, last.only_b, last.both, last.difference) == (0, 6, 0, None)
    assert Sequential("accuracy").add_all([(None, float("nan"))] * 9).reason == "neither_trained"


def test_one_failure_does_not_veto_the_figures() -> None:
    state = Sequential("accuracy").add_all([(0.91, None), *FAR])
    assert (state.verdict, state.figure, state.trains, state.decided_at) == ("b_better", "b_better", "open", 6)


def test_equal_within_the_margin_only_where_all_trained() -> None:
    alike = [(0.9 + x, 0.9001 + y) for x, y in generator(0, "alike").normal(0, 0.0005, (12, 2))]
    state = Sequential("accuracy", margin=0.005).add_all(alike)
    assert (state.verdict, state.reason, state.status) == ("equal", "within_margin", "decided")
    failed = Sequential("accuracy", margin=0.005).add_all([(None, 0.9), *alike])
    assert (failed.verdict, failed.figure, failed.status) == ("open", "equal", "go_on")
    without = Sequential("loss:min").add_all(alike)
    assert without.p_equal == 1.0


def test_no_spread_is_never_decided() -> None:
    states = [Sequential("loss:min", margin=1.0, most=20).add_all([(1.0, 0.5)] * n) for n in (1, 2, 4, 20)]
    assert [(s.status, s.reason) for s in states] == [
        ("go_on", "too_few_seeds"),
        ("go_on", "no_spread"),
        ("hopeless", "no_spread"),
        ("hopeless", "no_spread"),
    ]


def test_hopeless_only_where_a_most_is_given() -> None:
    noise = generator(3, "noise").normal(0.9, 0.02, (10, 2))
    assert Sequential("accuracy", margin=0.0001).add_all(noise).status == "go_on"
    state = Sequential("accuracy", margin=0.0001, most=11).add_all(noise)
    assert state.status == "hopeless"
    assert state.chance < 0.05
    assert Sequential("accuracy", margin=0.0001, most=10).add_all(noise).chance == 0.0
    assert Sequential("accuracy", most=30).add_all(FAR[:4]).chance > 0.9


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 40)), st.integers(0, 40)), max_size=15))
def test_one_by_one_or_all_at_once(counts: list[tuple[int | None, int]]) -> None:
    pairs = [(None if a is None else a / 40, b / 40) for a, b in counts]
    judge = Sequential("accuracy", margin=0.1)
    for pair in pairs:
        judge.add(*pair)
    assert judge.state == Sequential("accuracy", margin=0.1).add_all(pairs)


def test_the_error_over_all_looks() -> None:
    """Alike arms, 60 looks each, one run in ten failing in either: at most 5 % are ever told apart."""
    draw, wrong = generator(5, "sequential"), 0
    for _ in range(400):
        runs = np.where(draw.random((60, 2)) < 0.1, np.nan, draw.normal(0.9, 0.01, (60, 2)))
        wrong += Sequential("accuracy", margin=0).add_all(runs).verdict != "open"
    assert wrong / 400 <= 0.05


def test_what_is_wrong_is_said_all_at_once() -> None:
    with pytest.raises(pb.ParibusError) as error:
        Sequential("loss", margin=-1, error=2, most=1)
    said = str(error.value)
    assert "margin must be a number of at least 0; got -1" in said
    assert "error must be greater than 0 and at most 0.5; got 2" in said
    assert "most must be a whole number from 2 to 1,000; got 1" in said
    assert "loss:min" in said
    with pytest.raises(pb.ParibusError, match="a figure must be a number"):
        Sequential("accuracy").add("0.9", 0.8)  # type: ignore[arg-type]
    with pytest.raises(pb.ParibusError, match="share from 0 to 1"):
        Sequential("accuracy").add(91, 92)
