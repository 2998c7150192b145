"""Cells of a map: the decision rule on numbers worked out by hand, and when a cell stops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.maps.cell_verdict import Step, alpha, ended, first_step, looks, next_step
from paribus.programs.recipe.info import RECIPE
from paribus.records.map import MapCell
from tests.factories import make_comparison
from tests.map_cases import BETTER, COUNTED, EQUAL, NEITHER, OPEN, a_cell, a_map


def test_a_difference_between_arms_that_train_is_the_paired_t_tests() -> None:
    cell = a_cell(BETTER)
    (pair,) = cell.pairs
    assert (cell.state, cell.winner, pair.verdict, pair.reason) == ("better", "relu", "b_better", "difference")
    assert pair.difference == pytest.approx(0.05)
    assert cell.arms[0].value == pytest.approx(0.905)
    noisy = {"sigmoid": [0.90, 0.93, 0.91, 0.90], "relu": [0.95, 0.94, 0.96, 0.95]}
    (pair,) = a_cell(noisy).pairs
    expected = stats.ttest_rel(noisy["relu"], noisy["sigmoid"])
    assert pair.p == pytest.approx(expected.pvalue)
    low, high = expected.confidence_interval(0.95)
    assert (pair.low, pair.high) == (pytest.approx(low), pytest.approx(high))


def test_counts_decide_where_a_run_did_not_train() -> None:
    cell = a_cell(COUNTED)
    (pair,) = cell.pairs
    assert (cell.state, cell.winner, pair.reason) == ("better", "relu", "trained_counts")
    assert pair.p == pytest.approx(2 / 70)  # Fisher, four of four against none of four: 2 of C(8, 4) tables
    assert (pair.difference, pair.low) == (None, None)
    assert [(arm.trained, arm.runs) for arm in cell.arms] == [(0, 4), (4, 4)]


def test_an_arm_that_trains_in_some_runs_has_the_mean_of_those() -> None:
    cell = a_cell({**OPEN, "sigmoid": ["collapsed", 0.8, 0.9, 0.7]})
    assert (cell.state, cell.arms[0].value) == ("open", pytest.approx(0.8))


def test_equal_neither_and_open() -> None:
    assert a_cell(EQUAL).state == "equal"
    assert a_cell(EQUAL, margin=0.0001).state == "open"
    assert (a_cell(NEITHER, look=0).state, a_cell(NEITHER, look=0).winner) == ("neither_trains", None)
    assert a_cell(OPEN).state == "open"


def test_nothing_but_that_no_run_trained_is_established_before_the_first_look() -> None:
    assert a_cell(BETTER, look=0).state == "open"
    assert a_cell(COUNTED, look=0).state == "open"


def test_a_later_look_asks_for_more() -> None:
    assert a_cell(COUNTED, look=2).state == "open"  # 0.029 against the second look's 0.006


def test_of_three_arms_the_winner_beats_both_others() -> None:
    close = {**BETTER, "tanh": [0.955, 0.952, 0.957, 0.956]}
    assert (a_cell(close).state, len(a_cell(close).pairs)) == ("open", 3)
    clear = {**BETTER, "tanh": [0.85, 0.86, 0.85, 0.86]}
    assert (a_cell(clear).state, a_cell(clear).winner) == ("better", "relu")


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(0.6, 1), st.floats(0.6, 1)), min_size=2, max_size=8))
def test_swapping_the_arms_swaps_the_winner(pairs: list[tuple[float, float]]) -> None:
    first, second = [list(side) for side in zip(*pairs, strict=True)]
    one = a_cell({"sigmoid": first, "relu": second})
    other = a_cell({"sigmoid": second, "relu": first})
    swapped = {"sigmoid": "relu", "relu": "sigmoid", None: None}
    assert (one.state, one.winner) == (other.state, swapped[other.winner])


def test_looks_are_few_and_end_with_all_seeds() -> None:
    assert [looks(most) for most in (2, 3, 4, 6, 8, 20)] == [(2,), (3,), (4,), (4, 6), (4, 8), (4, 8, 20)]
    assert alpha(8) == pytest.approx(LOOK_LEVELS[0] + LOOK_LEVELS[1])
    assert alpha(1000) < 0.05


def test_a_cell_goes_on_until_it_is_decided_or_its_seeds_are_spent() -> None:
    assert first_step(8, 5) == Step(2, 5, 0)
    assert first_step(2, 5) == Step(2, 5, 1)
    early = a_cell({name: outcomes[:2] for name, outcomes in BETTER.items()}, look=0)
    assert next_step(early, 8, 15) == Step(4, 5, 1)
    assert next_step(a_cell(BETTER), 8, 15) is None
    unclear = a_cell({"sigmoid": [0.90, 0.95, 0.91, 0.93], "relu": [0.93, 0.90, 0.94, 0.92]})
    assert next_step(unclear, 8, 15) == Step(8, 5, 2)
    assert next_step(unclear, 4, 15) is None


def test_where_no_run_trained_the_whole_length_is_tried_once() -> None:
    short = a_cell(NEITHER, look=0)
    assert (ended(short, 15).state, ended(short, 5).state) == ("open", "neither_trains")  # no time for that: open
    assert ended(a_cell(BETTER), 15) == a_cell(BETTER)
    assert next_step(short, 8, 15) == Step(2, 15, 0)
    assert next_step(short.model_copy(update={"epochs": 15}), 8, 15) is None
    woken = a_cell({"sigmoid": ["collapsed"] * 2, "relu": [0.9] * 2}, look=0).model_copy(update={"epochs": 15})
    assert next_step(woken, 8, 15) == Step(4, 15, 1)


@pytest.mark.parametrize(
    ("a", "b", "most", "goes_on"),
    [
        (3, 4, 8, False),  # at best 3 of 8 against 8 of 8: p = 0.026, and the second look asks for 0.006
        (2, 4, 8, False),  # 2 of 8 against 8 of 8: 0.007
        (1, 4, 8, True),  # 1 of 8 against 8 of 8: 0.001
        (0, 2, 8, False),
        (0, 2, 16, True),  # 0 of 16 against 14 of 16, at the third look
        (4, 4, 8, True),  # all trained: accuracies are compared
    ],
)
def test_a_cell_that_no_further_run_can_decide_stops(a: int, b: int, most: int, goes_on: bool) -> None:
    cell = a_cell({n: [0.9] * k + ["collapsed"] * (4 - k) for n, k in (("sigmoid", a), ("relu", b))})
    cell = cell.model_copy(update={"state": "open"})
    assert (next_step(cell, most, 15) is not None) == goes_on
    if (a, b) != (4, 4):
        best = [(n, b + n - 4, look_level(look)) for look, n in enumerate(looks(most), start=1) if look > 1]
        ps = [stats.fisher_exact([[a, n - a], [most_b, n - most_b]]).pvalue <= level for n, most_b, level in best]
        assert any(ps) == goes_on


def test_of_three_arms_one_must_be_able_to_beat_all_others() -> None:
    alike = {"sigmoid": [0.9] * 4, "relu": [0.9] * 3 + ["collapsed"], "tanh": ["collapsed"] * 3 + [0.9]}
    cell = a_cell(alike).model_copy(update={"state": "open"})
    assert next_step(cell, 8, 15) is None  # sigmoid can yet beat tanh, but never relu
    assert next_step(cell, 40, 15) is not None  # 40 of 40 against 3 of 40


@settings(deadline=None)
@given(st.integers(2, 40))
def test_every_cell_comes_to_an_end(most: int) -> None:
    step, cell = first_step(most, 5), MapCell(at=(0.0,), state="open", epochs=5)
    steps = [step]
    while step is not None:
        cell = cell.model_copy(update={"seeds": tuple(range(step.seeds)), "look": step.look, "epochs": step.epochs})
        step = next_step(cell, most, 15)
        steps += [step] if step is not None else []
    assert steps[-1].seeds == most
    assert len(steps) <= 4
    assert [s.seeds for s in steps] == sorted(s.seeds for s in steps)


def test_a_map_reaches_the_comparisons_in_its_plane() -> None:
    comparison = make_comparison("lesson")
    made = a_map()
    assert made.reaches(comparison)
    other = made.model_copy(update={"fields": made.fields.replace(batch_size=8)})
    assert not other.reaches(comparison)
    assert not made.model_copy(update={"factor": "pooling"}).reaches(comparison)
    assert not made.model_copy(update={"arms": made.arms[:1]}).reaches(comparison)


def test_a_simulated_map_of_alike_arms_errs_no_more_than_it_says() -> None:
    """Two thousand cells of four seeds, arms alike: the share of "better" is at most the first look's level."""
    draw = np.random.default_rng(7)
    differences = draw.normal(0, 0.01, (2000, 1, 4))
    evidence = rule.evidence(
        differences, [[4]] * 2000, [[4]] * 2000, margin=0.001, metric=RECIPE.steering.of_items(12000)
    )
    verdicts = rule.decide(evidence, look_level(1)).verdict
    wrong = np.isin(verdicts, ("a_better", "b_better")).mean()
    assert wrong < LOOK_LEVELS[0] + 3 * (0.035 * 0.965 / 2000) ** 0.5
