"""Arms at their best on a terminal: every try as it ends, and then both answers."""

from __future__ import annotations

from paribus.comparison.words.tuned import (
    arm_called,
    best_words,
    both_answers,
    budget_words,
    edge_words,
    score_text,
    setting_words,
    together,
)
from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.events import TryEnded, TuningEvent
from paribus.records.tuned import Tuned
from paribus.terminal.results import show_tables, show_verdict
from paribus.terminal.screen import Column, Screen
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of


class TuningShow:
    """Shows one search: `begin`, each `event`; then comes `show_tuned`. `quiet` prints nothing."""

    def __init__(self, screen: Screen, design: Design, *, quiet: bool = False) -> None:
        self.screen, self._design, self._quiet = screen, design, quiet

    def begin(self) -> None:
        """That the arms are tuned now."""
        if not self._quiet:
            self.screen.blank()
            self.screen.paragraph(self.screen.words.text("Tuning each arm"), style="bold")

    def event(self, event: TuningEvent) -> None:
        """A line for each try."""
        if self._quiet or not isinstance(event, TryEnded):
            return
        words, found, measure = self.screen.words, event.found, measure_of(event.metric, self.screen.words.lang)
        arm = next(arm for arm in self._design.arms if arm.name == event.arm)
        told = {
            "n": event.number,
            "total": event.total,
            "arm": words.arm_label(arm.name, self._design.factor, arm.value),
            "setting": setting_words(found.values, words),
        }
        places = 2 if measure.is_share else measure.places((found.score or 0.0) / 100)
        if found.worked:
            score = f"{measure.label} {measure.value(found.score, places)}"
            self.screen.paragraph(words.text("{n} of {total}: {arm}, {setting}: {score}", **told, score=score))
        else:
            counts = {"k": found.counted, "of": len(found.runs)}
            self.screen.paragraph(words.text("{n} of {total}: {arm}, {setting}: trained {k} of {of}", **told, **counts))


def show_tuned(out: Screen, same: Comparison, tuned: Tuned, *, quiet: bool = False) -> None:
    """How settings were sought, each arm's best, the arms compared at it, and what both answers say together.

    `quiet` prints the second verdict and the last alone.
    """
    words = out.words
    first, best = both_answers(same, tuned, words.lang)
    if quiet:
        out.paragraph("\n\n".join(["", best.title, *best.paragraphs, *together(same, tuned, words.lang)]))
        return
    out.blank()
    out.paragraph(best.title, style="bold")
    out.paragraph(" ".join((*budget_words(tuned, words.lang), *best_words(tuned, words.lang))))
    for said in edge_words(tuned, words.lang):
        out.paragraph(said, style="yellow")
    _show_best(out, tuned)
    show_verdict(out, tuned.comparison)
    show_tables(out, tuned.comparison)
    out.blank()
    out.facts([(answer.title, "; ".join(answer.headlines)) for answer in (first, best)])
    for said in together(same, tuned, words.lang):
        out.paragraph(said)
    if tuned.comparison.command:
        out.verbatim(words.text("Run it again:"), tuned.comparison.command)


def _show_best(out: Screen, tuned: Tuned) -> None:
    words = out.words
    columns: list[str | Column] = [
        words.text("arm"),
        words.text("best setting"),
        Column(measure_of(tuned.metric, words.lang).label, "right"),
        Column(words.text("trained"), "right", spare=1),
        Column(words.text("tries"), "right"),
    ]
    rows = [
        [
            initial_capital(arm_called(tuned, arm.arm, words)),
            setting_words(arm.chosen.values, words),
            score_text(tuned, arm.chosen, words),
            f"{arm.chosen.counted}/{len(arm.chosen.runs)}",
            str(len(arm.tries)),
        ]
        for arm in tuned.arms
    ]
    out.blank()
    out.table(columns, rows)
