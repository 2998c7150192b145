"""What a reason of a verdict is: the form of the records in `reasons`, and what the rule tells them of a pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

Outcome = Literal["better", "equal", "open"]

# Sentences that say how large the difference is, which presentation chooses by what the figures are over.
BETTER = "{better}"  # the winner is better, by so much; or that it trains more often, where the figures do not say so
SIZES = "{sizes}"  # the figures of both arms and their difference, facing either way
REACHED = "{reached}"  # the figures of both arms alone
ALIKE = "{alike}"  # that nothing differs, and what else seeds that agree leave open
FIGURE_TOO = "{figure_too}"  # what is known of the figures where both train, where the counts are what is said first


@dataclass(frozen=True)
class Tests:
    """What the rule knows of pairs of arms, each an array of [..., pairs] of truth values.

    none_trained, all_trained: of the runs of both arms. identical: no figure differs between them. no_spread: there
    are figures, and no chance shows in them. tested: the figures were tested. counts, figure: this answer is decided,
    after correction. opposed: both are, and point to different arms. tails: the figures would be, were it not for a
    tail. equal: practically, by the figures.
    """

    none_trained: Flags
    all_trained: Flags
    identical: Flags
    no_spread: Flags
    tested: Flags
    counts: Flags
    figure: Flags
    opposed: Flags
    tails: Flags
    equal: Flags


@dataclass(frozen=True)
class Variants:
    """A sentence that is `so` where the comparison has a margin, or paired runs, and else `otherwise`."""

    has: Literal["margin", "paired"]
    so: str
    otherwise: str


@dataclass(frozen=True)
class Reason:
    """One reason.

    when: where it applies, if none before it does. outcome: what the verdict then is. headline, says: messages, with
    the placeholders of `PairFacts.values`; `says` may hold the capitals above. ps: names of the
    fields of a pair, the first known of which is the p that is said. power: which test's power says how many seeds
    would settle it. unsettled: what is said where no number of seeds is known.
    """

    name: str
    when: Callable[[Tests], Flags]
    outcome: Outcome
    headline: str
    says: tuple[str | Variants, ...]
    ps: tuple[str, ...] = ("p_holm", "p_decision")
    power: Literal["counts", "difference"] | None = None
    unsettled: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is about how many runs trained."""
        return "p_trained" in self.ps
