"""The sign-flip test, exact, looked at after every pair: how a promising try is tested."""

from __future__ import annotations

import numpy as np

_SLOW = 2  # the level is spent as the square of the pairs that were made: little at first, when few signs are known


class SignTest:
    """Are the differences better than a fair coin would sign them? One-sided; the error over all looks is the level.

    Given how large the differences are, each sign is a fair coin's if nothing changed (Fisher 1935, sec. 21). So the
    chance of every sum of signed sizes is counted exactly, over all patterns of signs that have not been shown before,
    and after each pair the highest sums that fit into the level spent so far show a gain. The level is spent by a
    function of the pairs made (Kim and DeMets 1987); that function and the sizes are known without any sign. No law of
    the differences is assumed but that they are symmetric and independent.

    Args:
        level: the chance, over all looks, that fair coins show a gain.
        pairs: how many there may be. The last one completes the level.
        largest: the greatest size of a difference, a whole number of steps.
    """

    def __init__(self, level: float, pairs: int, largest: int) -> None:
        self.level, self.pairs = level, pairs
        self.used, self.sum, self.spent = 0, 0, 0.0
        self._zero = pairs * largest
        self._chance = np.zeros(2 * self._zero + 1)  # of every sum, among patterns that have shown nothing yet
        self._chance[self._zero] = 1.0

    def add(self, difference: int) -> bool:
        """One pair more, in whole steps; whether a gain is shown."""
        self.used += 1
        self.sum += difference
        size, before = abs(difference), self._chance
        if size:
            self._chance = np.zeros_like(before)
            self._chance[size:] += 0.5 * before[:-size]
            self._chance[:-size] += 0.5 * before[size:]
        free = self.level * (self.used / self.pairs) ** _SLOW - self.spent
        tails = np.cumsum(self._chance[::-1])  # of at least the highest sum, of at least the next one, ...
        highest = int(np.searchsorted(tails, free, side="right"))
        if not highest:
            return False
        bound = len(tails) - highest
        self.spent += float(tails[highest - 1])
        self._chance[bound:] = 0.0
        return self.sum + self._zero >= bound
