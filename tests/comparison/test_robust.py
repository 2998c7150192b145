"""The mean where its law has tails: SciPy's skewness and t as the truth; what no unit, order or margin may change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paribus.comparison import heavy_tails
from paribus.comparison.anytime.evalues import paths, tails
from paribus.comparison.moments import moments
from paribus.comparison.unpaired import welch

PLAIN = np.array([0.41, 0.52, 0.33, 0.45, 0.36, 0.4])
TAILED = np.array([0.5, 0.52, 0.49, 0.51, 0.5, 0.48, 0.53, -0.6])
samples = st.lists(st.integers(-500, 500), min_size=3, max_size=14).filter(lambda x: len(set(x)) > 1)


def test_without_a_tail_it_is_the_t_test() -> None:
    mean = heavy_tails.paired(PLAIN)
    assert mean.p() == pytest.approx(stats.ttest_1samp(PLAIN, 0).pvalue)
    assert mean.ends() == pytest.approx(stats.ttest_1samp(PLAIN, 0).confidence_interval(0.95))
    assert not mean.reshaped
    a, b = np.array([1.0, 1.2, 0.9, 1.1]), np.array([1.5, 1.7, 1.4, 1.65, 1.45])
    assert heavy_tails.unpaired(a, b).p() == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)
    assert heavy_tails.unpaired(a, b).p() == pytest.approx(welch(a, b).p())


@pytest.mark.parametrize("n", [5, 6, 8, 12, 30, 60])
def test_three_percent_of_normal_samples_show_a_tail_to_either_side(n: int) -> None:
    """And as many as SciPy's test of skewness finds, where that exists; 20,000 samples, standard error 0.12 %."""
    x = np.random.default_rng(n).standard_normal((20_000, n))
    tail = heavy_tails.mean_of(x).tail
    for side in (-1, 1):
        assert np.mean(tail == side) == pytest.approx(0.03, abs=4 * 0.0012 + 0.001)
    if n >= 8:
        z = stats.skewtest(x, axis=1).statistic
        np.testing.assert_array_equal(tail != 0, np.abs(z) > stats.norm.ppf(0.97))


def test_a_tail_against_the_claim_asks_for_twenty_times_less() -> None:
    mean, t = heavy_tails.paired(TAILED), stats.ttest_1samp(TAILED, 0)
    assert stats.skewtest(TAILED).statistic < -1.88
    assert mean.whole.tail == -1
    assert mean.above() == pytest.approx(20 * t.pvalue / 2)
    assert mean.below() == pytest.approx(1 - t.pvalue / 2)  # a tail on the claim's own side costs nothing
    low, high = mean.ends()
    wide = stats.ttest_1samp(TAILED, 0).confidence_interval(1 - 0.05 / 20)
    assert low == pytest.approx(wide.low)
    # The lowest stands out, so that the claim "below" is asked without it, which bounds the mean from above.
    assert high <= t.confidence_interval(0.95).high + 1e-12


def test_one_run_that_half_failed_does_not_veto() -> None:
    """Five near +0.3 and one of +38: t alone has p = 0.36; without that seed it is sure."""
    x = np.array([0.3, 0.28, 0.31, 0.33, 0.29, 38.0])
    assert stats.ttest_1samp(x, 0).pvalue > 0.3
    assert heavy_tails.standing_out(x) == 1
    assert heavy_tails.paired(x).p() == pytest.approx(2 * stats.ttest_1samp(x[:5], 0, alternative="greater").pvalue)
    assert heavy_tails.paired(-x).p() == pytest.approx(heavy_tails.paired(x).p())


@pytest.mark.parametrize("n", [5, 8, 20])
def test_a_normal_value_stands_out_once_in_a_thousand_samples(n: int) -> None:
    x = np.random.default_rng([1, n]).standard_normal((30_000, n))
    assert np.mean(heavy_tails.standing_out(x) > 0) <= 0.001 * 2 + 3 * 0.0002


@given(samples, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_no_unit_and_no_order_changes_p(sample: list[int], unit: float, luck) -> None:  # type: ignore[no-untyped-def]
    x = np.array(sample, dtype=float)
    mean = heavy_tails.paired(x)
    for other in (x * unit, np.array(luck.sample(sample, len(sample)), dtype=float)):
        assert heavy_tails.paired(other).p() == pytest.approx(mean.p(), rel=1e-6, abs=1e-12)
    assert heavy_tails.paired(-x).p() == pytest.approx(mean.p(), rel=1e-6, abs=1e-12)
    low, high = mean.ends()
    back = heavy_tails.paired(-x).ends()
    assert back == pytest.approx((-high, -low), abs=1e-9)


@given(samples, st.integers(-300, 300))
def test_a_shift_moves_the_interval_along(sample: list[int], by: int) -> None:
    x = np.array(sample, dtype=float)
    low, high = heavy_tails.paired(x).ends()
    assert heavy_tails.paired(x + by).ends() == pytest.approx((low + by, high + by), abs=1e-6)


@given(samples)
def test_interval_and_test_never_contradict_each_other(sample: list[int]) -> None:
    mean = heavy_tails.paired(np.array(sample, dtype=float))
    low, high = mean.ends(0.95)
    p = float(mean.p())
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == bool(low > 0 or high < 0)


@given(samples, st.floats(0.1, 500), st.floats(1.0, 4.0))
def test_a_larger_margin_never_makes_equal_less_likely(sample: list[int], margin: float, times: float) -> None:
    mean = heavy_tails.paired(np.array(sample, dtype=float))
    assert mean.p_within(margin * times) <= mean.p_within(margin) + 1e-12


@given(samples)
def test_looks_at_any_time_see_the_tail_that_a_look_at_the_end_sees(sample: list[int]) -> None:
    x = np.array(sample, dtype=float)
    for n in (len(x) // 2 + 1, len(x)):
        values = x[:n]
        spread = values.std()
        skewness = stats.skew(values) if spread > 0 else 0.0
        if abs(abs(skewness) - heavy_tails.skewness_seen(n)) < 1e-6 or not spread:
            continue
        assert tails(x)[n - 1] == (np.sign(skewness) if abs(skewness) > heavy_tails.skewness_seen(n) else 0)


def test_evidence_against_a_tail_is_taken_back_and_the_interval_agrees() -> None:
    from paribus.comparison.anytime.evalues import confidence, log_e_mean

    trained = np.ones(TAILED.shape, dtype=bool)
    found = paths(TAILED, trained, trained, margin=0.0)
    plain = log_e_mean(moments(TAILED))
    before = np.exp(-plain[:-1]).min()  # p after the seeds without the tail
    assert found.p_figure[-1] == pytest.approx(min(before, 20 * np.exp(-plain[-1]), 1.0))
    assert found.moments.tail[-1] == -1
    low, _ = confidence(found.moments, 0.05)
    assert low[-1] == pytest.approx(confidence(moments(TAILED), 0.05 / 20)[0][-1])
