"""Differences on several data sets: their mean on these very data sets, and over data sets like these.

On these: the data sets are fixed, and chance is that of their seeds; a sum of independent estimates (Welch 1947,
Satterthwaite's degrees of freedom). Over data sets like these: the data sets are a random sample, and each gives one
value. Student's t test and the exact sign-flip test must both hold: the first knows how far the values lie, the second
errs at no more than its level whatever they are spread like, if as much to one side as to the other
(docs/decisions, *several data sets*, has the simulation, and why no weights).

Sources: Fisher 1935 (sign flips, counts); Hartigan 1969 (their interval); Wilcoxon 1945; Gart 1970 (counts in strata,
exact); Viechtbauer and Cheung 2010 (deleted residuals); Cochran 1954 (spread between, less what is within).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from paribus.comparison.statistics import (
    LEVEL,
    Floats,
    log_choose,
    paired_t_p,
    sign_flip_p,
    sign_flip_p_min,
    t_interval,
    tost_p,
)

Ends = tuple[float, float]
NONE: Ends = (np.nan, np.nan)
_MOST_SUBSETS = 20  # data sets whose subsets, a million, are all tried


class Fixed(NamedTuple):
    """The mean difference on fixed data sets, its standard error and degrees of freedom; NaN where one is unknown."""

    value: float
    error: float
    df: float

    def ends(self, level: float = LEVEL) -> Ends:
        """Its t interval."""
        half = self.error * float(special.stdtrit(self.df, (1 + level) / 2))
        return self.value - half, self.value + half

    def p(self) -> float:
        """Two-sided: is it zero?"""
        return 2 * self._tail(abs(self.value))

    def p_equal(self, margin: float) -> float:
        """Two one-sided tests: is it within the margin?"""
        return self._tail(margin - abs(self.value))

    def _tail(self, distance: float) -> float:
        if np.isnan(self.error):
            return float("nan")
        if self.error == 0:
            return 0.5 if distance == 0 else float(distance < 0)
        return float(special.stdtr(self.df, -distance / self.error))


def fixed_mean(differences: Floats, errors: Floats, df: Floats) -> Fixed:
    """The mean of the data sets' differences; each has a standard error, with degrees of freedom, by its own seeds."""
    k, total = len(differences), float((errors**2).sum())
    parts = float((errors**4 / df).sum())
    return Fixed(float(differences.mean()), total**0.5 / k, total**2 / parts if parts else float(df.sum()))


def sampled_p(differences: Floats, floor: float = 0.0) -> tuple[float, float]:
    """p of the t test and of the sign-flip test on the data sets' differences; NaN of a single one."""
    if len(differences) < 2:
        return np.nan, np.nan
    return float(paired_t_p(differences, floor)), flipped_p(differences)


def flipped_p(values: Floats) -> float:
    """p of sign flips; zeros change no sum, and are left out. Many are rounded, to 1e-5 of what they add up to."""
    known = values[values != 0]
    if len(known) > _MOST_SUBSETS:
        known = np.round(known / np.abs(known).sum() * 1e5).astype(np.int64)
    return sign_flip_p(known) if len(known) else 1.0


def sampled_p_equal(differences: Floats, margin: float, floor: float = 0.0) -> float:
    """p of "the mean is beyond the margin": two one-sided t tests and sign flips around both ends; the largest."""
    if len(differences) < 2:
        return np.nan
    flips = [_one_sided(margin + differences), _one_sided(margin - differences)]
    return max(float(tost_p(differences, margin, floor)), *flips)


def _one_sided(values: Floats) -> float:
    """Sign flips against "the mean is not above zero"."""
    p = flipped_p(values) / 2
    return p if values.sum() > 0 else 1.0 - p


def sampled_ends(differences: Floats, floor: float = 0.0) -> Ends:
    """The t interval of the mean over data sets, at least as wide as that of the sign flips where these have one."""
    if len(differences) < 2:
        return NONE
    low, high = t_interval(differences, LEVEL, floor)
    return hull((float(low), float(high)), flipped_ends(differences))


def flipped_ends(differences: Floats) -> Ends:
    """The interval that the sign flips leave, between two means of subsets: each gap between neighbours is as likely to
    hold the centre as any other (Hartigan 1969). NaN where there are too few data sets, or more than 20."""
    k = len(differences)
    left_out = int((1 - LEVEL) / 2 * 2**k)
    if not left_out or k > _MOST_SUBSETS:
        return NONE
    sums, sizes = np.zeros(1), np.zeros(1)
    for value in differences:
        sums, sizes = np.concatenate([sums, sums + value]), np.concatenate([sizes, sizes + 1])
    means = np.partition(sums[1:] / sizes[1:], (left_out - 1, 2**k - 1 - left_out))
    return float(means[left_out - 1]), float(means[2**k - 1 - left_out])


def hull(ends: Ends, others: Ends) -> Ends:
    """What holds both intervals, as the larger of two p goes with them; one may be unknown."""
    if np.isnan(others[0]) or np.isnan(ends[0]):
        return ends
    return min(ends[0], others[0]), max(ends[1], others[1])


def next_ends(differences: Floats, errors: Floats, floor: float = 0.0) -> Ends:
    """Where the difference on one more data set would be found: the t interval of a new value."""
    k = len(differences)
    if k < 3:
        return NONE
    deviation = max(float(differences.var(ddof=1)), floor) ** 0.5
    half = float(special.stdtrit(_degrees(differences, errors), (1 + LEVEL) / 2)) * deviation * (1 + 1 / k) ** 0.5
    return float(differences.mean()) - half, float(differences.mean()) + half


