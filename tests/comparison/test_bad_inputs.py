"""Figures and questions that cannot be judged say what can still be concluded, or what to give instead."""

from __future__ import annotations

import math

import pytest

import paribus as pb


def words(a: object, b: object, **more: object) -> str:
    return pb.judge({"a": a, "b": b}, metric="score:max", **more).words("en")  # type: ignore[arg-type,dict-item]


def test_one_seed_shows_a_difference_and_no_luck() -> None:
    assert "one seed shows a difference, but not how much of it is that seed's luck" in words({0: 1.0}, {0: 2.0})
    assert "Use more seeds" in words([1.0], [2.0])


def test_runs_without_a_figure_are_counted_and_not_called_the_same() -> None:
    nothing = {0: math.nan, 1: math.inf}
    said = words(nothing, nothing)
    assert "there is nothing to compare" in said
    assert "exactly the same figures" not in said
    assert "a trained in 0 of 2 runs, b in 2 of 2" in words(nothing, {0: 2.0, 1: 2.1})


def test_constant_columns_have_no_spread_to_judge_by() -> None:
    assert "there is no spread to judge by" in words({0: 1.0, 1: 1.0, 2: 1.0}, {0: 2.0, 1: 2.0, 2: 2.0})
    assert "Nothing differs" in words({0: 1.0, 1: 1.0, 2: 1.0}, {0: 1.0, 1: 1.0, 2: 1.0})


def test_arms_without_a_common_seed_say_how_they_can_be_compared() -> None:
    with pytest.raises(pb.ParibusError, match=r"no seed in common.*paired=False"):
        words({0: 1.0, 1: 1.1}, {2: 1.0, 3: 1.2})
    assert "not paired by seed" in words({0: 1.0, 1: 1.1}, {2: 1.0, 3: 1.2}, paired=False)


@pytest.mark.parametrize("margin", [math.nan, math.inf, -1.0])
def test_a_margin_is_a_number(margin: float) -> None:
    with pytest.raises(pb.ParibusError, match="margin must be a number of at least 0"):
        words({0: 1.0, 1: 1.1}, {0: 1.0, 1: 1.2}, margin=margin)


def test_power_of_a_margin_below_a_step_says_so() -> None:
    pilot = {"a": {0: 0.91, 1: 0.92, 2: 0.91}, "b": {0: 0.92, 1: 0.93, 2: 0.95}}
    asked = {"metric": "accuracy:max", "resolution": 1 / 450}
    assert "least step of the pilot's figures" in pb.power(pilot, margin=0.0001, **asked).words("en")  # type: ignore[arg-type]
    assert "least step" not in pb.power(pilot, margin=0.01, **asked).words("en")  # type: ignore[arg-type]


@pytest.mark.parametrize("pilot", [{"a": {0: 1.0}, "b": {0: 2.0}}, {"a": {0: 1.0, 1: 1.0}, "b": {0: 2.0, 1: 2.0}}])
def test_a_pilot_without_a_spread_says_what_is_left(pilot: dict[str, dict[int, float]]) -> None:
    with pytest.raises(pb.ParibusError, match="without a pilot the answer is in spreads"):
        pb.power(pilot)


def test_pairs_one_by_one_take_no_figure_as_a_run_that_did_not_train() -> None:
    judge = pb.Sequential("score:max")
    for figure in (math.nan, math.inf, None):
        state = judge.add(figure, 1.0)
    assert (state.status, state.verdict, state.only_b, state.both) == ("go_on", "open", 3, 0)
    assert pb.Sequential("score:max").add_all([(1.0, 2.0)] * 8).reason == "no_spread"
    with pytest.raises(pb.ParibusError, match="a figure must be a number"):
        judge.add("x", 1.0)  # type: ignore[arg-type]


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(pb.ParibusError, match="budget must be a number of seconds greater than 0"):
        pb.compare("lr=0.1,0.2", until_decided=True, budget=0)
