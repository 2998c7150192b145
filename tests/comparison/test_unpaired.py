"""Runs that are not paired: Welch and permutations against SciPy, and how often alike arms are called different."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import paribus as pb
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.statistics import fisher_p
from paribus.comparison.unpaired import permutation_p, permutation_p_min, welch

floats = st.lists(st.integers(-1000, 1000), min_size=2, max_size=6)


@given(floats, floats, st.floats(0.1, 500))
def test_welch_is_scipys(a: list[int], b: list[int], margin: float) -> None:
    a[0], a[1], b[0], b[1] = 0, 7, 1, 3  # some spread
    a, b = a[: 2 * len(b)], b[: 2 * len(a)]  # where it is not too eager
    x, y = np.array(a, float), np.array(b, float)
    found = welch(x, y)
    expected = stats.ttest_ind(y, x, equal_var=False)
    assert found.p() == pytest.approx(expected.pvalue)
    assert found.interval(0.95) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    shifted = [stats.ttest_ind(y + margin, x, equal_var=False, alternative="greater").pvalue,
               stats.ttest_ind(y - margin, x, equal_var=False, alternative="less").pvalue]  # fmt: skip
    assert found.p_equal(margin) == pytest.approx(max(shifted))


@given(floats, floats)
def test_permutations_are_counted_one_by_one(a: list[int], b: list[int]) -> None:
    values, n = np.array(a + b), len(a)
    seen = abs(values[:n].mean() - values[n:].mean())
    splits = [np.isin(np.arange(len(values)), chosen) for chosen in combinations(range(len(values)), n)]
    reached = [abs(values[s].mean() - values[~s].mean()) >= seen - 1e-9 for s in splits]
    assert permutation_p(np.array(a, float), np.array(b, float)) == pytest.approx(np.mean(reached))


def test_the_least_permutation_p_is_that_of_arms_wholly_apart() -> None:
    for n, m in ((3, 3), (2, 5), (6, 6)):
        apart = permutation_p(np.arange(n, dtype=float), 100.0 + np.arange(m))
        assert apart == pytest.approx(permutation_p_min(n, m))
    assert np.isnan(permutation_p(np.arange(40.0), np.arange(40.0)))
    assert permutation_p_min(5000, 5000) == 0.0


@given(st.integers(0, 30), st.integers(0, 40), st.integers(1, 30), st.integers(1, 40))
def test_fisher_of_unequal_rows_is_scipys(a: int, b: int, n: int, m: int) -> None:
    a, b = min(a, n), min(b, m)
    assert fisher_p(a, b, n, m) == pytest.approx(stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue, rel=1e-9)


def test_arms_of_two_sizes_are_compared_by_all_their_runs() -> None:
    a, b = [0.90, 0.92, 0.91, 0.93], [0.95, 0.96, 0.97, 0.95, 0.96, 0.94]
    found = pb.judge({"a": a, "b": b}, metric="score")
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert (found.verdict, found.pair.decided_by) == ("b_better", "welch")
    assert found.p_t == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval()))
    assert found.p_permutation == pytest.approx(1 / 210, rel=2)
    assert (found.pair.runs_a, found.pair.runs_b, found.pair.seeds) == (4, 6, ())
    said = str(found)
    assert "Welch's t test" in said
    assert "not paired by seed" in said
    assert "paired t test" not in said
    assert "seeds" not in said
    assert "웰치" in found.words("ko")
    assert found.to_dict()["paired"] is False


def test_one_run_of_an_arm_is_open() -> None:
    found = pb.judge({"a": [0.9], "b": [0.95, 0.96, 0.97]})
    assert (found.verdict, found.pair.reason, found.interval) == ("open", "too_few_seeds", None)
    assert "a single run of an arm" in str(found)


def test_some_runs_of_unpaired_arms_did_not_train() -> None:
    found = pb.judge({"a": [0.9, None, 0.91, float("nan")], "b": [0.95, 0.96, 0.97, 0.98, 0.95]})
    assert (found.pair.trained_a, found.pair.runs_a, found.pair.decided_by) == (2, 4, "fisher")
    assert found.pair.p_trained == pytest.approx(stats.fisher_exact([[2, 2], [5, 0]]).pvalue)
    assert "Of the runs that trained, b minus a is" in str(found)


@pytest.mark.parametrize(("n", "m"), [(2, 2), (3, 3), (6, 6), (2, 10), (3, 20)])
def test_alike_arms_are_called_different_in_at_most_one_of_twenty(n: int, m: int) -> None:
    """Welch's own degrees of freedom would call 2 against 10 different in 8 %."""
    draw = np.random.default_rng(7)
    x, y = draw.normal(size=(4000, n)), draw.normal(size=(4000, m))
    wrong = np.mean([welch(a, b).p() <= look_level(1) for a, b in zip(x, y, strict=True)])
    assert wrong <= 0.05
