"""Each arm at its best: what was tuned, over which ranges, what every try came to, and the arms compared at their best.

It lies beside the comparison of the same settings, as an explanation does.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from paribus.core.frozen import Document, Frozen
from paribus.records.comparison import Comparison, PairView
from paribus.records.program import FieldValue, Metric, ProgramInfo

TUNED_SCHEMA = 2

Sampler = Literal["random", "tpe"]
End = Literal["low", "high"]


class TunedField(Frozen):
    """A field that is tuned: numbers from `low` to `high`, or one of `choices`.

    logarithmic: tries are spread evenly over its logarithm. whole: only whole numbers.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    logarithmic: bool = False
    whole: bool = False
    choices: tuple[FieldValue, ...] = ()

    @property
    def count(self) -> float:
        """How many values it can take."""
        if self.choices:
            return len(self.choices)
        return self.high - self.low + 1 if self.whole else math.inf


class Try(Frozen):
    """One setting, run with every tuning seed.

    values: the tuned fields' values. given: the setting that the arm came with. runs: their ids; none where the program
    refused the setting. counted: how many of them came to their end and trained. score: mean of the steering metric
    over those that did, or over all that gave a figure where none did; None where there is no figure.
    """

    values: dict[str, FieldValue]
    given: bool = False
    runs: tuple[str, ...] = ()
    counted: int = 0
    score: float | None = None

    @property
    def worked(self) -> bool:
        """Whether all its runs trained."""
        return bool(self.runs) and self.counted == len(self.runs) and self.score is not None


class Edge(Frozen):
    """The best value of a field lies at an end: none that was tried lies beyond it."""

    field: str
    end: End


class TunedArm(Frozen):
    """One arm's search. fields: which of the tuned ones do something in it. best: place of the best try among `tries`.

    whole: these are all settings that there are.
    """

    arm: str
    fields: tuple[str, ...]
    tries: tuple[Try, ...]
    best: int
    whole: bool = False
    edges: tuple[Edge, ...] = ()

    @property
    def chosen(self) -> Try:
        """The try with which the arm is at its best."""
        return self.tries[self.best]


class Tuned(Document):
    """Each arm's search, by the steering metric, and the comparison of the arms at their best, on other seeds.

    metric: the one by which settings are chosen. seeds: those of the search, which no verdict uses. tries: how many
    each arm could have. sampler: what proposed settings. comparison: judged by the rule as any.
    """

    kind: ClassVar[str] = "tuned"
    schema_number: int = TUNED_SCHEMA
    program: ProgramInfo
    metric: Metric
    fields: tuple[TunedField, ...]
    seeds: tuple[int, ...]
    tries: int
    sampler: Sampler
    arms: tuple[TunedArm, ...]
    comparison: Comparison

    def gain_of(self, winner: str, same: PairView, best: PairView) -> Literal["less", "more", "alike"]:
        """Whether the arm that is better with the same settings gains less or more with each at its best.

        `alike` where the intervals of both differences have something in common, or one is not known.
        """
        if same.low is None or same.high is None or best.low is None or best.high is None or same.a != best.a:
            return "alike"
        if best.low <= same.high and same.low <= best.high:
            return "alike"
        towards_b = (best.low > same.high) == (self.program.judging.direction == "max")
        return "more" if towards_b == (winner == same.b) else "less"

    @property
    def by_verdict(self) -> bool:
        """Whether settings were chosen by the very metric that is judged."""
        return self.metric.name == self.program.judged
