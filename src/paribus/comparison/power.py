"""How many seeds: power of the tests that decide, from the noncentral t and the binomial distributions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import special, stats

from paribus.comparison.statistics import fisher_table

POWER = 0.8  # an experiment that settles the question four times in five
MOST_SEEDS = 1000  # beyond this, "more seeds" is no advice


def t_power(effect: float, n: int, level: float) -> float:
    """Power of the two-sided paired t test with n pairs. `effect`: mean difference over its standard deviation.

    Noncentral t with noncentrality effect * sqrt(n) (Cohen 1988, ch. 2).
    """
    edge, shift = _edge(level / 2, n), effect * math.sqrt(n)
    return _beyond(edge, n, shift) + _beyond(edge, n, -shift)


def tost_power(effect: float, margin: float, n: int, level: float) -> float:
    """Power of TOST with n pairs; `effect` and `margin` over the standard deviation of a difference.

    P(both one-sided tests reject) >= P(one) + P(other) - 1: a lower bound, close where the power is high, so that
    a number of seeds found with it is never too small.
    """
    edge, root = _edge(level, n), math.sqrt(n)
    return max(0.0, _beyond(edge, n, (margin - effect) * root) + _beyond(edge, n, (margin + effect) * root) - 1)


def fisher_power(rate_a: float, rate_b: float, n: int, level: float) -> float:
    """Power of Fisher's exact test of n runs an arm that train with these probabilities (exact, by summation)."""
    counts = np.arange(n + 1)
    weight = stats.binom.pmf(counts, n, rate_a)[:, None] * stats.binom.pmf(counts, n, rate_b)[None, :]
    return float(weight[fisher_table(n) <= level].sum())


def seeds_for_difference(effect: float, level: float, least: int = 2) -> int | None:
    """Smallest n >= least at which the paired t test finds `effect` with power 0.8; None above 1000."""
    return _smallest(lambda n: t_power(effect, n, level) >= POWER, least)


def seeds_for_equality(effect: float, margin: float, level: float, least: int = 2) -> int | None:
    """Smallest n >= least at which TOST establishes equality within `margin` with power 0.8; None above 1000."""
    return _smallest(lambda n: tost_power(effect, margin, n, level) >= POWER, least)


def seeds_for_counts(rate_a: float, rate_b: float, level: float, least: int = 2) -> int | None:
    """Smallest n >= least at which Fisher's test separates two rates of training with power 0.8; None above 1000.

    The power of a test on counts rises in a sawtooth, so the smallest n may be a few less than this.
    """
    if rate_a == rate_b:
        return None
    return _smallest(lambda n: fisher_power(rate_a, rate_b, n, level) >= POWER, least)


def _edge(tail: float, n: int) -> float:
    return -float(special.stdtrit(n - 1, tail))


def _beyond(edge: float, n: int, shift: float) -> float:
    """P(T > edge) for the noncentral t with n - 1 degrees of freedom."""
    return float(np.clip(stats.nct.sf(edge, n - 1, shift), 0, 1))


def _smallest(enough: Callable[[int], bool], least: int) -> int | None:
    """The first n >= least with `enough(n)`, by doubling and bisection: `enough` stays true once it is."""
    low, high = least - 1, least
    while not enough(high):
        if high >= MOST_SEEDS:
            return None
        low, high = high, min(2 * high, MOST_SEEDS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
