"""Counts of several cells against those of as many others: does training succeed more often on one side?

The sides' rates of success are equal on average if there is nothing; within a side they may differ, as those of a
factor crossed with another do, so that Fisher's test does not apply. Sources: Barnard 1945 and Suissa and Shuster
1985 (exact unconditional tests: p is the greatest under any rates that the hypothesis allows); Hoeffding 1956,
theorem 4 (of all independent trials with one mean those that are alike spread most).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import special

from paribus.comparison.statistics import Floats, binomial, fisher_p

_MOST_EXACT = 10  # runs a cell
_RATES = 41  # that are tried for one side


def contrast_p(plus: Sequence[int], minus: Sequence[int], n: int) -> float:
    """Two-sided p of the trained runs of the cells `plus` against those of `minus`, each of n independent runs.

    Two cells: Fisher's exact test. Four, of up to ten runs: the exact unconditional test of the difference, tables
    being ordered by it in units of its standard error. Else twice a binomial tail, which is never too small.
    """
    if len(plus) == len(minus) == 1:
        return float(fisher_p(plus[0], minus[0], n))
    if len(plus) == len(minus) == 2 and n <= _MOST_EXACT:
        return _unconditional_p((plus[0], plus[1]), (minus[0], minus[1]), n)
    trials, apart = n * (len(plus) + len(minus)), abs(sum(plus) - sum(minus))
    return min(1.0, 2 * float(special.bdtrc(trials // 2 + apart - 1, trials, 0.5))) if apart > 1 else 1.0


@lru_cache(maxsize=256)
def _unconditional_p(plus: tuple[int, int], minus: tuple[int, int], n: int) -> float:
    sizes = _in_errors(n)
    observed = sizes[plus[0] * (n + 1) + plus[1], minus[0] * (n + 1) + minus[1]]
    if observed == 0:
        return 1.0
    extreme = (sizes >= observed * (1 - 1e-9)).astype(np.float64)
    return min(1.0, max(float((side @ extreme @ side.T).max()) for side in _sides(n)))


@lru_cache(maxsize=8)
def _in_errors(n: int) -> Floats:
    """[tables of one side, tables of the other]: the difference of the counts, in its standard errors."""
    count = np.arange(n + 1)
    rate = (count + 0.5) / (n + 1)
    total = (count[:, None] + count[None, :]).ravel().astype(np.float64)
    variance = n * (rate * (1 - rate))
    spread = (variance[:, None] + variance[None, :]).ravel()
    return np.asarray(np.abs(total[:, None] - total[None, :]) / np.sqrt(spread[:, None] + spread[None, :]))


@lru_cache(maxsize=8)
def _sides(n: int) -> tuple[Floats, ...]:
    """For each sum of two rates, the same on both sides: [pairs of rates, tables of a side], their probabilities."""
    found = []
    for together in np.linspace(0.0, 2.0, 2 * _RATES - 1):
        first = np.linspace(max(0.0, together - 1), together / 2, _RATES // 2 + 1)
        each = [binomial(n, rates) for rates in (first, together - first)]
        found.append((each[0][:, :, None] * each[1][:, None, :]).reshape(len(first), -1))
        found[-1] = np.concatenate([found[-1], (each[1][:, :, None] * each[0][:, None, :]).reshape(len(first), -1)])
    return tuple(found)
