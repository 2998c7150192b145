"""The report's part on arms at their best: both answers, each arm's search, and the second comparison in full."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.comparison.words.tuned import (
    Answer,
    best_words,
    both_answers,
    budget_words,
    edge_words,
    score_text,
    together,
)
from paribus.figures.arms import arm_names
from paribus.figures.svg import svg
from paribus.figures.tuning import NARROW, WIDE, is_drawn, tuning_figure
from paribus.records.comparison import Comparison
from paribus.records.tuned import Try, Tuned, TunedArm
from paribus.report.charts import Chart, differences_chart
from paribus.report.design import setting
from paribus.report.results import ArmCard, arm_cards
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, translator


@dataclass(frozen=True)
class TryRow:
    """A try: its arm as (index, name), a value for each tuned field, its score, how many runs trained; if it is best.

    `note`: that it was as given, or refused. `tries`, `failed`: how many its arm had, and how many of them did not
    train in every run.
    """

    arm: tuple[int, str]
    values: tuple[str, ...]
    score: str
    counted: str
    best: bool
    note: str
    tries: int
    failed: int


@dataclass(frozen=True)
class TunedView:
    """Texts are plain; charts are markup. `answers`: of the same settings and of each at its best.

    `together`: what both say, a sentence a pair; `how`: how settings were sought; `best`: each arm's in a sentence;
    `edges`: where a range should be wider. `fields`: what columns of settings are called.
    """

    title: str
    answers: tuple[Answer, Answer]
    together: tuple[str, ...]
    how: tuple[str, ...]
    best: tuple[str, ...]
    edges: tuple[str, ...]
    cards: tuple[ArmCard, ...]
    fields: tuple[str, ...]
    metric: str
    chosen: tuple[TryRow, ...]
    tries: tuple[TryRow, ...]
    search: Chart | None
    differences: Chart | None
    name: str
    command: str


def tuned_view(same: Comparison, tuned: Tuned, lang: str) -> TunedView:
    """All of it in one language. Raises ParibusError on an unknown one."""
    words = translator(lang)
    return TunedView(
        title=words.text("Each at its best"),
        answers=both_answers(same, tuned, lang),
        together=together(same, tuned, lang),
        how=budget_words(tuned, lang),
        best=best_words(tuned, lang),
        edges=edge_words(tuned, lang),
        cards=arm_cards(tuned.comparison, lang),
        fields=tuple(initial_capital(words.field(field.name)) for field in tuned.fields),
        metric=measure_of(tuned.metric, lang).title,
        chosen=tuple(_row(tuned, arm, arm.chosen, words) for arm in tuned.arms),
        tries=tuple(_row(tuned, arm, one, words) for arm in tuned.arms for one in _ordered(tuned, arm)),
        search=_search(tuned, lang),
        differences=differences_chart(tuned.comparison, lang, "tuned-differences"),
        name=tuned.comparison.id,
        command=tuned.comparison.command,
    )


def _ordered(tuned: Tuned, arm: TunedArm) -> list[Try]:
    """The best first; what did not train last."""

    def rank(one: Try) -> tuple[float, float]:
        gain = float("-inf") if one.score is None else tuned.metric.gain(0.0, one.score)
        return -one.counted, -gain

    return sorted(arm.tries, key=rank)


def _row(tuned: Tuned, arm: TunedArm, one: Try, words: Words) -> TryRow:
    index = [other.name for other in tuned.comparison.arms].index(arm.arm)
    note = "" if one.runs else words.text("refused by the program")
    return TryRow(
        arm=(index, arm_names(tuned.comparison, words.lang)[index]),
        values=tuple(
            setting(field.name, one.values[field.name], words.lang) if field.name in one.values else "–"
            for field in tuned.fields
        ),
        score=score_text(tuned, one, words),
        counted=words.text("{k} of {n}", k=one.counted, n=len(one.runs)),
        best=one == arm.chosen,
        note=words.text("as given") if one.given else note,
        tries=len(arm.tries),
        failed=sum(not other.worked for other in arm.tries),
    )


def _search(tuned: Tuned, lang: str) -> Chart | None:
    if not is_drawn(tuned):
        return None
    narrow, wide = (tuning_figure(tuned, lang, width) for width in (NARROW, WIDE))
    return Chart(narrow.title, svg(narrow, "tuning"), svg(wide, "tuning-wide"), name="tuning")
