"""What the decision rule says of results, as Python and notebooks have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from paribus.comparison.build_assertions import InBuild
from paribus.comparison.words.json_view import comparison_json
from paribus.comparison.words.verdict_text import verdict_words
from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.paper.export import InPaper
from paribus.records.comparison import Comparison, PairView
from paribus.words.translation import translator


@dataclass(frozen=True)
class Judgement(InPaper, InBuild):
    """What the decision rule says of some arms. `str` is the verdict in words, and so is what a notebook shows.

    `verdict`, `difference`, `interval` and the p values are of two arms, b minus a in the metric's unit; of more there
    are `pairs`, one for every two, corrected for their number. `comparison` has all figures of the arms as well;
    `notes` say how a table was read.
    """

    comparison: Comparison
    notes: tuple[Message, ...] = ()
    lang: str = "en"

    @property
    def pairs(self) -> tuple[PairView, ...]:
        """Every pair of arms with its figures and its verdict."""
        return self.comparison.pairs

    @property
    def pair(self) -> PairView:
        """The pair, where there are two arms. Raises ParibusError where there are more."""
        if len(self.pairs) > 1:
            raise ParibusError("there are {n} pairs of arms: ask `pairs` for each", n=len(self.pairs))
        return self.pairs[0]

    @property
    def verdict(self) -> str:
        """`a_better`, `b_better`, `equal` (practically equal) or `open` (not established)."""
        return self.pair.verdict

    @property
    def better(self) -> str | None:
        """The name of the arm that is better; None where neither is established to be."""
        return {"a_better": self.pair.a, "b_better": self.pair.b}.get(self.verdict)

    @property
    def difference(self) -> float | None:
        """Mean of the paired differences, or the difference of the means of runs that are not paired."""
        return self.pair.difference

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % t interval over seeds, or Welch's; None of a single seed."""
        low, high = self.pair.low, self.pair.high
        return None if low is None or high is None else (low, high)

    @property
    def p_t(self) -> float | None:
        """p of the paired t test, or of Welch's, two-sided; None of a single seed."""
        return self.pair.p_t

    @property
    def p_sign_flip(self) -> float | None:
        """p of the exact sign-flip permutation test, two-sided; None of runs that are not paired."""
        return self.pair.p if self.comparison.paired else None

    @property
    def p_permutation(self) -> float | None:
        """p of the exact permutation test of runs that are not paired; None of many, and of those that are paired."""
        return None if self.comparison.paired else self.pair.p

    @property
    def p_equal(self) -> float | None:
        """p of two one-sided t tests (TOST): small where the difference is within the margin."""
        return self.pair.p_equal

    def words(self, lang: str | None = None) -> str:
        """The verdict in words, in `en` or `ko`."""
        return verdict_words(self.comparison, lang or self.lang)

    def in_language(self, lang: str) -> Judgement:
        """The same, said in `ko` or `en`."""
        return replace(self, lang=translator(lang).lang)

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md."""
        return comparison_json(self.comparison)

    def __str__(self) -> str:
        return self.words()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))
