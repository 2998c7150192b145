"""The two answers that a verdict is made of: whether it trains, and how good it is where it does."""

from __future__ import annotations

from typing import Literal

from paribus.core.frozen import Frozen

Verdict = Literal["a_better", "b_better", "equal", "open"]


class Answer(Frozen):
    """One answer about a pair of arms.

    test: `fisher`, `t` (paired) or `welch`; `anytime_counts` or `anytime_t` in a comparison that grew pair by pair.
    p: of that test; p_adjusted: corrected for all answers and pairs that are judged together; None where they do not
    exist. level: what p_adjusted is compared with, the look's.
    """

    verdict: Verdict
    test: str
    p: float | None
    p_adjusted: float | None
    level: float


class Answers(Frozen):
    """Both answers about a pair of arms.

    trains: which arm trains in more of its runs; None where every run trained, so that there is nothing to ask. figure:
    which arm has the better figures over the runs that trained (paired: over the seeds in which both did); None where
    there are too few to ask.
    """

    trains: Answer | None
    figure: Answer | None


class Anytime(Frozen):
    """How far a pair of arms came in a comparison that grew pair by pair.

    status: `decided`; `hopeless`, where no decision within `most` pairs was to be expected; `go_on`, where the time was
    used up before. decided_at: after how many pairs it was decided. most: how many there might be. chance: of a
    decision within these, where it is open and that can be said.
    """

    status: Literal["go_on", "decided", "hopeless"]
    decided_at: int | None
    most: int
    chance: float | None
