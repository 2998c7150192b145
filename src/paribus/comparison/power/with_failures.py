"""Power where runs fail: what the figures of the seeds in which both arms train show, beside counts that take a share.

Runs fail independently of one another, each arm's at its own rate. How many failed decides how many seeds are left to
the figures, and whether the counts have a share of their level (`rule.count_share`; all of it goes back to the figures
where the counts are decided, by Holm 1979). Power is the mean over both, which is exact but for tails of less than one
in a million; unpaired, with as many runs an arm as the harmonic mean of both has, which is near. Normal figures show a
tail by chance, against which the rule asks for more (`heavy_tails`); that does not depend on their mean and spread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import heavy_tails
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.power.of_tests import POWER, beyond, least_size, reaches, smallest_doubled, within
from paribus.comparison.statistics import Floats, binomial, fisher_p, log_choose

Counts = NDArray[np.int64]
Rates = tuple[float, float]  # of one arm's runs that do not train, and of the other's
_NEVER = 1e-6  # what is less likely is left out


class Left(NamedTuple):
    """What is left to the figures, each with its chance: so many seeds in which both train, at such a level."""

    seeds: Floats
    level: Floats
    chance: Floats


class Tests(NamedTuple):
    """The t tests of what is left: roots of their seeds, chances, and from where on a mean is significant."""

    roots: Floats
    chance: Floats
    reach: Floats


@lru_cache(maxsize=64)
def left_to_figures(n: int, fails: Rates, level: float, paired: bool) -> Left:
    """Of n seeds. `level`: of a pair."""
    (of_a, chance_a), (of_b, chance_b) = (_likely(n, rate) for rate in fails)
    a, b = (grid.ravel() for grid in np.meshgrid(of_a, of_b, indexing="ij"))
    chance = np.outer(chance_a, chance_b).ravel()
    levels = _levels(n, a, b, level)
    if not paired:
        with np.errstate(divide="ignore"):
            return Left(2 / (1 / (n - a) + 1 / (n - b)), levels, chance)
    both = np.arange(int(min(of_a.max(), of_b.max())) + 1)  # seeds in which neither trains
    apart = a[:, None] - both
    possible = (apart >= 0) & (b[:, None] >= both) & (a[:, None] + b[:, None] - both <= n)
    log_p = (
        log_choose(b[:, None], np.where(possible, both, 0))
        + log_choose(n - b[:, None], np.where(possible, apart, 0))
        - log_choose(n, a)[:, None]
    )
    law = np.where(possible, np.exp(log_p), 0.0) * chance[:, None]
    seeds = np.where(possible, n - a[:, None] - b[:, None] + both, 0)
    known, which = np.unique(levels, return_inverse=True)
    cases = np.bincount((seeds + (n + 1) * which[:, None]).ravel(), law.ravel(), (n + 1) * len(known))
    found = np.flatnonzero(cases)
    return Left((found % (n + 1)).astype(float), known[found // (n + 1)], cases[found].astype(float))


def found(effect: float, n: int, level: float, fails: Rates, paired: bool = True) -> float:
    """How often n seeds find a difference of `effect` deviations in the figures of what trains."""
    tests = _tests(n, level, fails, paired, True)
    return float(tests.chance @ beyond(effect * tests.roots, tests.reach))


def shown_equal(margin: float, n: int, level: float, fails: Rates, paired: bool = True) -> float:
    """How often n seeds establish equality within `margin` deviations, where nothing differs: at the whole level."""
    tests = _tests(n, level, fails, paired, False)
    return float(tests.chance @ within(0 * tests.roots, margin * tests.roots, tests.reach))


@lru_cache(maxsize=64)
def _tests(n: int, level: float, fails: Rates, paired: bool, two_sided: bool) -> Tests:
    """Of a difference, two-sided; else of equality, which has the whole level. Those that show a tail are apart."""
    seeds, levels, chance = left_to_figures(n, fails, level, paired)
    tails = levels / 2 if two_sided else np.full(levels.shape, level)
    tested = (seeds >= 2) & (tails > 0)  # there is no t test of less
    seeds, tails, chance = seeds[tested], tails[tested], chance[tested]
    tailed = np.where(seeds >= heavy_tails.FEWEST, heavy_tails.SEEN if two_sided else 2 * heavy_tails.SEEN, 0.0)
    seeds, tails = np.tile(seeds, 2), np.concatenate([tails, tails / heavy_tails.STRICTER])
    chances = np.concatenate([(1 - tailed) * chance, tailed * chance])
    return Tests(np.sqrt(seeds), chances, reaches(tails[:, None], seeds, paired))


def difference_found(n: int, level: float, fails: Rates, paired: bool = True) -> float | None:
    """The least difference that n seeds find four times in five; None where so many fail that none is."""
    return _least(lambda size: found(size, n, level, fails, paired))


def margin_shown(n: int, level: float, fails: Rates, paired: bool = True) -> float | None:
    """The least margin within which n seeds show equality four times in five; None where none is."""
    return _least(lambda size: shown_equal(size, n, level, fails, paired))


def seeds_for_difference(effect: float, level: float, fails: Rates, paired: bool = True) -> int | None:
    """Smallest n >= 2 that finds `effect` with power 0.8; None above 1000."""
    return smallest_doubled(lambda n: found(effect, n, level, fails, paired))


def seeds_for_equality(margin: float, level: float, fails: Rates, paired: bool = True) -> int | None:
    """Smallest n >= 2 that shows equality within `margin` with power 0.8; None above 1000."""
    return smallest_doubled(lambda n: shown_equal(margin, n, level, fails, paired))


def _least(power: Callable[[float], float]) -> float | None:
    size = float(least_size(lambda of: np.asarray(power(float(of))), ()))
    return size if power(size) >= POWER else None


def _likely(n: int, rate: float) -> tuple[Counts, Floats]:
    """Numbers of failures that may come up, and their chances."""
    chance = binomial(n, rate)
    kept = np.flatnonzero(chance > _NEVER / (n + 1))
    return kept, chance[kept]


def _levels(n: int, a: Counts, b: Counts, level: float) -> Floats:
    """The figures' level where so many of each arm failed."""
    nothing = np.full((len(a), 1), np.nan)
    trained_a, trained_b = (n - a)[:, None], (n - b)[:, None]
    share = rule.count_share(rule.Evidence(n, n, trained_a, trained_b, *([nothing] * 5)), level)[:, 0]
    decided = fisher_p(n - a, n - b, n) <= share * level
    return np.where(decided & (share > 0), level, (1 - share) * level)
