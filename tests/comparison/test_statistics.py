"""Each figure against published values, SciPy, brute force or arithmetic done by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paribus.comparison.statistics import (
    fisher_p,
    fisher_table,
    holm,
    mcnemar_p,
    paired_t_p,
    sign_flip_p,
    sign_flip_p_min,
    standard_error,
    t_interval,
    tost_p,
    wilson,
)

# Student 1908: additional hours of sleep, ten patients, second drug less first.
SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
# Darwin's maize in eighths of an inch, as Fisher 1935 (The Design of Experiments, sec. 17 and 21) analysed it.
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

counts = st.lists(st.integers(-60, 60), min_size=1, max_size=10)
reals = st.lists(st.floats(-1, 1).map(lambda x: round(x, 6)), min_size=2, max_size=12)


def test_paired_t_on_students_sleep_data() -> None:
    low, high = t_interval(SLEEP)
    assert low == pytest.approx(0.7001142, abs=1e-7)
    assert high == pytest.approx(2.4598858, abs=1e-7)
    assert paired_t_p(SLEEP) == pytest.approx(0.00283289, abs=1e-8)


def test_fishers_own_maize_figures() -> None:
    assert sum(MAIZE) == 314
    assert paired_t_p(MAIZE) == pytest.approx(0.0497, abs=5e-5)  # t = 2.148, 4.970 %
    assert sign_flip_p(MAIZE) == 2 * 863 / 2**15  # 5.267 %, his count of sums at least as great


@given(counts)
def test_sign_flip_is_the_enumeration_of_all_patterns(differences: list[int]) -> None:
    signs = np.array(list(product((1, -1), repeat=len(differences))))
    sums = np.abs(signs @ np.array(differences))
    assert sign_flip_p(differences) == np.mean(sums >= abs(sum(differences)))


@given(counts, st.integers(1, 50))
def test_sign_flip_does_not_depend_on_unit_or_direction(differences: list[int], unit: int) -> None:
    p = sign_flip_p(differences)
    assert sign_flip_p([unit * d for d in differences]) == p
    assert sign_flip_p([-d for d in differences]) == p
    assert sign_flip_p_min(len(differences)) <= p <= 1


def test_sign_flip_beyond_enumeration() -> None:
    # All of one size: the number of positive signs is binomial.
    assert sign_flip_p([1] * 30 + [-1] * 10) == pytest.approx(stats.binomtest(30, 40, 0.5).pvalue, rel=1e-12)
    # Thirty accuracies' worth of differences: SciPy draws patterns at random, this counts them all.
    draw = np.random.default_rng(5)
    differences = draw.normal(4, 10, 30).round().astype(int)
    drawn = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(6)
    ).pvalue
    assert sign_flip_p(differences) == pytest.approx(drawn, abs=4 * np.sqrt(drawn / 20_000))


def test_least_sign_flip_p() -> None:
    assert sign_flip_p_min(6) == 0.03125
    assert sign_flip_p([3, 5, 8, 1, 9, 2]) == 0.03125
    assert [sign_flip_p_min(n) for n in (0, 1, 2)] == [1.0, 1.0, 0.5]
    assert 0 < sign_flip_p_min(1030) < 1e-300
    assert sign_flip_p_min(5000) == 0.0, "less than any float"


@given(reals)
def test_t_agrees_with_scipy(values: list[float]) -> None:
    if np.var(values, ddof=1) < 1e-12:
        return
    theirs = stats.ttest_1samp(values, 0)
    assert paired_t_p(values) == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)
    low, high = t_interval(values, 0.9)
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval(0.9)), rel=1e-6, abs=1e-9)


@given(reals, st.floats(0.01, 2))
def test_tost_is_the_larger_of_two_one_sided_tests(values: list[float], margin: float) -> None:
    if np.var(values, ddof=1) < 1e-12:
        return
    above = stats.ttest_1samp(values, -margin, alternative="greater").pvalue
    below = stats.ttest_1samp(values, margin, alternative="less").pvalue
    assert tost_p(values, margin) == pytest.approx(max(above, below), rel=1e-6, abs=1e-12)


def test_tost_by_hand() -> None:
    # Mean 1, variance 1, n 3, margin 3: t = 2 sqrt(3), and for 2 degrees of freedom P(T > t) is elementary.
    assert tost_p([0, 1, 2], 3) == pytest.approx(0.5 - np.sqrt(12) / (2 * np.sqrt(14)))
    assert tost_p([0, 1, 2], 1) == pytest.approx(0.5)  # at the margin
    assert tost_p([0, 1, 2], 0.5) > 0.5


@given(reals, st.floats(0.1, 100))
def test_scaling_changes_no_p(values: list[float], scale: float) -> None:
    if np.var(values, ddof=1) < 1e-12:
        return
    scaled = np.array(values) * scale
    assert paired_t_p(scaled) == pytest.approx(paired_t_p(values), rel=1e-6, abs=1e-12)
    assert tost_p(scaled, 0.3 * scale) == pytest.approx(tost_p(values, 0.3), rel=1e-6, abs=1e-12)


def test_along_the_last_axis() -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 7))
    one = [[paired_t_p(values[i, j]) for j in range(3)] for i in range(4)]
    np.testing.assert_allclose(paired_t_p(values), one)
    np.testing.assert_allclose(tost_p(values, 0.4)[2, 1], tost_p(values[2, 1], 0.4))


def test_one_value_has_no_spread() -> None:
    assert np.isnan([standard_error([0.5]), paired_t_p([0.5]), tost_p([0.5], 1), *t_interval([0.5])]).all()


def test_least_variance_stands_in_for_a_spread_of_zero() -> None:
    assert paired_t_p([0.1, 0.1, 0.1]) < 1e-12
    # t = 1 / sqrt(1/6 / 3) = sqrt(18), two degrees of freedom
    assert paired_t_p([1, 1, 1], least_variance=1 / 6) == pytest.approx(1 - np.sqrt(18) / np.sqrt(20))
    assert paired_t_p([0, 0, 0], least_variance=1 / 6) == 1
    assert paired_t_p([0, 0, 0]) == 1
    assert paired_t_p(SLEEP, least_variance=1e-9) == paired_t_p(SLEEP)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.5, 0.9]), [1.0, 1.0])
    np.testing.assert_allclose(holm([0.02]), [0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_never_lowers_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= 1).all()
    assert (adjusted <= len(p) * np.array(p) + 1e-12).all()  # never beyond Bonferroni
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_binomial_test(only_a: int, only_b: int) -> None:
    n = only_a + only_b
    expected = stats.binomtest(only_a, n, 0.5).pvalue if n else 1.0
    assert mcnemar_p(only_a, only_b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_printed_it(successes: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy_and_mirrors(counted: tuple[int, int]) -> None:
    successes, n = counted
    theirs = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
    assert wilson(successes, n) == pytest.approx(tuple(theirs), abs=1e-9)
    low, high = wilson(n - successes, n)
    assert wilson(successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)


def test_fishers_tea_and_six_seeds() -> None:
    assert fisher_p(3, 1, 4) == pytest.approx(34 / 70)  # the lady tasting tea, two-sided
    assert fisher_p(0, 6, 6) == pytest.approx(2 / 924)
    assert fisher_p(0, 3, 3) == pytest.approx(0.1)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 17, 30])
def test_fisher_agrees_with_scipy(n: int) -> None:
    expected = [[stats.fisher_exact([[a, n - a], [b, n - b]]).pvalue for b in range(n + 1)] for a in range(n + 1)]
    np.testing.assert_allclose(fisher_table(n), expected, rtol=1e-9)


def test_steps_too_many_to_count_are_enumerated() -> None:
    steps = np.array([300_000_001, 212_345_677, -11_111_111, 289_999_999, 300_000_007, 190_000_003])
    sums = [abs(np.dot(steps, signs)) for signs in product((-1, 1), repeat=6)]
    assert sign_flip_p(steps) == np.mean(np.array(sums) >= steps.sum())
    many = np.tile(steps, 5)
    assert sign_flip_p(many) == pytest.approx(sign_flip_p(many / 1e6), abs=1e-6)
