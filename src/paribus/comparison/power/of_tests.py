"""Power of the tests that decide, what a number of seeds can show by them, and how many seeds show something.

Effects, margins and differences are over the standard deviation of the difference of two runs: of two with one seed
where runs are paired, else of any two. Numbers of seeds may be arrays, and so may effects.

Given the spreads that are seen the mean is normal, and independent of them; so the chance of a t test is averaged over
their law, which is what the noncentral t distribution does (Cohen 1988, ch. 2; Owen 1965 for TOST). That is exact for
normal figures but for the quadrature, here below 1e-4. Counts: Fisher 1935, by summation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from paribus.comparison.statistics import Floats, binomial, fisher_table

Level = float | Floats  # an array has a last axis more, of one
POWER = 0.8  # an experiment that settles the question four times in five
MOST_SEEDS = 1000  # beyond this, "more seeds" is no advice

_SHARES = (np.arange(8) + 0.5) / 16  # of one arm in both variances: half their law, whose other half mirrors it
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_ROUGHLY = np.unique(np.geomspace(2, MOST_SEEDS, 130).round().astype(int))  # numbers of seeds, 5 % apart


def t_power(effect: ArrayLike, n: ArrayLike, level: Level, paired: bool = True) -> Floats:
    """Power of the two-sided paired t test of n pairs, or of Welch's test of n runs an arm with spreads alike."""
    return beyond(np.asarray(effect) * np.sqrt(n), reaches(level / 2, n, paired))


def tost_power(effect: ArrayLike, margin: ArrayLike, n: ArrayLike, level: Level, paired: bool = True) -> Floats:
    """Power of TOST: how often the mean of n lies so far within the margin that both one-sided tests reject."""
    root = np.sqrt(n)
    return within(np.asarray(effect) * root, np.asarray(margin) * root, reaches(level, n, paired))


def fisher_power(rate_a: float, rate_b: float, n: int, level: float) -> float:
    """Power of Fisher's exact test of n runs an arm that train with these probabilities (exact, by summation)."""
    weight = binomial(n, rate_a)[:, None] * binomial(n, rate_b)[None, :]
    return float(weight[fisher_table(n) <= level].sum())


def difference_found(n: ArrayLike, level: float, paired: bool = True) -> Floats:
    """The smallest true difference that n seeds find with power 0.8."""
    reach = reaches(level / 2, n, paired)
    return least_size(lambda shift: beyond(shift, reach), np.shape(n)) / np.sqrt(n)


def margin_shown(n: ArrayLike, level: float, paired: bool = True) -> Floats:
    """The smallest margin within which n seeds establish equality with power 0.8, where nothing differs."""
    reach = reaches(level, n, paired)
    return least_size(lambda room: within(np.zeros(()), room, reach), np.shape(n)) / np.sqrt(n)


def failures_told_apart(n: int, level: float) -> int | None:
    """How many of n runs must fail, where none of the other arm's does, to be told apart; None where n are too few."""
    apart = np.flatnonzero(fisher_table(n)[n, ::-1] <= level)
    return int(apart[0]) if len(apart) else None


def seeds_for_difference(effect: float, level: float, least: int = 2, paired: bool = True) -> int | None:
    """Smallest n >= least at which the t test finds `effect` with power 0.8; None above 1000."""
    return smallest(lambda n: t_power(effect, n, level, paired), least)


def seeds_for_equality(effect: float, margin: float, level: float, least: int = 2, paired: bool = True) -> int | None:
    """Smallest n >= least at which TOST establishes equality within `margin` with power 0.8; None above 1000."""
    return smallest(lambda n: tost_power(effect, margin, n, level, paired), least)


def seeds_for_counts(rate_a: float, rate_b: float, level: float, least: int = 2) -> int | None:
    """Smallest n >= least at which Fisher's test separates two rates of training with power 0.8; None above 1000.

    The power of a test on counts rises in a sawtooth, so the smallest n may be a few less than this.
    """
    if rate_a == rate_b:
        return None
    return smallest_doubled(lambda n: fisher_power(rate_a, rate_b, n, level), least)


