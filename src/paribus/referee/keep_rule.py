"""The error of a loop of edits: what to do next within a try, so that a loop of idle edits seldom keeps any.

The rule is docs/decisions/0016-the-error-of-a-loop.md, whose figures `benchmarks/referee_simulation.py` prints. A try
is first screened on a few pairs: what shows no promise is discarded, and spends nothing of the loop's error. What does
is tested, on pairs run after the screening, by the exact sign-flip test.
"""

from __future__ import annotations

import math
import statistics
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from paribus.comparison.moments import LEVEL, half_width, moments
from paribus.referee.sequential_sign_test import SignTest

Answer = Literal["keep", "discard", "open"]
MOST_PAIRS = 60  # where a budget does not say

CLIP = 2.0  # spreads: a collapsed run counts as a difference of this size, whichever arm it is of
STEPS = 4  # to a spread, in which the test counts
_HOPED = 0.7  # the gain, in spreads, of two arms whose runs are alike and a deviation apart
_REMEMBERED = 20  # latest differences by which the spread is known
_STEADY = 0.5  # spreads: gains that vary by less, and are all better, are measured by themselves
_EVEN = 20.0  # about so many tests have much the same share of the error; later ones ever less


@dataclass(frozen=True)
class LoopError:
    """What a loop commits to before its first edit.

    error: the chance that a loop in which no edit does anything keeps one. tries: how many edits there will be, if that
    was said. margin: in the metric's unit, of `not_worse`: the loss that is still accepted. most_pairs: of one try, by
    its budget. baseline: its figures at the start, by which the spread of a difference is known before there are any.
    resolution: the least step of the metric.
    """

    error: float = 0.05
    tries: int | None = None
    keep_if: Literal["better", "not_worse"] = "better"
    margin: float = 0.0
    most_pairs: int = MOST_PAIRS
    baseline: tuple[float, ...] = ()
    resolution: float = 0.0


@dataclass(frozen=True)
class Past:
    """An earlier try as later ones depend on it. gains: of its pairs, in the order in which they were decided upon."""

    answer: Answer
    tested: bool
    gains: tuple[float, ...]


@dataclass(frozen=True)
class Step:
    """What to do next, and why.

    Attributes:
        do: run pairs, or stop with an answer.
        pairs: how many to run now, at least; 0 where it stops.
        used: how many of the pairs decided it; what ran beyond is shown and does not count.
        tested: whether the screening was passed, so that the try spends of the loop's error.
        reason: `first` no pair yet; `screening`, `testing` not decided yet; `shown` better, or not worse; `fails` the
            candidate failed in its first pair; `no_promise` in the screening, `lost_promise` in the test; `budget` no
            pair is left.
        level: of the test: the chance that an edit that does nothing and passed the screening is kept.
        gain, low, high: mean of all pairs with figures, and its confidence sequence: with probability 0.95 it holds the
            true gain after every pair at once. None where nothing is known yet.
    """

    do: Literal["run", "keep", "discard", "open"]
    pairs: int
    used: int
    tested: bool
    reason: str
    level: float
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


def share(test: int, tries: int | None = None) -> float:
    """The share of the error that a loop's test number `test` (from 1) has while nothing was kept.

    c / ((test + c - 1)(test + c)) with c = 20: all shares together are 1, however many tests there will be. Of
    a number of tries that was said beforehand c is a quarter, and they are shares of what so many can use.
    """
    if tries is not None and test > tries:
        return 0.0
    even = _EVEN if tries is None else max(1.0, tries / 4)
    used = 1.0 if tries is None else tries / (tries + even)
    return even / ((test + even - 1) * (test + even)) / used


def level(settings: LoopError, past: Sequence[Past]) -> float:
    """Of the next test: its share of the error, times one more than the number of edits kept before it."""
    tests, kept = sum(p.tested for p in past), sum(p.answer == "keep" for p in past)
    return min(0.5, settings.error * share(tests + 1, settings.tries) * (kept + 1))


def least_pairs(settings: LoopError, past: Sequence[Past]) -> float:
    """The fewest pairs by which the next try could be kept, however large its gain: one screens, the others test.

    Infinite where more tries were tested than were said.
    """
    allowed = level(settings, past)
    return 1 + math.ceil(-math.log2(allowed)) if allowed else math.inf


def decide(settings: LoopError, past: Sequence[Past], gains: Sequence[float]) -> Step:
    """What to do next within a try.

    Args:
        settings: what the loop committed to.
        past: the outcomes of all earlier tries, oldest first.
        gains: of this try's pairs so far, in order, as `gain_of` has them.
    """
    going = Try(settings, past)
    for gain in gains:
        if going.answer is None:
            going.add(gain)
    known = moments([g if math.isfinite(g) else math.nan for g in gains] or [math.nan], settings.resolution**2 / 6)
    far = half_width(known, 1 - LEVEL)[-1]
    low, high = float(known.mean[-1] - far), float(known.mean[-1] + far)
    return Step(
        do=going.answer or "run",
        pairs=0 if going.answer else 1,
        used=going.used,
        tested=going.test is not None,
        reason=going.reason,
        level=going.level,
        gain=float(known.mean[-1]) if known.n[-1] else None,
        low=low if math.isfinite(low) else None,
        high=high if math.isfinite(high) else None,
    )


