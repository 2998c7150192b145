"""Numbers of seeds against printed tables, brute force and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paribus.comparison.power.of_tests import (
    difference_found,
    failures_told_apart,
    fisher_power,
    margin_shown,
    seeds_for_counts,
    seeds_for_difference,
    seeds_for_equality,
    t_power,
    tost_power,
)
from paribus.comparison.statistics import paired_t_p, tost_p


@pytest.mark.parametrize(("effect", "n"), [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_cohens_small_medium_and_large(effect: float, n: int) -> None:
    """Pairs for power 0.8 at 0.05 two-sided, as G*Power 3 (Faul et al. 2007) gives them."""
    assert seeds_for_difference(effect, 0.05) == n
    assert t_power(effect, n - 1, 0.05) < 0.8 <= t_power(effect, n, 0.05)


@pytest.mark.parametrize(
    ("effect", "n", "paired", "power"),
    [
        (1.0, 30, True, 0.9995636009612725),
        (0.2, 20, True, 0.1359562887679666),
        (1.0, 30, False, 0.967708258242517),
        (0.1, 20, False, 0.06095912465411235),
    ],
)
def test_power_as_statsmodels_tests_have_it(effect: float, n: int, paired: bool, power: float) -> None:
    """R's pwr.t.test at 0.05, as statsmodels/stats/tests/test_power.py quotes it: one sample, and two of n.

    The latter are Student's, whose degrees of freedom Welch's come near to.
    """
    effect = effect if paired else effect / 2**0.5
    assert t_power(effect, n, 0.05, paired) == pytest.approx(power, abs=2e-5 if paired else 4e-4)


@pytest.mark.parametrize("n", [2, 3, 6, 12, 60])
@pytest.mark.parametrize("level", [0.035, 0.006, 0.001])
def test_power_is_the_noncentral_ts(n: int, level: float) -> None:
    edge = stats.t.isf(level / 2, n - 1)
    for effect in (0.3, 0.7, 1.5):
        law = stats.nct(n - 1, effect * n**0.5)
        expected = law.sf(edge) + np.nan_to_num(law.cdf(-edge))  # far out SciPy gives no number
        assert t_power(effect, n, level) == pytest.approx(expected, abs=2e-5 if n > 2 else 2e-4)


@pytest.mark.parametrize(("effect", "n"), [(1.0, 4), (1.5, 6), (0.7, 15)])
def test_power_of_welchs_test_as_simulated(effect: float, n: int) -> None:
    drawn = np.random.default_rng(n).normal(0, 1, (2, 40_000, n))
    found = stats.ttest_ind(drawn[0], drawn[1] + effect * 2**0.5, axis=1, equal_var=False).pvalue
    assert t_power(effect, n, 0.035, paired=False) == pytest.approx(np.mean(found <= 0.035), abs=4 * 0.0025)


@given(
    st.floats(0.05, 4), st.floats(0.1, 4), st.integers(3, 200), st.sampled_from([0.035, 0.006, 0.0003]), st.booleans()
)
def test_more_seeds_are_never_less_power(effect: float, margin: float, n: int, level: float, paired: bool) -> None:
    more = t_power(effect, [n, n + 1], level, paired)
    assert more[0] <= more[1] + 1e-4
    equal = tost_power(0.0, margin, [n, n + 1], level, paired)
    assert equal[0] <= equal[1] + 2e-3  # of a margin below the spread, three seeds may show it by their luck
    found, shown = difference_found([n, n + 1], level, paired), margin_shown([n, n + 1], level, paired)
    assert found[0] > found[1]
    assert shown[0] > shown[1]


def test_what_is_found_is_found_four_times_in_five() -> None:
    for paired in (True, False):
        assert t_power(difference_found(6, 0.035, paired), 6, 0.035, paired) == pytest.approx(0.8, abs=1e-4)
        assert tost_power(0.0, margin_shown(6, 0.035, paired), 6, 0.035, paired) == pytest.approx(0.8, abs=1e-4)


@pytest.mark.parametrize("n", [3, 4, 6, 8, 30])
def test_failures_that_tell_apart(n: int) -> None:
    ps = [stats.fisher_exact([[n, 0], [n - k, k]]).pvalue for k in range(n + 1)]
    expected = next((k for k, p in enumerate(ps) if p <= 0.035), None)
    assert failures_told_apart(n, 0.035) == expected


def test_without_an_effect_power_is_the_level() -> None:
    assert t_power(0, 7, 0.04) == pytest.approx(0.04, abs=2e-5)
    assert seeds_for_difference(0, 0.05) is None
    assert seeds_for_difference(1e-4, 0.05) is None  # more than a thousand


@pytest.mark.parametrize(("effect", "n"), [(1.0, 6), (2.0, 4), (0.5, 20)])
def test_power_as_simulated(effect: float, n: int) -> None:
    drawn = np.random.default_rng(n).normal(effect, 1, (20_000, n))
    assert t_power(effect, n, 0.04) == pytest.approx(np.mean(paired_t_p(drawn) <= 0.04), abs=4 * 0.0036)
    assert tost_power(effect, 2.5, n, 0.04) == pytest.approx(np.mean(tost_p(drawn, 2.5) <= 0.04), abs=4 * 0.0036)


def test_equality_lower_bound_is_close_where_it_is_used() -> None:
    n = seeds_for_equality(0.0, 1.0, 0.04)
    assert n == 11
    drawn = np.random.default_rng(0).normal(0, 1, (20_000, n))
    simulated = np.mean(tost_p(drawn, 1.0) <= 0.04)
    assert 0.8 <= tost_power(0, 1, n, 0.04) <= simulated + 4 * 0.0028
    assert seeds_for_equality(1.0, 1.0, 0.04) is None  # at the margin itself nothing establishes equality
    assert tost_power(0, 0, 6, 0.04) == 0


@pytest.mark.parametrize(("a", "b", "n"), [(0.5, 1.0, 6), (0.2, 0.8, 9), (0.0, 1.0, 3)])
def test_fisher_power_by_enumeration(a: float, b: float, n: int) -> None:
    expected = sum(
        stats.binom.pmf(i, n, a) * stats.binom.pmf(j, n, b)
        for i in range(n + 1)
        for j in range(n + 1)
        if stats.fisher_exact([[i, n - i], [j, n - j]]).pvalue <= 0.04
    )
    assert fisher_power(a, b, n, 0.04) == pytest.approx(expected)


def test_seeds_for_counts() -> None:
    assert seeds_for_counts(0.0, 1.0, 0.04) == 4  # 2/70 = 0.029, where 2/20 is too much
    assert seeds_for_counts(0.5, 0.5, 0.04) is None
    assert seeds_for_counts(0.5, 1.0, 0.04, least=40) == 40
