"""Numbers of seeds against printed tables, brute force and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paribus.comparison.power import (
    fisher_power,
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
