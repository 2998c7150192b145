"""Intervals and tests, as pure functions. Where a function says `[..., n]` it works along the last axis of an array.

Sources: Student 1908 (t); Fisher 1935, The Design of Experiments, sec. 21 (sign flips) and The Logic of Inductive
Inference (2 x 2 counts); Holm 1979; McNemar 1947; Wilson 1927; Schuirmann 1987 (TOST).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from paribus.comparison import moments

LEVEL = moments.LEVEL

Floats = NDArray[np.float64]

_MOST_ENUMERATED = 20  # differences whose sign patterns, a million, are all tried
_MOST_SUMS = 10_000_000  # 80 MB of shares
_STEPS = 250_000  # of the sum of magnitudes, to which other numbers than whole ones are rounded
_MOST_FLIPPED = 2_000  # differences: a second or so
_NOTHING = 1e-300  # in the place of a p or a weight of 0: it vanishes beside every other
_LARGEST_TABLE = 1_000  # runs an arm of which all tables of counts are kept


class Interval(NamedTuple):
    """Both ends; NaN where one value leaves no spread."""

    low: Floats
    high: Floats


def standard_error(values: ArrayLike, least_variance: float = 0.0) -> Floats:
    """Standard error of the mean of `values` [..., n]; NaN for n = 1.

    `least_variance`: the variance of one value is taken to be at least this. Two or three figures that happen to be
    the same have a spread of zero; the rounding to a figure's resolution is the least they have.
    """
    values = np.asarray(values, dtype=np.float64)
    n = values.shape[-1]
    if n < 2:
        return np.full(values.shape[:-1], np.nan)
    return np.asarray(np.sqrt(np.maximum(values.var(axis=-1, ddof=1), least_variance) / n))


def t_interval(values: ArrayLike, level: float = LEVEL, least_variance: float = 0.0) -> Interval:
    """Student's interval of the mean of `values` [..., n]. Of paired differences: the paired t interval."""
    values = np.asarray(values, dtype=np.float64)
    mean, error = values.mean(axis=-1), standard_error(values, least_variance)
    half = error * (special.stdtrit(values.shape[-1] - 1, (1 + level) / 2) if values.shape[-1] > 1 else np.nan)
    return Interval(mean - half, mean + half)


def t_ends(values: Floats, least_variance: float = 0.0) -> tuple[float, float] | tuple[None, None]:
    """The ends of the t interval of a mean, of values [n], at the usual level; None where one value has no spread."""
    if len(values) < 2:
        return None, None
    low, high = t_interval(values, LEVEL, least_variance)
    return float(low), float(high)


def paired_t_p(differences: ArrayLike, least_variance: float = 0.0) -> Floats:
    """Two-sided p of Student's paired t test: is the mean of `differences` [..., n] zero? NaN for n = 1."""
    differences = np.asarray(differences, dtype=np.float64)
    return 2 * _t_tail(np.abs(differences.mean(axis=-1)), differences, least_variance)


def tost_p(differences: ArrayLike, margin: float, least_variance: float = 0.0) -> Floats:
    """p of two one-sided t tests: does the mean of `differences` [..., n] lie within +-margin?

    Small p establishes practical equality. It is the larger of the p of "mean <= -margin" and of "mean >= margin"
    (Schuirmann 1987), which is the tail beyond the nearer end. NaN for n = 1.
    """
    differences = np.asarray(differences, dtype=np.float64)
    return _t_tail(margin - np.abs(differences.mean(axis=-1)), differences, least_variance)


