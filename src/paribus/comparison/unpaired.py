"""Two arms whose runs are not paired: Welch's t test, its interval and equivalence, and the exact permutation test.

Sources: Welch 1947, The generalization of Student's problem (Satterthwaite's degrees of freedom); Schuirmann 1987
(TOST); Fisher 1935, The Design of Experiments (permutations).
"""

from __future__ import annotations

import math
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from paribus.comparison.statistics import LEVEL, Floats

_FEW = 3  # runs whose spread is too uncertain beside many others
_MOST_SPLITS = 200_000  # 10 runs against 10 are 184,756


class Welch(NamedTuple):
    """The difference of two means, b minus a, its standard error and degrees of freedom; NaN for one run an arm."""

    difference: float
    error: float
    df: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Welch's t interval of the difference."""
        half = self.error * float(special.stdtrit(self.df, (1 + level) / 2))
        return self.difference - half, self.difference + half

    def p(self) -> float:
        """Two-sided p: is the difference zero?"""
        return 2 * self._tail(abs(self.difference))

    def p_equal(self, margin: float) -> float:
        """p of two one-sided t tests: does the difference lie within +-margin?"""
        return self._tail(margin - abs(self.difference))

    def _tail(self, distance: float) -> float:
        if self.error == 0:
            return 0.5 if distance == 0 else float(distance < 0)
        return float(special.stdtr(self.df, -distance / self.error))


def welch(a: Floats, b: Floats, least_variance: float = 0.0) -> Welch:
    """Two arms' figures; `least_variance`: that of one figure, at least, by its rounding.

    Where one arm has two or three runs and the other more than twice as many, Satterthwaite's degrees of freedom are
    too many (2 against 10 alike runs differ at the level 0.035 in 8 %): there they are those of the smaller arm.
    """
    difference = float(b.mean() - a.mean()) if len(a) and len(b) else math.nan
    if min(len(a), len(b)) < 2:
        return Welch(difference, math.nan, math.nan)
    shares = [max(float(x.var(ddof=1)), least_variance) / len(x) for x in (a, b)]
    total, (fewer, more) = sum(shares), sorted((len(a), len(b)))
    if fewer <= _FEW and more > 2 * fewer:
        return Welch(difference, math.sqrt(total), float(fewer - 1))
    parts = sum(share**2 / (len(x) - 1) for share, x in zip(shares, (a, b), strict=True))
    return Welch(difference, math.sqrt(total), total**2 / parts if parts else float(len(a) + len(b) - 2))


def permutation_p(a: Floats, b: Floats) -> float:
    """Exact two-sided p of the difference of means under every split of all runs into two arms of these sizes.

    The share of splits whose difference is at least as far from zero; NaN where there are more than 200,000.
    """
    n, values = len(a), np.concatenate([a, b])
    if not n or n == len(values) or _splits(n, len(b)) > _MOST_SPLITS:
        return math.nan
    splits = int(_splits(n, len(b)))
    values = values - values.mean()  # then the sum of one arm says the difference of both
    places: NDArray[np.intp] = np.fromiter(
        chain.from_iterable(combinations(range(len(values)), n)), dtype=np.intp, count=splits * n
    )
    sums = np.abs(values[places].reshape(splits, n).sum(axis=1))
    least = abs(values[:n].sum()) - 1e-12 * np.abs(values).sum()  # those that differ by rounding alone count as equal
    return float((sums >= least).mean())


def permutation_p_min(n: int, m: int) -> float:
    """The least p that arms of n and m runs can reach so: the observed split alone, and its mirror where n = m."""
    return min(1.0, (2 if n == m else 1) / _splits(n, m)) if n and m else 1.0


def _splits(n: int, m: int) -> float:
    """In how many ways n of n + m runs can be one arm."""
    if n + m <= 1000:
        return float(math.comb(n + m, n))
    logarithm = math.lgamma(n + m + 1) - math.lgamma(n + 1) - math.lgamma(m + 1)
    return math.exp(logarithm) if logarithm < 700 else math.inf
