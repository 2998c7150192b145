"""A difference over seeds and items at once: two crossed random factors.

A t interval over seeds holds the items fixed: it says what other seeds would give on these very items. Other
items would have given other figures too. Model of the matrix of correctness differences (b right minus a right,
so -1, 0 or 1): mean + seed + item + rest, with one observation a cell, both factors random.

Source: Searle, Casella and McCulloch 1992, Variance Components, ch. 4 (ANOVA estimators of the balanced two-way
crossed layout), Satterthwaite 1946 for the degrees of freedom; the crossed view of replicates and cases as in Owen
2007, The pigeonhole bootstrap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from paribus.comparison.statistics import LEVEL


class Components(NamedTuple):
    """ANOVA of a [seeds, items] layout. Variance components may be negative as estimated; `crossed` truncates."""

    mean: float
    ms_seeds: float
    ms_items: float
    ms_rest: float
    seeds: float
    items: float
    rest: float


class Crossed(NamedTuple):
    """Interval of the mean over seeds and items, its degrees of freedom, and the seeds' share of its variance.

    `seed_share` is None where the variance is zero.
    """

    low: float
    high: float
    degrees: float
    seed_share: float | None


def components(matrix: NDArray[np.generic]) -> Components:
    """Mean squares and moment estimates of the variance components of `matrix` [seeds, items], both at least 2."""
    x = np.asarray(matrix, dtype=np.float64)
    n, m = x.shape
    mean = float(x.mean())
    by_seed, by_item = x.mean(axis=1), x.mean(axis=0)
    ss_seeds = m * float(((by_seed - mean) ** 2).sum())
    ss_items = n * float(((by_item - mean) ** 2).sum())
    ss_rest = float(((x - by_seed[:, None] - by_item[None, :] + mean) ** 2).sum())
    ms_seeds, ms_items, ms_rest = ss_seeds / (n - 1), ss_items / (m - 1), ss_rest / ((n - 1) * (m - 1))
    return Components(mean, ms_seeds, ms_items, ms_rest, (ms_seeds - ms_rest) / m, (ms_items - ms_rest) / n, ms_rest)


def crossed(matrix: NDArray[np.generic], level: float = LEVEL, least_variance: float = 0.0) -> Crossed | None:
    """The interval of the mean of `matrix` [seeds, items] over both factors; None with fewer than two of either.

    Variance of the mean: seeds/n + items/m + rest/(nm), components below zero counted as zero. It contains the
    variance over seeds alone, seeds/n + rest/(nm); `seed_share` is that part of it. The interval is never narrower
    than the t interval over seeds alone (whose few degrees of freedom can make it the wider one). `least_variance`
    as in `standard_error`, of one seed's mean.
    """
    n, m = matrix.shape
    if n < 2 or m < 2:
        return None
    c = components(matrix)
    # Truncated components drop out, so the variance is a sum of the mean squares that are left (each with its sign).
    squares = {
        (True, True): ((c.ms_seeds, n - 1), (c.ms_items, m - 1), (-c.ms_rest, (n - 1) * (m - 1))),
        (True, False): ((c.ms_seeds, n - 1),),
        (False, True): ((c.ms_items, m - 1),),
        (False, False): ((c.ms_rest, (n - 1) * (m - 1)),),
    }[c.seeds > 0, c.items > 0]
    total = sum(square for square, _ in squares)
    if total <= 0:
        degrees, variance = float(n - 1), 0.0
    else:
        degrees = total**2 / sum(square**2 / df for square, df in squares)
        variance = total / (n * m)
    over_seeds = max(c.ms_seeds / (n * m), least_variance / n)
    half = max(
        _quantile(degrees, level) * np.sqrt(max(variance, over_seeds)), _quantile(n - 1, level) * np.sqrt(over_seeds)
    )
    share = None if variance == 0 else min(1.0, (max(c.seeds, 0.0) / n + c.rest / (n * m)) / variance)
    return Crossed(c.mean - half, c.mean + half, degrees, share)


def _quantile(degrees: float, level: float) -> float:
    return float(special.stdtrit(degrees, (1 + level) / 2))