class Try:
    """One try, pair by pair: `answer` is None until it is decided."""

    # Log likelihood ratios of the gain that is hoped for against none: tested from the first on, discarded at minus it;
    # what was promising once is given up at minus the second.
    promising, hopeless = 0.8, 1.5
    soon = 3  # pairs, after which a gain of nothing at all in their sum is enough to discard
    most_screened = 6  # pairs

    def __init__(self, settings: LoopError, past: Sequence[Past]) -> None:
        self.settings, self.level = settings, self.level_of(settings, past)
        self.answer: Answer | None = None
        self.reason, self.used, self.promise, self._sum = "first", 0, 0.0, 0
        self.test: SignTest | None = None
        self._sizes, self._spread = sorted(_sizes(settings, past)), 0.0
        self._screened: list[float] = []  # gains of its first pairs
        self._own: float | None = None  # the spread that it is tested by, where that is of its own first pairs

    def add(self, gain: float) -> None:
        """One pair more."""
        self.used += 1
        if self.used == 1 and gain == -math.inf:
            self.answer, self.reason = "discard", "fails"
            return
        gain += self.settings.margin * (self.settings.keep_if == "not_worse")
        steps = self._steps(gain)
        self._sum += steps
        self.promise += _HOPED * steps / STEPS - _HOPED**2 / 2
        if self.test is None:
            self._screened.append(gain)
            self._screen()
        elif self.test.add(steps):
            self.answer, self.reason = "keep", "shown"
        elif self.promise <= -self.hopeless:
            self.answer, self.reason = "discard", "lost_promise"
        if self.answer is None and self.used >= self.settings.most_pairs:
            self.answer, self.reason = "open", "budget"

    def level_of(self, settings: LoopError, past: Sequence[Past]) -> float:
        """The level that this try may spend."""
        return level(settings, past)

    def test_of(self, pairs: int) -> SignTest:
        """The test of what was found promising, on so many pairs at most."""
        return SignTest(self.level, pairs, int(CLIP * STEPS))

    def _screen(self) -> None:
        last = self.used >= self.most_screened
        hopeless = self.promise <= -self.promising or (last and self.promise < 0)
        hopeless |= self.used == self.soon and self._sum <= 0
        if hopeless and self._steady():
            self._own, self.promise = statistics.median(self._screened), self.promising
            hopeless = False
        if hopeless:
            self.answer, self.reason = "discard", "no_promise"
        elif self.promise >= self.promising or last:
            self.test, self.reason = self.test_of(max(1, self.settings.most_pairs - self.used)), "testing"
        else:
            self.reason = "screening"

    def _steady(self) -> bool:
        """Whether all gains are above none and vary far less than runs do: luck that both arms share by their seeds.

        A size of their own is known before the test then, from pairs that the test does not have.
        """
        alike = all(0 < gain < math.inf for gain in self._screened) and len(self._screened) > 1
        return alike and statistics.stdev(self._screened) < _STEADY * self._spread

    def _steps(self, gain: float) -> int:
        """The difference in whole steps of the spread, clipped: its size is known from sizes alone, without a sign."""
        if math.isnan(gain) or not gain:
            insort(self._sizes, 0.0)
            return 0
        if math.isfinite(gain):
            insort(self._sizes, abs(gain))
        if self._sizes:  # of a normal law so much lies within a deviation
            self._spread = self._sizes[int(0.68 * len(self._sizes))]
        spread = self._own or self._spread
        size = min(CLIP, abs(gain) / spread if spread else 1.0)
        return int(math.copysign(round(size * STEPS), gain))


def _sizes(settings: LoopError, past: Sequence[Past]) -> list[float]:
    """Sizes that show the spread of a difference: of the baseline's runs among themselves, and within earlier tries.

    From pair to pair, so that what an earlier edit was worth is not taken for luck: a large gain that was kept, or a
    large harm, would else hide every smaller one after it.
    """
    first = [abs(a - b) for a, b in combinations(settings.baseline, 2)]
    latest: list[float] = []
    for p in reversed(past[-_REMEMBERED:]):
        if len(latest) < _REMEMBERED:
            known = [g for g in p.gains[: Try.most_screened] if math.isfinite(g)]
            latest = [abs(b - a) / math.sqrt(2) for a, b in pairwise(known)] + latest
    return (first + latest)[-_REMEMBERED:]
