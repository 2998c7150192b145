"""Pairs of runs as they came, what they say after each, and what those that are still to come may say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.anytime.evalues import Paths, paths
from paribus.comparison.arm_results import MOST_PLACES, places_of
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.statistics import Floats
from paribus.core.seeds import generator
from paribus.records.program import Metric
from paribus.records.reasons import NO_SPREAD, NOTHING_TRAINED, REASONS, TOO_FEW

Sided = NDArray[np.str_]

# Why it is open where all runs trained: the figures do not settle it, or there is but one seed, which no test can.
_UNDECIDED = next(reason.name for reason in REASONS if reason.power == "difference")

_FUTURES = 400  # simulated, to know how likely a decision is
_FROM = 4  # pairs in which both trained: fewer say too little of what is to come
_SAME = 1e-12  # of the figures' size: what the rounding of floats alone may do


def settled_at(trains: Sided, figure: Sided, trained: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each pair decides: an answer is found; where runs failed, that their others are equal is none of all."""
    all_trained = np.cumsum(~trained.all(axis=-1), axis=-1) == 0
    return np.asarray((trains != "open") | np.where(figure == "equal", all_trained, figure != "open"))


@dataclass(frozen=True)
class SeenPairs:
    """The pairs [n, 2] of figures that there are, a's and b's; NaN where a run did not train. margin: 0 for none."""

    pairs: Floats
    metric: Metric
    margin: float

    @property
    def trained(self) -> NDArray[np.bool_]:
        """Which runs trained."""
        return ~np.isnan(self.pairs)

    @property
    def gains(self) -> Floats:
        """How much better b is than a."""
        return np.asarray(self.metric.gain(0, 1) * (self.pairs[:, 1] - self.pairs[:, 0]))

    @cached_property
    def least_variance(self) -> Floats:
        """Of a difference, after each pair: that of the metric's steps, or of the last place that figures have."""
        sizes = np.maximum.accumulate(np.nan_to_num(np.abs(self.pairs)).sum(axis=1))
        if self.metric.items is not None or self.metric.resolution is not None:
            of_steps: float | Floats = rule.rounding_variance(self.metric)
        else:
            of_steps = np.maximum.accumulate(places_of(self.pairs).max(axis=1, initial=0))
            of_steps = np.where(of_steps <= MOST_PLACES, 10.0 ** (-2 * of_steps) / 6, 0.0)
        return np.maximum(of_steps, (_SAME * sizes) ** 2)

    @cached_property
    def spread(self) -> NDArray[np.bool_]:
        """Whether the seed has changed a figure by then; outcomes by item are counted, and need not differ."""
        if self.metric.items is not None:
            return np.ones(len(self.pairs), dtype=bool)
        both = np.where(self.trained.all(axis=1, keepdims=True), self.pairs, np.nan)
        highest, lowest = np.fmax.accumulate(both, axis=0), np.fmin.accumulate(both, axis=0)
        return np.asarray((highest > lowest).any(axis=1))

    def paths(self) -> Paths:
        """The evidence after each pair."""
        return paths(
            self.gains,
            self.trained[:, 0],
            self.trained[:, 1],
            margin=self.margin,
            least_variance=self.least_variance,
            spread=self.spread,
        )

    @property
    def why_open(self) -> str:
        """What keeps it open, as a comparison would say it."""
        trained = self.trained
        if len(trained) and not trained.any():
            return NOTHING_TRAINED.name
        if not trained.all():
            return "counts_open"
        if len(trained) < 2:
            return TOO_FEW.name
        return _UNDECIDED if self.spread[-1] else NO_SPREAD.name

    def chance(self, error: float, most: int) -> float | None:
        """Of a decision within `most` pairs, if what comes is like what came: a share of simulated futures.

        Mean and deviation are drawn from what the pairs leave of them (flat priors on the mean and on the logarithm of
        the deviation), and pairs of which one arm or none trained come as often as they did.
        """
        n, more = len(self.pairs), most - len(self.pairs)
        if more <= 0:
            return 0.0
        seen = self.gains[self.trained.all(axis=1)]
        if n < _FROM or 0 < len(seen) < _FROM:
            return None
        draw, shape = generator(n, "futures"), (_FUTURES, more)
        kinds = self.trained[draw.integers(n, size=shape)]
        gains = np.full(shape, np.nan)
        if len(seen):
            squares = np.maximum(seen.var() * len(seen), self.least_variance[-1] * (len(seen) - 1))
            deviation = np.sqrt(squares / draw.chisquare(len(seen) - 1, (_FUTURES, 1)))
            mean = seen.mean() + deviation * draw.standard_normal((_FUTURES, 1)) / len(seen) ** 0.5
            gains = np.where(kinds.all(axis=-1), mean + deviation * draw.standard_normal(shape), np.nan)
        trained = np.concatenate([np.broadcast_to(self.trained, (_FUTURES, n, 2)), kinds], axis=1)
        found = paths(
            np.concatenate([np.broadcast_to(self.gains, (_FUTURES, n)), gains], axis=1),
            trained[..., 0],
            trained[..., 1],
            margin=self.margin,
            least_variance=np.append(self.least_variance, np.full(more, self.least_variance[-1])),
            spread=np.append(self.spread, np.full(more, self.spread[-1])),
        )
        return float(settled_at(*found.answers(error), trained).any(axis=1).mean())
