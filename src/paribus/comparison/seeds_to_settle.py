"""How many seeds would settle an open verdict: as the effect was seen, and as it may as well be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS
from paribus.comparison.power.of_tests import (
    POWER,
    seeds_for_counts,
    seeds_for_difference,
    seeds_for_equality,
    seeds_roughly,
)
from paribus.comparison.statistics import Floats
from paribus.records.reasons import REASON

# Of what the runs leave possible, the range has the middle half: followed to its high end, six seeds that were open
# settle at least four times in five (benchmarks/settling.py).
_MIDDLE = (0.25, 0.75)
_MOST = 1000
_QUANTILES = (np.arange(11) + 0.5) / 11


class Seen(NamedTuple):
    """What is known of a pair. In the metric's unit: the mean difference, its standard error, and the deviation of the
    difference of two runs, whose spread has `df` degrees of freedom; and the trained runs, of a and of b, and all runs.
    """

    mean: float
    error: float
    deviation: float
    df: float
    trained: tuple[int, int]
    runs: tuple[int, int]


class Seeds(NamedTuple):
    """How many in all: with the effect as seen, and the range that the runs leave it; None where nobody knows one."""

    n: int | None = None
    low: int | None = None
    high: int | None = None


def seeds_to_settle(reason: str, seen: Seen, *, pairs: int, margin: float, look: int) -> Seeds:
    """How many runs an arm would settle an open pair with power 0.8 at the next look.

    Either establishes the observed difference or equality within the margin, whichever needs fewer. Unpaired runs have
    more degrees of freedom than the number that is found takes them to have, so it is never too small. The next look's
    level is divided by the number of `pairs`, Holm's worst case. None where no look is left, no effect is known (one
    seed, nothing trained, nothing that differs), or more than 1000 seeds would be needed.

    The range is of the effect's uncertainty: mean and spread are drawn as the runs leave them possible (the mean normal
    given the spread, the variance by chi-square; rates of training by Jeffreys' beta), and what each needs is counted.
    """
    power = REASON[reason].power
    if look >= len(LOOK_LEVELS) or power is None:
        return Seeds()
    level, least = LOOK_LEVELS[look] / pairs, min(seen.runs) + 1
    if power == "counts":
        rates = seen.trained[0] / seen.runs[0], seen.trained[1] / seen.runs[1]
        return _ranged(seeds_for_counts(*rates, level, least), _for_counts(seen, level), least)
    if not seen.deviation:  # more seeds show no spread where there is none
        return Seeds()
    mean, deviation = abs(seen.mean), seen.deviation
    found = [seeds_for_difference(mean / deviation, level, least)]
    if mean < margin:
        found.append(seeds_for_equality(mean / deviation, margin / deviation, level, least))
    n = min((n for n in found if n is not None), default=None)
    return _ranged(n, _for_figures(seen, margin, level), least)


def _ranged(n: int | None, needed: Floats, least: int) -> Seeds:
    """With the range's ends on either side of n."""
    if n is None:
        return Seeds()
    low, high = (float(end) for end in np.quantile(needed, _MIDDLE, method="nearest"))
    return Seeds(n, int(min(max(low, least), n)), int(max(high, n)) if high <= _MOST else None)


def _for_figures(seen: Seen, margin: float, level: float) -> Floats:
    spreads = np.sqrt(seen.df / special.chdtri(seen.df, _QUANTILES))[:, None]
    means = seen.mean + special.ndtri(_QUANTILES) * seen.error * spreads
    deviations = seen.deviation * spreads
    return seeds_roughly(means / deviations, np.broadcast_to(margin / deviations, means.shape), level)


def _for_counts(seen: Seen, level: float) -> Floats:
    """By the formula of Casagrande, Pike and Smith (1978), which is close to Fisher's test."""
    rates = [special.betaincinv(k + 0.5, n - k + 0.5, _QUANTILES) for k, n in zip(seen.trained, seen.runs, strict=True)]
    a, b = np.meshgrid(*rates)
    middle, apart = (a + b) / 2, np.maximum(np.abs(a - b), 1e-9)
    size = -special.ndtri(level / 2) * np.sqrt(2 * middle * (1 - middle))
    size = (size + special.ndtri(POWER) * np.sqrt(a * (1 - a) + b * (1 - b))) ** 2
    needed: NDArray[np.float64] = np.ceil(size * (1 + np.sqrt(1 + 4 * apart / size)) ** 2 / (4 * apart**2))
    return np.where(needed <= _MOST, needed, np.inf)
