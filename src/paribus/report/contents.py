"""What a report shows beside the comparison, as far as there is any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paribus.core.messages import Message
from paribus.records.explanation import Explanation
from paribus.records.intervention import LearningCurve

if TYPE_CHECKING:
    from paribus.records.map import VerdictMap
    from paribus.records.tuned import Tuned

LearningCurves = Sequence[LearningCurve | None]  # None for what was not run, or whose runs are gone


@dataclass(frozen=True, eq=False)
class ReportContents:
    """Each is None where there is none; the report then leaves it out.

    `explanation`: why, as it was last found; `curves`: how the runs of each of its `tested` learned. `lab`: what
    `recipe.lab.lab_data` made, in the report's language. `tests`: what the program's own parts are drawn from.
    `verdict_map`: how far the verdict reaches. `tuned`: the arms compared at their best. `damaged`: what was left out
    because it cannot be read.
    """

    explanation: Explanation | None = None
    curves: LearningCurves = ()
    lab: Mapping[str, Any] | None = None
    tests: Any = None
    verdict_map: VerdictMap | None = None
    tuned: Tuned | None = None
    damaged: tuple[Message, ...] = ()


NOTHING = ReportContents()
