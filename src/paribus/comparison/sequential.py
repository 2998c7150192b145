"""A verdict that may be looked at after every pair of runs: go on, decided, or hopeless."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import rule
from paribus.comparison.arms import MOST_PLACES, places_of
from paribus.comparison.evalues import Paths, confidence, paths
from paribus.comparison.statistics import Floats
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.core.seeds import generator
from paribus.programs.metrics import metric_named
from paribus.records.comparison import Verdict
from paribus.records.program import Metric

Status = Literal["go_on", "decided", "hopeless"]
Sided = NDArray[np.str_]

ERROR = 0.05
MOST_PAIRS = 1000
HOPELESS = 0.05  # below this chance of a decision within the pairs that are left few would pay for them
_FUTURES = 400  # simulated, to know that chance
_FROM = 4  # pairs in which both trained: fewer say too little of what is to come
_SAME = 1e-12  # of the figures' size: what the rounding of floats alone may do


@dataclass(frozen=True)
class SequentialState:
    """What a Sequential says after some pairs.

    status: `decided`; `go_on`; or `hopeless`: undecided, and not likely to be decided within `most` pairs. verdict: of
    the first pair that decided; `open` until then, and where the two answers point opposite ways. trains, figure: the
    answers: which arm trains more often, and which is better where both trained, or `equal`. reason: as in a
    comparison. pairs: how many were added; decided_at: how many it took. both: pairs in which both trained; only_a,
    only_b: in which one alone did. difference: mean of b - a where both trained, in the metric's unit; low, high: its
    confidence sequence, which holds the true one after every pair at once with probability 1 - error; None while it is
    infinite. p: anytime-valid p of the answer that decided, or is nearest to it, as it then was; p_trains, p_figure,
    p_equal: of each. chance: of a decision within `most` pairs, if what comes is like what came; None where no most is
    given, it is decided, or too few pairs say it.
    """

    status: Status
    verdict: Verdict
    trains: Verdict
    figure: Verdict
    reason: str
    pairs: int
    decided_at: int | None
    both: int
    only_a: int
    only_b: int
    difference: float | None
    low: float | None
    high: float | None
    p: float
    p_trains: float
    p_figure: float
    p_equal: float
    error: float
    margin: float
    most: int | None
    chance: float | None

    @property
    def e(self) -> float:
        """The evidence, 1 / p: it is decided from 1 / error on."""
        return 1 / self.p


class Sequential:
    """Decide between two arms by pairs of runs that come one by one, and look after each.

    `judge = pb.Sequential("accuracy", margin=0.002)`, then `judge.add(0.91, 0.93).status` pair by pair. However often
    one looks, and whenever one stops: arms that are alike are called different with a chance of at most `error`, and
    arms that are a margin or more apart are called equal with a chance of at most `error`.

    Args:
        metric: `NAME:max` where more is better, `NAME:min` where less is; or a Metric.
        margin: a difference up to this counts as practically equal, in the metric's unit. By default 0.001 of a share
            of right answers, and no other metric is ever called equal.
        error: over all looks.
        most: how many pairs one is ready to make. With it the state says when no decision can be expected any more.

    Raises:
        ParibusError: with all faults at once.
    """

    def __init__(
        self, metric: str | Metric, margin: float | None = None, error: float = ERROR, *, most: int | None = None
    ) -> None:
        errors = ErrorCollector("the judgement")
        with errors:
            _check(margin, error, most)
        with errors:
            self.metric = metric_named(metric) if isinstance(metric, str) else metric
        errors.raise_all()
        usual = rule.DEFAULT_MARGIN if self.metric.unit == "share" else 0.0
        self.margin, self.error, self.most = usual if margin is None else float(margin), error, most
        self._pairs: list[tuple[float, float]] = []

    def add(self, a: float | None, b: float | None) -> SequentialState:
        """One pair more; a figure that is None or no finite number is of a run that did not train.

        Raises:
            ParibusError: where a figure is no number, or a share is beyond 0 to 1.
        """
        return self.add_all([(a, b)])

    def add_all(self, pairs: Iterable[tuple[float | None, float | None]]) -> SequentialState:
        """Several at once, in their order: the verdict is that of adding them one by one."""
        self._pairs += [(_figure(a, self.metric), _figure(b, self.metric)) for a, b in pairs]
        self.__dict__.pop("state", None)
        return self.state

    @cached_property
    def state(self) -> SequentialState:
        """What is known by now."""
        return judge_pairs(np.array(self._pairs).reshape(-1, 2), self.metric, self.margin, self.error, self.most)


def _check(margin: float | None, error: float, most: int | None) -> None:
    faults = []
    if margin is not None and not (_is_number(margin) and 0 <= margin < math.inf):
        faults.append(Fault("margin must be a number of at least 0", margin))
    if not (_is_number(error) and 0 < error <= 0.5):
        faults.append(Fault("error must be greater than 0 and at most 0.5", error))
    if most is not None and not (isinstance(most, int) and 2 <= most <= MOST_PAIRS):
        faults.append(Fault("most must be a whole number from 2 to {limit:,}", most, limit=MOST_PAIRS))
    if faults:
        raise FaultsError("the judgement", faults)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _figure(value: float | None, metric: Metric) -> float:
    """As a float; NaN where the run gave none."""
    if value is None:
        return math.nan
    if not _is_number(value):
        raise ParibusError("a figure must be a number, or None of a run that did not train", got=value)
    if metric.unit == "share" and math.isfinite(value) and not 0 <= value <= 1:
        raise ParibusError("{name} is a share from 0 to 1", name=metric.name, got=value)
    return float(value) if math.isfinite(value) else math.nan


def judge_pairs(pairs: Floats, metric: Metric, margin: float, error: float, most: int | None) -> SequentialState:
    """The state after pairs [n, 2] of figures, a's and b's; NaN where a run did not train."""
    seen = _Seen(pairs, metric, margin)
    found = seen.paths()
    trains, figure = found.answers(error)
    settled = _settled(trains, figure, seen.trained)
    decided = int(settled.argmax()) + 1 if settled.any() else None
    at = (decided or len(pairs)) - 1
    of_trains, of_figure = (str(answer[at]) if len(pairs) else "open" for answer in (trains, figure))
    chance = None if decided or most is None else seen.chance(error, most)
    both, turn = int(found.moments.n[-1]) if len(pairs) else 0, metric.gain(0, 1)
    ends = [float(end[-1]) * turn for end in confidence(found.moments, error)] if both else [math.inf]
    p_trains, p_figure, p_equal = (
        float(p[at]) if len(pairs) else 1.0 for p in (found.p_trains, found.p_figure, found.p_equal)
    )
    return SequentialState(
        status="decided" if decided else "hopeless" if chance is not None and chance < HOPELESS else "go_on",
        verdict=_verdict(of_trains, of_figure) if decided else "open",
        trains=_verdict(of_trains, "open"),
        figure=_verdict("open", of_figure),
        reason=_why_decided(of_trains, of_figure) if decided else seen.why_open,
        pairs=len(pairs),
        decided_at=decided,
        both=both,
        only_a=int((seen.trained[:, 0] & ~seen.trained[:, 1]).sum()),
        only_b=int((seen.trained[:, 1] & ~seen.trained[:, 0]).sum()),
        difference=float(found.moments.mean[-1]) * turn if both else None,
        low=min(ends) if math.isfinite(min(ends)) else None,
        high=max(ends) if math.isfinite(max(ends)) else None,
        p=p_equal if of_figure == "equal" else min(p_trains, p_figure),
        p_trains=p_trains,
        p_figure=p_figure,
        p_equal=p_equal,
        error=error,
        margin=margin,
        most=most,
        chance=chance,
    )


_LEAD = {"a_better": -1, "open": 0, "equal": 0, "b_better": 1}


def _settled(trains: Sided, figure: Sided, trained: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each pair decides: an answer is found; where runs failed, that their others are equal is none of all."""
    all_trained = np.cumsum(~trained.all(axis=-1), axis=-1) == 0
    return np.asarray((trains != "open") | np.where(figure == "equal", all_trained, figure != "open"))


def _verdict(trains: str, figure: str) -> Verdict:
    """Of both answers: where they point opposite ways no arm is better."""
    lead = _LEAD[trains] + _LEAD[figure]
    if lead:
        return "b_better" if lead > 0 else "a_better"
    return "equal" if figure == "equal" and trains == "open" else "open"


def _why_decided(trains: str, figure: str) -> str:
    if trains == "open":
        return "within_margin" if figure == "equal" else "difference"
    return "trade_off" if _LEAD[trains] * _LEAD[figure] < 0 else "trained_counts"


@dataclass(frozen=True)
class _Seen:
    """The pairs [n, 2] of figures that there are, NaN where a run did not train."""

    pairs: Floats
    metric: Metric
    margin: float

    @property
    def trained(self) -> NDArray[np.bool_]:
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
            return "neither_trained"
        if not trained.all():
            return "counts_open"
        if len(trained) < 2:
            return "too_few_seeds"
        return "not_separated" if self.spread[-1] else "no_spread"

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
        return float(_settled(*found.answers(error), trained).any(axis=1).mean())