def _t_tail(distance: Floats, values: Floats, least_variance: float) -> Floats:
    """P(T > distance / standard error), T with n - 1 degrees of freedom. No spread at all: 0, 1/2 or 1."""
    error = standard_error(values, least_variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where((distance == 0) & (error == 0), 0.0, distance / error)
    return np.asarray(special.stdtr(max(values.shape[-1] - 1, 1), -t))


def sign_flip_p(differences: ArrayLike) -> float:
    """Exact two-sided p of the mean of paired `differences` [n] under all 2^n flips of sign.

    The share of sign patterns whose sum is at least as far from zero as the observed one. Whole numbers (steps of a
    figure's resolution) are exact for every n without enumeration: the sum of a pattern is 2T - S with S the sum of
    magnitudes and T that of a random subset, and the distribution of T is built up one magnitude at a time. Other
    numbers, and whole ones with too many sums to count, are enumerated up to n = 20, and beyond that rounded to
    S / 250,000. NaN for more than 2,000: by then it is the t test's as far as anybody reads it.
    """
    values = np.asarray(differences)
    if len(values) > _MOST_FLIPPED:
        return float("nan")
    if values.dtype.kind == "f":
        scale = float(np.abs(values).sum())
        if not scale or len(values) <= _MOST_ENUMERATED:
            return _enumerated_p(values)
        values = np.round(values / scale * _STEPS)
    values = values.astype(np.int64)
    magnitudes = np.abs(values)
    divisor = int(np.gcd.reduce(magnitudes)) if magnitudes.any() else 1
    magnitudes, observed = magnitudes // divisor, abs(int(values.sum())) // divisor
    total = int(magnitudes.sum())
    if total > _MOST_SUMS:
        return sign_flip_p(values.astype(np.float64))
    # By symmetry twice the patterns whose subset has at most this sum; larger sums are not needed, and so not kept.
    most = (total - observed) // 2
    share = np.zeros(most + 1)  # of subsets with each sum; dyadic, so exact in floats up to n = 53
    share[0], reached = 1.0, 0
    for size in sorted(map(int, magnitudes)):
        grown = share[: reached + 1] / 2
        share[: reached + 1] = grown
        end = min(reached + size, most)
        if size <= most:
            share[size : end + 1] += grown[: end + 1 - size]
        reached = end
    return float(min(1.0, 2 * share.sum()))


def _enumerated_p(values: NDArray[np.float64]) -> float:
    """The same by all sums; those that differ from the observed one by rounding alone count as equal to it."""
    sums = np.zeros(1)
    for value in np.abs(values):
        sums = np.concatenate([sums - value, sums + value])
    least = abs(values.sum()) - 1e-12 * np.abs(values).sum()
    return float((np.abs(sums) >= least).mean())


def sign_flip_p_min(n: int) -> float:
    """The least p that n paired differences can reach by sign flips: all of one sign, 2 of 2^n patterns."""
    return min(1.0, 2.0 ** (1 - n))


def holm(p: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Holm's step-down correction over the last axis, `p` [..., tests]: adjusted p, each comparable to the level.

    The k-th smallest of m is multiplied by m - k + 1, then made to rise monotonically (Holm 1979). With `weights` tests
    have unequal shares of the level: the order is that of p over weight, and what the rest weighs takes the place of
    their number (ibid., sec. 4). A test of weight 0 has what the others leave once all of them are decided.
    """
    p = np.maximum(np.asarray(p, dtype=np.float64), _NOTHING)
    w = np.ones_like(p) if weights is None else np.maximum(np.broadcast_to(weights, p.shape), _NOTHING)
    order = np.argsort(p / w, axis=-1, kind="stable")
    rest = np.cumsum(np.take_along_axis(w, order, -1)[..., ::-1], axis=-1)[..., ::-1]
    stepped = np.take_along_axis(p / w, order, -1) * rest
    stepped = np.minimum(np.maximum.accumulate(stepped, axis=-1), 1.0)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, stepped, -1)
    return adjusted


def mcnemar_p(only_a: int, only_b: int) -> float:
    """McNemar's exact test: two-sided binomial p of the items that only one of two runs got right."""
    n = only_a + only_b
    return 1.0 if n == 0 else min(1.0, 2 * float(special.bdtr(min(only_a, only_b), n, 0.5)))


def wilson(successes: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927). n = 0 knows nothing: (0, 1)."""
    if n == 0:
        return 0.0, 1.0
    z2, rate = float(special.ndtri((1 + level) / 2)) ** 2, successes / n
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # At 0 and n of n an end is exactly 0 or 1; rounding would put it a hair beside.
    low = 0.0 if successes == 0 else float(centre - half)
    return low, 1.0 if successes == n else float(centre + half)


def unseen_share(n: int, level: float = LEVEL) -> float:
    """How large a share may be of which none turned up in n: the exact upper bound (Clopper and Pearson 1934)."""
    return float(1 - (1 - level) ** (1 / n))


def fisher_p(a: ArrayLike, b: ArrayLike, n: ArrayLike, m: ArrayLike | None = None) -> Floats:
    """Fisher's exact two-sided p of a/n against b/m (b/n by default), elementwise over arrays of counts.

    The share of all tables with these totals that are at most as likely as the observed one.
    """
    a, b, n, m = np.broadcast_arrays(*(np.asarray(x, dtype=np.int64) for x in (a, b, n, n if m is None else m)))
    if n.size and (n == m).all() and (n == n.flat[0]).all() and n.flat[0] <= _LARGEST_TABLE:
        return np.asarray(fisher_table(int(n.flat[0]))[a, b])
    counts = np.stack([a, b, n, m], axis=-1).reshape(-1, 4)
    return np.array([_fisher_one(*map(int, row)) for row in counts]).reshape(a.shape)


def _fisher_one(a: int, b: int, n: int, m: int) -> float:
    """The same of one table, for rows of any length."""
    total = a + b
    if total in (0, n + m):
        return 1.0
    count = np.arange(max(0, total - m), min(n, total) + 1)
    p = np.exp(log_choose(n, count) + log_choose(m, total - count) - log_choose(n + m, np.array(total)))
    return float(min(1.0, p[p <= p[a - count[0]] * (1 + 1e-7)].sum()))  # ties differ by rounding alone


@lru_cache(maxsize=32)
def fisher_table(n: int) -> Floats:
    """[n + 1, n + 1]: Fisher's exact two-sided p of every a/n against every b/n.

    Both rows have n, so the hypergeometric law is symmetric, and the tables at most as likely as the observed one
    are the two tails from it outwards: twice the lower tail, or 1 where a = b.
    """
    count, total = np.arange(n + 1)[:, None], np.arange(2 * n + 1)[None, :]
    rest = total - count
    inside = (rest >= 0) & (rest <= n)
    log_p = log_choose(n, count) + log_choose(n, np.where(inside, rest, 0)) - log_choose(2 * n, total)
    tail = np.cumsum(np.where(inside, np.exp(log_p), 0.0), axis=0)  # [x, t] = P(X <= x | total t)
    a, b = np.arange(n + 1)[:, None], np.arange(n + 1)[None, :]
    table = np.where(a == b, 1.0, np.minimum(1.0, 2 * tail[np.minimum(a, b), a + b]))
    table.setflags(write=False)
    return table


def binomial(n: int, rate: ArrayLike) -> Floats:
    """[..., n + 1]: the probabilities of 0 to n successes at each rate."""
    count, rate = np.arange(n + 1), np.asarray(rate, dtype=np.float64)[..., None]
    return np.asarray(np.exp(special.xlogy(count, rate) + special.xlog1py(n - count, -rate) + log_choose(n, count)))


def log_choose(n: int | NDArray[np.int64], k: NDArray[np.int64]) -> Floats:
    """Logarithms of the numbers of ways to take k of n."""
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))