def spread_between(differences: Floats, errors: Floats, df: Floats) -> tuple[float, float, float]:
    """Standard deviation of the data sets' true differences, and its interval: the variance of what was seen, less what
    their seeds bring.

    The variance seen is taken for a chi-square's, beside that of the seeds, which is known from few (F) where it might
    be all there is.
    """
    if len(differences) < 3 or np.isnan(errors).any():
        return np.nan, np.nan, np.nan
    seen, within, own = float(differences.var(ddof=1)), float((errors**2).mean()), _degrees(differences, errors)
    parts = float((errors**4 / df).sum())
    of_seeds = float((errors**2).sum()) ** 2 / parts if parts else np.inf
    tail = (1 - LEVEL) / 2
    most = float(special.fdtri(own, of_seeds, 1 - tail)) if np.isfinite(of_seeds) else special.chdtri(own, tail) / own
    least = float(special.chdtri(own, 1 - tail)) / own
    spread, low, high = (max(0.0, variance - within) ** 0.5 for variance in (seen, seen / most, seen / least))
    return spread, low, high


def _degrees(differences: Floats, errors: Floats) -> float:
    """Of the variance from data set to data set (Satterthwaite 1946).

    Fewer than k - 1 where the seeds leave some much less sure than others, for then few of them make most of it.
    """
    k = len(differences)
    if np.isnan(errors).any():
        return float(k - 1)
    own = np.maximum(0.0, differences.var(ddof=1) - (errors**2).mean()) + errors**2
    return float(own.sum() ** 2 / (own**2).sum() * (k - 1) / k) if own.any() else float(k - 1)


def apart_p(differences: Floats, errors: Floats, df: Floats, floor: float = 0.0) -> Floats:
    """p of each data set's deleted residual: could it be one more value of what the others are? NaN below four.

    A data set whose seeds leave it less sure than the others may lie further off.
    """
    k = len(differences)
    if k < 4:
        return np.full(k, np.nan)
    rest = (differences.sum() - differences) / (k - 1)
    parts = [np.delete(differences, i).var(ddof=1) for i in range(k)]
    shared = np.maximum(np.array(parts), floor) * (1 + 1 / (k - 1))
    own, degrees = np.zeros(k), np.full(k, float(k - 2))
    if not np.isnan(errors).any():
        squares = errors**2
        own = np.maximum(0.0, squares - (squares.sum() - squares) / (k - 1))
        degrees = np.array([_degrees(np.delete(differences, i), np.delete(errors, i)) for i in range(k)])
        total = np.where(shared + own > 0, shared + own, 1.0)
        weights = (shared / total) ** 2 / degrees + (own / total) ** 2 / df
        degrees = np.where(weights > 0, 1 / np.where(weights > 0, weights, 1.0), degrees)
    distance = np.abs(differences - rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(distance == 0, 0.0, distance / np.sqrt(shared + own))
    return np.asarray(2 * special.stdtr(degrees, -t))


def wilcoxon_p(differences: Floats) -> float:
    """Wilcoxon's signed-rank test, exact whatever the ties; data sets without a difference are left out."""
    known = differences[differences != 0]
    if not len(known):
        return 1.0
    sizes = np.round(np.abs(known), 12)  # equal ones may differ by the rounding of floats
    ordered = np.sort(sizes)
    ranks = np.searchsorted(ordered, sizes, "left") + np.searchsorted(ordered, sizes, "right") + 1  # twice the ranks
    return sign_flip_p(np.where(known > 0, ranks, -ranks))


def least_datasets(level: float) -> int:
    """How many data sets sign flips need to come down to this level: all of one sign, 2 of 2^k patterns."""
    return int(np.ceil(1 - np.log2(level))) if level > 0 else 0


class Counts(NamedTuple):
    """p of counts, and the least that their totals can come to."""

    p: float
    least: float


def stratified_counts(a: ArrayLike, n: ArrayLike, b: ArrayLike, m: ArrayLike) -> Counts:
    """Exact test of a/n against b/m runs that trained, data set by data set: are the odds the same on each?

    How many of b's trained in all, given each data set's totals, is a sum of hypergeometric counts. Two-sided: all sums
    that are at most as likely as the one seen. Of one data set it is Fisher's exact test.
    """
    law, low = np.ones(1), 0
    columns = [np.asarray(x, dtype=np.int64) for x in (a, n, b, m)]
    for of_a, runs_a, of_b, runs_b in zip(*(column.tolist() for column in columns), strict=True):
        total = of_a + of_b
        first, last = max(0, total - runs_a), min(runs_b, total)
        law = np.convolve(law, _hypergeometric(np.arange(first, last + 1), runs_a, runs_b, total))
        low += first
    seen = int(columns[2].sum()) - low
    return Counts(_at_most(law, law[seen]), min(_at_most(law, law[0]), _at_most(law, law[-1])))


def _hypergeometric(count: NDArray[np.int64], n: int, m: int, total: int) -> Floats:
    """The law of how many of `total` are among m, the others among n."""
    return np.asarray(np.exp(log_choose(m, count) + log_choose(n, total - count) - log_choose(n + m, np.array(total))))


def _at_most(law: Floats, likely: float) -> float:
    return float(min(1.0, law[law <= likely * (1 + 1e-7)].sum()))


def sampled_counts(shares: Floats) -> Counts:
    """The same over data sets like these: sign flips of the differences in the share of runs that trained."""
    return Counts(flipped_p(shares), sign_flip_p_min(int(np.count_nonzero(shares))))