def seeds_roughly(effect: Floats, margin: Floats, level: float) -> Floats:
    """Numbers of pairs for many effects at once, in steps of 5 %: by the t test or by TOST, whichever needs fewer.

    Infinite where neither reaches its power with 1000.
    """
    places = np.stack([_first_place(effect, None, level / 2), _first_place(effect, margin, level)])
    return np.asarray(np.append(_ROUGHLY, np.inf)[places.min(axis=0)])


def smallest_doubled(power: Callable[[int], float], least: int = 2) -> int | None:
    """The same as `smallest`, where the power of many takes long: n is doubled until it is enough."""
    high = least
    while power(high) < POWER:
        if high >= MOST_SEEDS:
            return None
        high = min(2 * high, MOST_SEEDS)
    return smallest(lambda n: np.asarray(power(n)), max(least, high // 2), high)


def smallest(power: Callable[[int], Floats], least: int, most: int = MOST_SEEDS) -> int | None:
    """The first n >= least at which the power is 0.8, by bisection: it stays so once it is. None above `most`."""
    low, high = least - 1, max(least, most)
    if power(high) < POWER:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _first_place(effect: Floats, margin: Floats | None, tail: float) -> NDArray[np.int64]:
    """The first place in `_ROUGHLY` where the power is 0.8; its length where there is none."""
    low, high, reach = np.full(effect.shape, -1), np.full(effect.shape, len(_ROUGHLY)), _rough_reach(tail)
    for _ in range(len(_ROUGHLY).bit_length()):
        middle = (low + high) // 2
        root, going = np.sqrt(_ROUGHLY[middle]), high - low > 1
        of = reach[middle]
        power = beyond(effect * root, of) if margin is None else within(effect * root, margin * root, of)
        high = np.where(going & (power >= POWER), middle, high)
        low = np.where(going & (power < POWER), middle, low)
    return high


@lru_cache(maxsize=16)
def _rough_reach(tail: float) -> Floats:
    return reaches(tail, _ROUGHLY, True)


def least_size(power: Callable[[Floats], Floats], shape: tuple[int, ...]) -> Floats:
    """Where a power that rises with a size reaches 0.8, by bisection of the size's logarithm."""
    low, high = np.full(shape, -7.0), np.full(shape, 12.0)
    for _ in range(40):
        middle = (low + high) / 2
        enough = power(np.exp(middle)) >= POWER
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(np.exp(high))


def reaches(tail: Level, n: ArrayLike, paired: bool) -> Floats:
    """[..., nodes]: from where on a mean of n is significant, in its true standard errors, by the spreads seen.

    The critical value of t times the quantiles of the law of a spread. Welch's value depends on how the variances of
    both arms compare, too: one's share in their sum is a beta variable, independent of the sum.
    """
    df = np.asarray(n, dtype=np.float64)[..., None] - 1
    if paired:
        return np.asarray(-special.stdtrit(df, tail) * _spreads(df))
    shares = special.betaincinv(df / 2, df / 2, _SHARES)
    edges = -special.stdtrit(df / (shares**2 + (1 - shares) ** 2), tail)
    reach = edges[..., None] * _spreads(2 * df)[..., None, :]
    return np.asarray(reach.reshape(*reach.shape[:-2], -1))


def _spreads(df: Floats) -> Floats:
    return np.asarray(np.sqrt(special.chdtri(df, (1 - _NODES) / 2) / df))


def beyond(shift: Floats, reach: Floats) -> Floats:
    """How often a mean at `shift` true standard errors is beyond the reach, on either side."""
    return _mean(special.ndtr(shift[..., None] - reach) + special.ndtr(-shift[..., None] - reach))


def within(shift: Floats, room: Floats, reach: Floats) -> Floats:
    """How often it is as far from both ends of +-room."""
    room, shift = room[..., None] - reach, shift[..., None]
    return _mean(np.maximum(special.ndtr(room - shift) - special.ndtr(-room - shift), 0))


def _mean(chances: Floats) -> Floats:
    return np.asarray(chances.reshape(*chances.shape[:-1], -1, len(_NODES)).mean(axis=-2) @ (_WEIGHTS / 2))
