"""Two arms and the runs by which they are compared: seed by seed, or all of one with all of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import heavy_tails
from paribus.comparison.arm_results import ArmRuns, over_of
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.statistics import (
    Floats,
    paired_t_p,
    sign_flip_p,
    sign_flip_p_min,
    standard_error,
    tost_p,
)
from paribus.comparison.unpaired import permutation_p, permutation_p_min, welch
from paribus.records.program import Metric

_MOST_STEPS = 1e9  # of a unit: finer ones are no steps that counting would serve
_SAME = 1e-12  # of the figures' size: differences as close as that differ by the rounding of floats alone

Places = NDArray[np.intp]


class Tested(NamedTuple):
    """What the tests say of a pair; NaN where there is too little to say it.

    mean: what decides, of which low and high are the interval. deviation: of the difference of two runs; error: of the
    mean difference, with its degrees of freedom. p_t, p_equal: of the plain t test and TOST; p_figure, p_within: of
    `mean`.
    """

    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    deviation: float = np.nan
    error: float = np.nan
    df: float = np.nan
    mean: heavy_tails.Robust | None = None
    p_t: float = np.nan
    p_equal: float = np.nan
    p_figure: float = np.nan
    p_within: float = np.nan
    p: float = np.nan
    p_min: float = 1.0

    def margin_supported(self, level: float) -> float:
        """The least margin within which two one-sided tests place the difference at this level."""
        return np.nan if self.mean is None else float(self.mean.supported(level))


@dataclass(frozen=True)
class Pair:
    """Two arms, the runs that count, and those over which their difference is taken.

    places_a, places_b: of the runs that count: those with the seeds that both have, in a's order, or all. used_a,
    used_b: of those whose figures are compared. differences: b - a, in the metric's unit; none of unpaired arms.
    steps: the same in steps of the metric's resolution, where they can be counted.
    """

    a: ArmRuns
    b: ArmRuns
    metric: Metric
    paired: bool
    places_a: Places
    places_b: Places
    used_a: Places
    used_b: Places
    over: Literal["all", "trained"]
    differences: Floats
    steps: NDArray[np.int64] | None

    @property
    def figures_a(self) -> Floats:
        """The figures of a that are compared."""
        return self.a.columns.figures[self.metric.name][self.used_a]

    @property
    def figures_b(self) -> Floats:
        """Those of b."""
        return self.b.columns.figures[self.metric.name][self.used_b]

    @property
    def trained(self) -> tuple[int, int]:
        """How many of the runs that count trained, of a and of b."""
        counted = (self.a.columns.counted[self.places_a], self.b.columns.counted[self.places_b])
        return int(counted[0].sum()), int(counted[1].sum())

    @property
    def no_spread(self) -> bool:
        """Whether the figures show no chance that a difference could be judged by: the seed changes none of them.

        Where it changes both arms' alike, so that all differences are the same, the seeds agree on the difference.
        Outcomes by item are counted: there, equal figures are of unequal items.
        """
        if min(len(self.used_a), len(self.used_b)) < 2 or self.metric.items is not None:
            return False
        return bool(np.ptp(self.figures_a) == 0 and np.ptp(self.figures_b) == 0)

    @property
    def identical(self) -> bool:
        """Whether nothing differs: each seed gave both arms the same figure; unpaired, all runs gave the same one."""
        if min(len(self.used_a), len(self.used_b)) < rule.LEAST_ALIKE:
            return False
        if self.paired:
            return bool(np.abs(self.differences).max() <= _SAME * np.abs(self.figures_a).max())
        return bool(np.ptp(np.concatenate([self.figures_a, self.figures_b])) == 0)

    @property
    def least_variance(self) -> float:
        """Of a paired difference: that of the metric's steps, and of the rounding of floats."""
        size = float(np.abs(self.figures_a).max() + np.abs(self.figures_b).max())
        return max(rule.rounding_variance(self.metric), (_SAME * size) ** 2)

    def tested(self, margin: float | None, plain: bool = False) -> Tested:
        """The tests and intervals. Without a margin nothing is equal; `plain`: those of the t test alone."""
        if not len(self.used_a) or not len(self.used_b):
            return Tested()
        if self.no_spread:
            return Tested(self.difference)
        found, mean = self._paired(margin) if self.paired else self._unpaired(margin), self.mean
        if plain:
            mean = mean.plain()
        low, high = (float(end) for end in mean.ends())
        within = np.nan if margin is None else float(mean.p_within(margin))
        return found._replace(mean=mean, low=low, high=high, p_figure=float(mean.p()), p_within=within)

    @property
    def mean(self) -> heavy_tails.Robust:
        """The mean difference of the runs whose figures are compared, as it is decided by."""
        if self.paired:
            return heavy_tails.paired(self.differences, self.least_variance)
        return heavy_tails.unpaired(self.figures_a, self.figures_b, rule.rounding_variance(self.metric) / 2)

    @property
    def difference(self) -> float:
        """It alone, in the metric's unit."""
        return float(self.differences.mean() if self.paired else self.figures_b.mean() - self.figures_a.mean())

    def _paired(self, margin: float | None) -> Tested:
        floor, n = self.least_variance, len(self.differences)
        error = float(standard_error(self.differences, floor))
        return Tested(
            difference=self.difference,
            deviation=error * n**0.5,
            error=error,
            df=n - 1,
            p_t=float(paired_t_p(self.differences, floor)),
            p_equal=np.nan if margin is None else float(tost_p(self.differences, margin, floor)),
            p=sign_flip_p(self.differences if self.steps is None else self.steps),
            p_min=sign_flip_p_min(n),
        )

    def _unpaired(self, margin: float | None) -> Tested:
        floor, a, b = rule.rounding_variance(self.metric) / 2, self.figures_a, self.figures_b
        found = welch(a, b, floor)
        variances = [max(float(x.var(ddof=1)), floor) if len(x) > 1 else np.nan for x in (a, b)]
        return Tested(
            difference=found.difference,
            deviation=sum(variances) ** 0.5,
            error=found.error,
            df=found.df,
            p_t=found.p(),
            p_equal=np.nan if margin is None else found.p_equal(margin),
            p=permutation_p(a, b),
            p_min=permutation_p_min(len(a), len(b)),
        )


