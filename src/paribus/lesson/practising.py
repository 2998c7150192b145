"""Practise why: what a run of a spoilt recipe shows, a prediction of its cause, and then what `pb.explain` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.lesson.cases import CAUSES, SIZE, START, TWELVE, Spoilt
from paribus.lesson.predicting import Prediction
from paribus.words.translation import Words, translator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paribus.figures.specification import FigureSpec
    from paribus.records.explanation import Explanation
    from paribus.results import Run

# Figures of one run, as `paribus figure` draws them, in the order in which one reads them.
KINDS = ("curves", "answers", "classes", "batches", "signal", "units", "updates", "forces")
FEWEST = 6  # cases to say something of
_BOX = "background:#fff;color:#1c1f2e;border:1px solid #d9d9d3;border-radius:8px;padding:12px 16px;max-width:920px"


@dataclass(frozen=True)
class Causes:
    """The fields that may be spoilt; shows itself as a list."""

    lang: str = "en"

    def __iter__(self) -> Iterator[str]:
        return iter(CAUSES)

    def _told(self) -> list[tuple[str, str]]:
        words = translator(self.lang)
        return [(name, f"{words.field(name)}: {words.meaning(name)}") for name in CAUSES]

    def __str__(self) -> str:
        return "\n".join(f"{name:18} {told}" for name, told in self._told())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = (f"<li><code>{name}</code> {escape(told)}</li>" for name, told in self._told())
        return f'<ul lang="{self.lang}">{"".join(rows)}</ul>'


@dataclass(frozen=True)
class Case:
    """What one run of a spoilt recipe shows, and not what is spoilt. In Jupyter it shows its figures.

    Its run lies in the store with all its settings: who looks there has the answer, and no practice.
    """

    number: int
    _run: Run
    lang: str = "en"

    def figure(self, kind: str = "curves") -> Figure:
        """One figure, for matplotlib. kind: curves, answers, classes, batches, signal, units, updates or forces."""
        from paribus.figures.matplotlib_backend import on_paper

        return on_paper(self._drawn(kind))

    def reveal(self, said: Prediction) -> Revealed:
        """What was spoilt, what `pb.explain` says to it, and what your prediction was worth.

        Makes the runs that an explanation needs. Raises ParibusError where `said` is no prediction of the causes that
        may be, and for case 0, which is not spoilt.
        """
        if self.number == 0:
            raise ParibusError("case 0 is not spoilt: it is there for the others to be compared with")
        for fault in _faults_of(self.number, said):
            raise ParibusError(fault)
        from paribus.diagnosis.explain import explain

        made = Prediction({name: said.chances.get(name, 0.0) for name in CAUSES}, said.by, said.because)
        explanation = explain(self._run.recipe, out=self._run.folder.path.parents[1])
        return Revealed(self.number, TWELVE[self.number - 1], made, explanation, self.lang)

    def _drawn(self, kind: str) -> FigureSpec:
        """The figure without its caption, which names the settings."""
        from paribus.programs.recipe.figures.run import run_spec
        from paribus.programs.view import program_view

        if kind not in KINDS:
            raise ParibusError("{field} must be one of {choices}", field="kind", choices=KINDS, got=kind)
        view = program_view(self._run.record.program)
        figure = run_spec(view.run_material(self._run, kind, 0), kind, self.lang)
        return replace(figure, caption=(), height=figure.height - 22)

    def __str__(self) -> str:
        words, fields = translator(self.lang), self._run.record.fields
        activation, optimizer = (words.value_name(name, fields[name]) for name in ("activation", "optimizer"))
        return words.text(
            "Case {n}: LeNet with {activation}, trained with {optimizer}.",
            n=self.number, activation=activation, optimizer=optimizer,
        )  # fmt: skip

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from paribus.figures.svg import svg

        drawn = (svg(self._drawn(kind), f"case-{self.number}-{kind}") for kind in KINDS)
        figures = "".join(f'<div style="margin:10px 0 18px;overflow-x:auto">{one}</div>' for one in drawn)
        return f'<div lang="{self.lang}" style="{_BOX}"><p><b>{escape(str(self))}</b></p>{figures}</div>'


@dataclass(frozen=True)
class Revealed:
    """The answer to a case. outcome: the field that was spoilt. named: what the explanation names as the cause."""

    number: int
    _spoilt: Spoilt
    prediction: Prediction
    explanation: Explanation
    lang: str = "en"

    @property
    def outcome(self) -> str:
        """The field that was spoilt."""
        return self._spoilt.field

    @property
    def named(self) -> str | None:
        """The field that the explanation names first as a cause; None where it names none, or two at once."""
        cause = self.explanation.first_cause
        return cause.changes[0].factor if cause is not None and len(cause.changes) == 1 else None

    @property
    def score(self) -> float:
        """The Brier score of the prediction: 0 for who was sure and right, 2 for sure and wrong."""
        return self.prediction.brier(self.outcome)

    def _lines(self) -> list[str]:
        from paribus.diagnosis.words.explanation import explanation_headline, symptom_words

        words = translator(self.lang)
        spoilt = words.text(
            "Spoilt was {field}: {value}.", field=self.outcome, value=_written(self._spoilt.value, words)
        )
        chance = self.prediction.chances[self.outcome]
        worth = words.text("You gave it {chance:.2f}. Brier score: {score:.3f}.", chance=chance, score=self.score)
        seen = symptom_words(self.explanation.symptoms[0].findings[:2], words)
        return [f"{spoilt} {worth}", f"paribus why: {explanation_headline(self.explanation, None, words.lang)}", *seen]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        first, why, *seen = map(escape, self._lines())
        symptoms = "".join(f"<li>{one}</li>" for one in seen)
        return f'<div lang="{self.lang}" style="{_BOX}"><p>{first}</p><p><b>{why}</b></p><ul>{symptoms}</ul></div>'


def case(number: int, *, out: str | Path | None = None, lang: str = "en") -> Case:
    """One of the twelve spoilt recipes, as one run of it shows itself; case 0 is a sound one, to compare with.

    Args:
        number: from 0 to 12.
        out: the store (`PARIBUS_OUT`, or ./paribus-lab); a run that is there is not made again.
        lang: `en` or `ko`.

    Raises:
        ParibusError: there is no such case.
    """
    translator(lang)
    if type(number) is not int or not 0 <= number <= len(TWELVE):
        raise ParibusError("a case is a number from 0 to {n}", n=len(TWELVE), got=number)
    from paribus.runs.train_one import train

    settings = TWELVE[number - 1].settings if number else SIZE
    return Case(number, train(START, settings=settings, out=out, on_event=lambda event: None), lang)


def causes(lang: str = "en") -> Causes:
    """What may be spoilt in a case: the names that a prediction gives chances to."""
    translator(lang)
    return Causes(lang)


def said_faults(said: Any) -> Iterator[Message]:
    """What is wrong with predictions by case, without a word of what is right."""
    if not isinstance(said, Mapping):
        yield Message("What is said of the cases must be a dictionary: case 3 is said[3].")
        return
    for number, one in said.items():
        if number not in range(1, len(TWELVE) + 1):
            yield Message("There is no case {n}: they are 1 to {most}.", n=str(number), most=len(TWELVE))
            continue
        yield from _faults_of(number, one)
        if isinstance(one, Prediction) and not one.because.strip():
            yield Message("Case {n} has no reason: say with because= what you saw.", n=number)
    if len(said) < FEWEST:
        yield Message("Predictions of at least {least} cases are wanted; there are {n}.", n=len(said), least=FEWEST)


def _faults_of(number: int, said: Any) -> Iterator[Message]:
    if not isinstance(said, Prediction):
        yield Message("What is said of case {n} must come from pb.lesson.predict.", n=number)
    elif unknown := [name for name in said.chances if name not in CAUSES]:
        yield Message("Case {n}: a cause must be one of {choices}; got {name}.",
                      n=number, choices=CAUSES, name=unknown[0])  # fmt: skip


def _written(value: Any, words: Words) -> str:
    return value if isinstance(value, str) else f"{value:g}"
