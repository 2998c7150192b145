"""Levels of one test after another, and other tests of one try: what `referee_simulation.py` compares."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from paribus.comparison.anytime.evalues import log_e_above
from paribus.comparison.moments import moments
from paribus.referee.keep_rule import STEPS, LoopError, Past, Try, share
from paribus.referee.sequential_sign_test import SignTest

ERROR = 0.05


class Levels:
    """The same level for every test, whatever came before."""

    def __init__(self) -> None:
        self.p: list[float] = []
        self.kept: list[int] = []  # tests, from 1, that rejected

    def level(self) -> float:
        return ERROR

    def rejects(self, p: float) -> bool:
        level = self.level()
        self.p.append(p)
        if p <= level:
            self.kept.append(len(self.p))
        return p <= level

    @property
    def next(self) -> int:
        return len(self.p) + 1


class Spending(Levels):
    """Alpha spending over an unknown number of tests."""

    def level(self) -> float:
        return ERROR * share(self.next)


class Lond(Levels):
    """LOND (Javanmard and Montanari 2015): the share, times one more than were kept. With e-values, e-LOND."""

    def level(self) -> float:
        return ERROR * share(self.next) * (len(self.kept) + 1)


class Lord(Levels):
    """LORD++ (Ramdas, Yang, Wainwright and Jordan 2017), with half the error as first wealth."""

    def level(self) -> float:
        first = ERROR / 2
        found = first * share(self.next)
        for number, at in enumerate(self.kept):
            found += (ERROR - first if number == 0 else ERROR) * share(self.next - at)
        return found


class Saffron(Levels):
    """SAFFRON (Ramdas, Zrnic, Wainwright and Jordan 2018), candidates at p of at most 1/2, half the error first."""

    def level(self) -> float:
        first, candidates = ERROR / 2, np.array([p <= 0.5 for p in self.p], dtype=int)
        found = first * share(self.next - int(candidates.sum()))
        for number, at in enumerate(self.kept):
            after = int(candidates[at:].sum())
            found += (ERROR - first if number == 0 else ERROR) * share(self.next - at - after)
        return min(0.5, 0.5 * found)


class Spent(Try):
    """The referee's try at levels that no keep raises."""

    def level_of(self, settings: LoopError, past: Sequence[Past]) -> float:
        return settings.error * share(sum(p.tested for p in past) + 1)


class LordTry(Try):
    """The referee's try at the levels of LORD++."""

    def level_of(self, settings: LoopError, past: Sequence[Past]) -> float:
        levels = Lord()
        for one in past:
            if one.tested:
                levels.rejects(0.0 if one.answer == "keep" else 1.0)
        return levels.level()


class Unscreened(Try):
    """Tested from the first pair: nothing is screened, and every try has its level."""

    def __init__(self, settings: LoopError, past: Sequence[Past]) -> None:
        super().__init__(settings, past)
        self.test = self.test_of(settings.most_pairs)


class Bet(SignTest):
    """A stake of 1 on the signs, given the sizes: kept when it has grown to 1 / level; valid whenever one stops."""

    def __init__(self, level: float, pairs: int, largest: int) -> None:
        super().__init__(level, pairs, largest)
        self.stake = 0.0

    def add(self, difference: int) -> bool:
        self.stake += math.log(2) - float(np.logaddexp(0, -1.6 * difference / STEPS))
        return self.stake >= -math.log(self.level)


class TBet(SignTest):
    """The one-sided t e-process (evalues.log_e_above), on the same differences."""

    def __init__(self, level: float, pairs: int, largest: int) -> None:
        super().__init__(level, pairs, largest)
        self.all: list[float] = []

    def add(self, difference: int) -> bool:
        self.all.append(difference / STEPS)
        m = moments(self.all, 1 / (6 * STEPS**2))
        return bool(log_e_above(m)[-1] >= -math.log(self.level))


class Last(SignTest):
    """The exact sign-flip test once, when all pairs were made."""

    def add(self, difference: int) -> bool:
        whole, self.level = self.level, self.level if self.used + 1 >= self.pairs else 0.0
        shown = super().add(difference)
        self.level = whole
        return shown


def testing(test: type[SignTest]) -> type[Try]:
    """The referee's try with another test."""

    class Other(Try):
        def test_of(self, pairs: int) -> SignTest:
            return test(self.level, pairs, 2 * STEPS)

    return Other


def screening(promising: float, most: int, hopeless: float, soon: int = 0) -> type[Try]:
    """The referee's try with another screening, given up elsewhere. soon: pairs after which no gain is enough."""

    class Other(Try):
        pass

    Other.promising, Other.most_screened, Other.hopeless, Other.soon = promising, most, hopeless, soon
    return Other
