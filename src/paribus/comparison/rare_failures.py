"""What a verdict on figures cannot know: a rare failure of the better arm that none of its seeds showed.

Where one arm is steady and the other fails now and then, few seeds show an honest lead and nothing else, and no test
can tell the two apart (docs/decisions/0014-the-rule-second-edition.md). What always holds is a bound: the share of
seeds with such a failure (Clopper and Pearson 1934), and how bad each would have to be to cancel the lead.
"""

from __future__ import annotations

from typing import NamedTuple

from paribus.comparison.statistics import LEVEL, unseen_share
from paribus.records.reasons import REASON


class Unseen(NamedTuple):
    """share: of seeds that may fail though none did; loss: how bad each would be if it left no lead.

    The loss is in the metric's unit. None where no arm leads by its figures.
    """

    share: float | None = None
    loss: float | None = None


def unseen(reason: str, n: int, difference: float | None, level: float = LEVEL) -> Unseen:
    """Of a verdict with this reason, on `n` seeds of the better arm and a mean difference."""
    decided = REASON[reason]
    if decided.outcome != "better" or decided.counts or not n or difference is None:
        return Unseen()
    share = unseen_share(n, level)
    return Unseen(share, abs(difference) / share)