def pair_of(a: ArmRuns, b: ArmRuns, metric: Metric, paired: bool) -> Pair:
    """Two arms by one metric. Where an arm trained in some of its runs only, over those in which it did."""
    ours, theirs = _shared(a, b) if paired else (np.arange(len(a.columns.seeds)), np.arange(len(b.columns.seeds)))
    kept = [
        _kept(arm.columns.counted[places], ~np.isnan(arm.columns.figures[metric.name][places]))
        for arm, places in ((a, ours), (b, theirs))
    ]
    over = [over_of(arm.columns.counted[places]) for arm, places in ((a, ours), (b, theirs))]
    if paired:
        kept = [kept[0] & kept[1]] * 2
    used_a, used_b = ours[kept[0]], theirs[kept[1]]
    differences, steps = np.zeros(0), None
    if paired:
        of_a, of_b = a.columns.figures[metric.name][used_a], b.columns.figures[metric.name][used_b]
        differences, steps = _differences(of_a, of_b, metric)
    mixed: Literal["all", "trained"] = "trained" if "trained" in over else "all"
    return Pair(a, b, metric, paired, ours, theirs, used_a, used_b, mixed, differences, steps)


def _kept(counted: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return known & (counted | (over_of(counted) == "all"))


def _shared(a: ArmRuns, b: ArmRuns) -> tuple[Places, Places]:
    """The places of the runs with the seeds that both have, in a's order."""
    if np.array_equal(a.columns.seeds, b.columns.seeds):
        every = np.arange(len(a.columns.seeds))
        return every, every
    _, ours, theirs = np.intersect1d(a.columns.seeds, b.columns.seeds, assume_unique=True, return_indices=True)
    order = np.argsort(ours)
    return ours[order], theirs[order]


def _differences(a: Floats, b: Floats, metric: Metric) -> tuple[Floats, NDArray[np.int64] | None]:
    """b - a; in whole steps of the metric's resolution, where they can be counted, free of the rounding of floats."""
    unit = _steps_of_a_unit(metric)
    if unit is None or (len(a) and max(np.abs(a).max(), np.abs(b).max()) * unit > 2**53):
        return b - a, None
    if any(not np.allclose(of * unit, np.round(of * unit), rtol=_SAME, atol=1e-6) for of in (a, b)):
        return b - a, None  # finer than the resolution that was given: it bounds the variance, and rounds no figure
    steps = (np.round(b * unit) - np.round(a * unit)).astype(np.int64)
    return steps / unit, steps


def _steps_of_a_unit(metric: Metric) -> int | None:
    """How many steps of its resolution make a unit of the metric, if that is a whole number that can be counted."""
    if metric.items is not None:
        return metric.items
    if metric.resolution is None or not 1 / _MOST_STEPS <= metric.resolution <= 1:
        return None
    unit = round(1 / metric.resolution)
    return unit if abs(unit * metric.resolution - 1) < 1e-9 else None
