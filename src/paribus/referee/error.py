"""The error of a loop of edits: what to do next within a try, so that a loop of idle edits seldom keeps any.

The rule is docs/decisions/0016-the-error-of-a-loop.md, whose figures `benchmarks/referee_simulation.py` prints. A try
is first screened on a few pairs. What shows no promise is discarded, and spends nothing of the loop's error. What does
is tested, on pairs run after the screening, by betting on the sign of each difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from paribus.comparison.statistics import t_ends

Do = Literal["run", "keep", "discard", "open"]

_EFFECTS = np.array([0.4, 0.8, 1.6])  # gains that the test bets on, in spreads of a difference
_WEIGHTS = np.array([0.3, 0.4, 0.3])  # how much of the first stake is on each
_CLIP = 2.0  # spreads; one collapsed run counts as a difference of this size, whichever arm it is of
_SCREENED = 0.7  # the gain that screening looks for, in spreads: two arms of alike runs, a deviation apart
_NO_PROMISE, _PROMISE = -0.9, 0.9  # log likelihood ratios of that gain against none at which screening ends
_MOST_SCREENED = 6  # pairs
_LOST = -1.5  # log of what is left of the stake when the test gives up
_REMEMBERED = 20  # latest differences by which the spread is known


@dataclass(frozen=True)
class LoopError:
    """What a loop commits to before its first edit.

    error: the chance that a loop in which no edit does anything keeps one. tries: how many edits there will be, if that
    was said. margin: in the metric's unit; for `not_worse` the loss that is still accepted. most_pairs: of one try, by
    its budget. baseline: its figures at the start, by which the spread of a difference is known before there are any.
    """

    error: float = 0.05
    tries: int | None = None
    keep_if: Literal["better", "not_worse"] = "better"
    margin: float = 0.0
    most_pairs: int = 40
    baseline: tuple[float, ...] = ()


@dataclass(frozen=True)
class Past:
    """An earlier try as later ones depend on it. gains: of its pairs in the order in which they were decided upon."""

    answer: Literal["keep", "discard", "open"]
    tested: bool
    gains: tuple[float, ...]


@dataclass(frozen=True)
class Step:
    """What to do next, and why.

    Attributes:
        do: run more pairs, or stop with an answer.
        pairs: how many more to run now; 0 where it stops.
        used: how many of the pairs decided it; what ran beyond is shown and does not count.
        tested: whether the screening was passed, so that the try spends of the loop's error.
        reason: `first` no pair yet; `screening`, `testing` not decided yet; `shown` better, or not worse; `fails` the
            candidate failed in its first pair; `no_promise` in the screening, `lost_promise` in the test; `too_late` the
            pairs that are left cannot show it; `budget` no pair is left.
        level: what the try may spend; it is kept when `e` reaches 1 / level.
        e: what a stake of 1 has become: the evidence of the tested pairs.
        gain, low, high: mean of all pairs with figures, with the usual 95 % t interval; None where there is none.
    """

    do: Do
    pairs: int
    used: int
    tested: bool
    reason: str
    level: float
    e: float
    gain: float | None
    low: float | None
    high: float | None


def gain_of(baseline: float | None, candidate: float | None, direction: Literal["min", "max"]) -> float:
    """How much better the candidate's run is; a failed run (None, or no finite number) is worse than any figure.

    Infinite where one of them failed, NaN where both did.
    """
    ours, theirs = (x if x is not None and math.isfinite(x) else None for x in (candidate, baseline))
    if ours is None or theirs is None:
        return math.nan if ours is theirs else -math.inf if ours is None else math.inf
    return ours - theirs if direction == "max" else theirs - ours


def level(settings: LoopError, past: Sequence[Past]) -> float:
    """What the next try that passes its screening may spend.

    The k-th test spends a share of the error, times one more than the number of edits kept before it.
    """
    tests, kept = sum(p.tested for p in past), sum(p.answer == "keep" for p in past)
    return min(1.0, settings.error * _share(tests + 1, settings.tries) * (kept + 1))


def decide(settings: LoopError, past: Sequence[Past], gains: Sequence[float]) -> Step:
    """What to do next within a try.

    Args:
        settings: what the loop committed to.
        past: the outcomes of all earlier tries, oldest first.
        gains: of this try's pairs so far, in order, as `gain_of` has them.
    """
    allowed = level(settings, past)
    state = _Try(-math.log(allowed), settings, _sizes(settings, past))
    for gain in gains[: settings.most_pairs]:
        state.add(gain)
        if state.do != "run":
            break
    if state.do == "run" and state.used >= settings.most_pairs:
        state.do, state.reason = "open", "budget"
    finite = np.array([g for g in gains if math.isfinite(g)])
    low, high = t_ends(finite)
    return Step(
        do=state.do,
        pairs=_pairs_now(state) if state.do == "run" else 0,
        used=state.used,
        tested=state.tested,
        reason=state.reason,
        level=allowed,
        e=math.exp(state.evidence),
        gain=float(finite.mean()) if len(finite) else None,
        low=low,
        high=high,
    )


class _Try:
    """One try, pair by pair."""

    def __init__(self, needed: float, settings: LoopError, sizes: Sequence[float]) -> None:
        self.needed, self.settings, self.sizes = needed, settings, list(sizes)
        self.do: Do = "run"
        self.reason, self.used, self.tested = "first", 0, False
        self.promise, self.stakes, self.evidence = 0.0, np.log(_WEIGHTS), 0.0

    def add(self, gain: float) -> None:
        """One pair more. The size of a difference sets the bet, and only its sign wins or loses it."""
        self.used += 1
        if self.used == 1 and gain == -math.inf:
            self.do, self.reason = "discard", "fails"
            return
        if self.settings.keep_if == "not_worse":
            gain += self.settings.margin
        self.sizes.append(abs(gain))
        score = _score(gain, self.sizes[-_REMEMBERED - self.used :])
        self.promise += _SCREENED * score - _SCREENED**2 / 2
        if self.tested:
            self.stakes = self.stakes + math.log(2) - np.logaddexp(0, -2 * _EFFECTS * score)
            self.evidence = float(np.logaddexp.reduce(self.stakes))
            self._end_of_test()
        elif self.promise <= _NO_PROMISE or (self.used >= _MOST_SCREENED and self.promise < 0):
            self.do, self.reason = "discard", "no_promise"
        else:
            self.tested = self.promise >= _PROMISE or self.used >= _MOST_SCREENED
            self.reason = "testing" if self.tested else "screening"

    def _end_of_test(self) -> None:
        left = self.settings.most_pairs - self.used
        if self.evidence >= self.needed:
            self.do, self.reason = "keep", "shown"
        elif self.promise <= _NO_PROMISE or self.evidence <= _LOST:
            self.do, self.reason = "discard", "lost_promise"
        elif self.evidence + left * math.log(2) < self.needed:
            self.do, self.reason = ("discard", "too_late") if left else ("open", "budget")


def _share(k: int, tries: int | None) -> float:
    """The share of the error that the k-th test may spend; all shares add up to at most 1."""
    if tries is not None:
        return 1 / tries if k <= tries else 0.0
    return 1.2612 / ((k + 3) * math.log(k + 3) ** 2)


def _score(gain: float, sizes: Sequence[float]) -> float:
    """The difference in spreads, clipped: odd in the gain, and its size a function of sizes alone."""
    known = np.array([x for x in sizes if math.isfinite(x)])
    spread = float(np.quantile(known, 0.68)) if len(known) else 0.0
    if math.isnan(gain):
        return 0.0
    return float(np.clip(gain / spread, -_CLIP, _CLIP)) if spread else math.copysign(1.0, gain) * (gain != 0)


def _sizes(settings: LoopError, past: Sequence[Past]) -> list[float]:
    """Sizes of the latest differences: of earlier tries, and of the baseline's runs among themselves."""
    first = [abs(a - b) for a, b in combinations(settings.baseline, 2)]
    return (first + [abs(g) for p in past[-_REMEMBERED:] for g in p.gains[:_MOST_SCREENED]])[-_REMEMBERED:]


def _pairs_now(state: _Try) -> int:
    """One pair at a time: every pair can end a try."""
    return 1
