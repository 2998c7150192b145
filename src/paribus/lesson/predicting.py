"""Predictions with chances, and what they were worth: the Brier score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from paribus.core.errors import ParibusError
from paribus.results import ComparisonResult
from paribus.words.translation import translator

NEITHER = "neither"


@dataclass(frozen=True)
class Prediction:
    """What somebody expects. chances: of each outcome, together 1. by: how large the difference will be, in the
    comparison's unit. because: why.
    """

    chances: Mapping[str, float]
    by: float | None = None
    because: str = ""

    def brier(self, outcome: str) -> float:
        """The sum over all outcomes of (chance - what came)²: 0 for who was sure and right, 2 for sure and wrong.

        Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
        `neither` needs no chance of its own: who gave it none expected it with none. Raises ParibusError for another
        outcome that no chance was given for.
        """
        if outcome not in self.chances and outcome != NEITHER:
            raise ParibusError("an outcome must be one of {choices}", choices=tuple(self.chances), got=outcome)
        chances = {outcome: 0.0, **self.chances}
        return math.fsum((chance - (name == outcome)) ** 2 for name, chance in chances.items())


def predict(chances: Mapping[str, float], *, by: float | None = None, because: str = "") -> Prediction:
    """Say beforehand what will come out, and how sure you are: `{"Model_1": 0.2, "Model_2": 0.7, "neither": 0.1}`.

    Args:
        chances: of each possible outcome, from 0 to 1, together 1.
        by: how large the difference will be.
        because: the reason, in words of your own.

    Raises:
        ParibusError: the chances are no chances, or a blank was left.
    """
    given: dict[str, object] = {**chances, "by": by, "because": because}
    if blank := [name for name, value in given.items() if value is ...]:
        raise ParibusError("a blank is left: {names}", names=blank)
    fits = all(isinstance(c, int | float) and 0 <= c <= 1 for c in chances.values())
    if len(chances) < 2 or not fits or not math.isclose(math.fsum(chances.values()), 1, abs_tol=1e-6):
        raise ParibusError("the chances of two outcomes or more, from 0 to 1, must add up to 1", got=str(dict(chances)))
    return Prediction(dict(chances), by, because)


def outcome(compared: ComparisonResult) -> str:
    """The name of the arm that is better, of two; `neither` where none is established better."""
    pair = compared.comparison.pairs[0]
    return {"a_better": pair.a, "b_better": pair.b}.get(pair.verdict, NEITHER)


@dataclass(frozen=True)
class Scores:
    """What predictions of one question were worth. In Jupyter it shows itself as a table."""

    outcome: str
    predictions: Mapping[str, Prediction]
    lang: str = "en"

    @property
    def brier(self) -> dict[str, float]:
        """The Brier score of each: less is better."""
        return {name: prediction.brier(self.outcome) for name, prediction in self.predictions.items()}

    def _rows(self) -> list[tuple[str, str, str]]:
        words = translator(self.lang)
        head = (words.text("Prediction"), words.text("Chance of what came out"), words.text("Brier score"))
        made = self.predictions.items()
        return [
            head,
            *((name, f"{p.chances.get(self.outcome, 0.0):.2f}", f"{p.brier(self.outcome):.3f}") for name, p in made),
        ]

    def _title(self) -> str:
        return translator(self.lang).text(
            "What came out: {outcome}. A score of 0 is best, 2 worst.", outcome=self.outcome
        )

    def __str__(self) -> str:
        return "\n".join([self._title(), *("   ".join(row) for row in self._rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rows = ([escape(cell) for cell in row] for row in self._rows())
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        return f'<div lang="{self.lang}"><p>{escape(self._title())}</p><table><tr>{heads}</tr>{body}</table></div>'


def scores(outcome: str, lang: str = "en", **predictions: Prediction) -> Scores:
    """Score predictions, each under a name of its own: `scores("Model_2", before=first, after=second)`.

    Raises ParibusError for an outcome that one of them gave no chance.
    """
    made = Scores(outcome, predictions, lang)
    _ = made.brier
    return made
