"""E-values against quadrature, against their own definition, and against what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from paribus.comparison.anytime.evalues import anytime_p, confidence, log_e_above, log_e_counts, log_e_mean
from paribus.comparison.moments import Moments, moments
from paribus.core.seeds import generator

DIFFERENCES = np.array([0.4, -0.1, 0.9, 0.5, 0.3])
some_differences = st.lists(st.floats(-5, 5).map(lambda x: round(x, 3)), min_size=2, max_size=12)


def marginal(values: np.ndarray, low: float, width: float) -> float:
    """The densities of the values mixed over deviation (d log) and effect (normal, from `low` on), by quadrature."""
    n = len(values)

    def normal(x: float, mean: float, deviation: float) -> float:  # scipy.stats checks its arguments for longer
        return math.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * math.sqrt(2 * math.pi))

    def likelihood(log_deviation: float, effect: float) -> float:
        deviation = math.exp(log_deviation)
        return math.prod(normal(x, effect * deviation, deviation) for x in values.tolist())

    def density(log_deviation: float, effect: float) -> float:
        return likelihood(log_deviation, effect) * normal(effect, 0, width)

    null, _ = integrate.quad(likelihood, -6, 6, args=(0.0,), epsabs=1e-14)
    mixed, _ = integrate.dblquad(density, max(low, -8 * width), 8 * width, -6, 6, epsabs=1e-12)
    assert n >= 2
    return mixed / null


@pytest.mark.parametrize(("count", "width"), [(2, 1.0), (3, 0.5)])
def test_the_closed_forms_are_the_mixtures(count: int, width: float) -> None:
    values = DIFFERENCES[:count]
    m = moments(values)
    assert np.exp(log_e_mean(m, width)[-1]) == pytest.approx(marginal(values, -np.inf, width), rel=1e-5)
    assert np.exp(log_e_above(m, width)[-1]) == pytest.approx(2 * marginal(values, 0.0, width), rel=1e-5)


def test_by_hand() -> None:
    # Differences 1 and 3: n = 2, mean 2, all squares 10, of which the mean makes up 8; width 1: k = 2/3.
    # e = 3^(-1/2) (1 - 2/3 * 8/10)^(-1) = 1.2372.
    assert np.exp(log_e_mean(moments([1.0, 3.0]))) == pytest.approx([1.0, (1 / math.sqrt(3)) / (1 - 16 / 30)])
    # One-sided after one difference: 2 F(1) of Student's t with one degree of freedom, 2 * 3/4.
    assert np.exp(log_e_above(moments([5.0, 5.0])))[0] == pytest.approx(1.5)
    assert np.exp(log_e_above(moments([-5.0])))[0] == pytest.approx(0.5)
    # Six pairs, b alone trains in each: 2^6 B(6.25, 0.25) / B(0.25, 0.25).
    shares = np.prod([(i + 0.25) / (i + 0.5) for i in range(6)])
    assert np.exp(log_e_counts(0, 6)) == pytest.approx(64 * shares)


@pytest.mark.parametrize("effect", [0.0, -1.0])
def test_two_pairs_have_an_expectation_of_at_most_one_by_integration(effect: float) -> None:
    """After two differences, all that counts is the angle of the two: uniform where the mean is zero."""

    def angle_density(angle: float) -> float:
        x = np.array([math.cos(angle), math.sin(angle)]) * effect  # of two normal variables about (effect, effect)
        along = x.sum()
        tail = math.sqrt(2 * math.pi) * along * stats.norm.cdf(along) * math.exp(along**2 / 2)
        return math.exp(-(effect**2)) / (2 * math.pi) * (1 + tail)

    def value(angle: float, kind: int) -> float:
        m = moments([math.cos(angle), math.sin(angle)])
        return float(np.exp((log_e_mean, log_e_above)[kind](m)[-1])) * angle_density(angle)

    kinks = [0.0, math.pi / 4, math.pi / 2, -3 * math.pi / 4, -math.pi / 2]
    one_sided, _ = integrate.quad(value, -math.pi, math.pi, args=(1,), points=kinks, limit=200)
    assert one_sided == pytest.approx(1.0, abs=1e-6) if effect == 0 else one_sided < 1
    if effect == 0:
        two_sided, _ = integrate.quad(value, -math.pi, math.pi, args=(0,), points=kinks, limit=200)
        assert two_sided == pytest.approx(1.0, abs=1e-6)


def test_the_expectation_under_no_difference_is_one_pair_after_pair() -> None:
    m = moments(generator(0, "null").standard_normal((200_000, 5)))
    for log_e in (log_e_mean(m), log_e_above(m)):
        e = np.exp(log_e)
        assert e.mean(axis=0) == pytest.approx(np.ones(5), abs=4 * float(e.std(axis=0).max()) / 200_000**0.5)


def test_the_counts_have_an_expectation_of_exactly_one() -> None:
    n = 9
    b = np.arange(n + 1)
    assert (stats.binom.pmf(b, n, 0.5) * np.exp(log_e_counts(n - b, b))).sum() == pytest.approx(1.0)


def test_the_error_over_all_looks() -> None:
    """1,000 looks at differences that are none: at most 5 % ever reach 1/0.05, two-sided and one-sided."""
    m = moments(generator(1, "looks").standard_normal((2_000, 1_000)))
    for log_e in (log_e_mean(m), log_e_above(m)):
        assert (anytime_p(log_e)[:, -1] <= 0.05).mean() < 0.05


@given(some_differences, st.floats(0.01, 100))
def test_the_unit_and_the_sign_do_not_count(differences: list[float], unit: float) -> None:
    d = np.array(differences)
    here = log_e_mean(moments(d))
    assert log_e_mean(moments(d * unit)) == pytest.approx(here, abs=1e-6)
    assert log_e_mean(moments(-d)) == pytest.approx(here, abs=1e-6)


@given(some_differences, st.sampled_from([0.05, 0.01, 0.3]))
def test_the_confidence_sequence_ends_where_the_e_value_reaches_its_bound(
    differences: list[float], error: float
) -> None:
    d = np.array(differences)
    low, high = confidence(moments(d), error)
    if np.ptp(d) == 0 or not np.isfinite(high[-1]):
        return
    for end in (low[-1], high[-1]):
        assert np.exp(log_e_mean(moments(d - end))[-1]) == pytest.approx(1 / error, rel=1e-4)


def test_a_missing_difference_changes_nothing_and_a_least_variance_only_lowers() -> None:
    with_gap = moments([0.4, np.nan, -0.1, 0.9])
    without = moments([0.4, -0.1, 0.9])
    assert [x[-1] for x in with_gap] == pytest.approx([x[-1] for x in without])
    assert np.isfinite(log_e_mean(moments([np.nan, np.nan]))).all()
    same = moments([0.2, 0.2, 0.2])
    assert log_e_mean(moments([0.2, 0.2, 0.2], 0.01))[-1] < log_e_mean(same)[-1]
    assert isinstance(same, Moments)
