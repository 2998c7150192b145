"""A verdict that may be looked at after every pair of runs: go on, decided, or hopeless."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from paribus.comparison.anytime.evalues import confidence
from paribus.comparison.anytime.pair_evidence import SeenPairs, settled_at
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.statistics import Floats, unseen_share
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.programs.metrics import metric_named
from paribus.records.program import Metric
from paribus.records.verdict_parts import Verdict
from paribus.tables.plain import is_number

Status = Literal["go_on", "decided", "hopeless"]

ERROR = 0.05
MOST_PAIRS = 1000
HOPELESS = 0.05  # below this chance of a decision within the pairs that are left few would pay for them


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

    @property
    def unseen_share(self) -> float:
        """In how large a share of pairs an arm may do much worse though it did in none of these; 1 of no pair."""
        return unseen_share(self.both, 1 - self.error) if self.both else 1.0


class Sequential:
    """Decide between two arms by pairs of runs that come one by one, and look after each.

    `judge = pb.Sequential("score:max", margin=0.002)`, then `judge.add(0.91, 0.93).status` pair by pair. However often
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
    if margin is not None and not (is_number(margin) and 0 <= margin < math.inf):
        faults.append(Fault("margin must be a number of at least 0", margin))
    if not (is_number(error) and 0 < error <= 0.5):
        faults.append(Fault("error must be greater than 0 and at most 0.5", error))
    if most is not None and not (isinstance(most, int) and 2 <= most <= MOST_PAIRS):
        faults.append(Fault("most must be a whole number from 2 to {limit:,}", most, limit=MOST_PAIRS))
    if faults:
        raise FaultsError("the judgement", faults)


def _figure(value: float | None, metric: Metric) -> float:
    """As a float; NaN where the run gave none."""
    if value is None:
        return math.nan
    if not is_number(value):
        raise ParibusError("a figure must be a number, or None of a run that did not train", got=value)
    if metric.unit == "share" and math.isfinite(value) and not 0 <= value <= 1:
        raise ParibusError("{name} is a share from 0 to 1", name=metric.name, got=value)
    return float(value) if math.isfinite(value) else math.nan


def judge_pairs(pairs: Floats, metric: Metric, margin: float, error: float, most: int | None) -> SequentialState:
    """The state after pairs [n, 2] of figures, a's and b's; NaN where a run did not train."""
    seen = SeenPairs(pairs, metric, margin)
    found = seen.paths()
    trains, figure = found.answers(error)
    settled = settled_at(trains, figure, seen.trained)
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
