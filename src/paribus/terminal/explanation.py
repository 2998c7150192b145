"""An explanation as it is searched and ends, on a terminal or as plain lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from paribus.diagnosis.words.explanation import explanation_headline, explanation_sections, symptom_words
from paribus.diagnosis.words.intervention_outcomes import planned_words
from paribus.diagnosis.words.search import Search, event_line, search_line
from paribus.diagnosis.words.sections import Section
from paribus.figures.arms import names_by_arm
from paribus.records.comparison import Comparison
from paribus.records.events import SearchEvent
from paribus.records.explanation import Explanation
from paribus.records.finding import Finding
from paribus.records.intervention import Intervention
from paribus.terminal.screen import Column, Screen
from paribus.terminal.waiting import Waiting


def show_symptoms(screen: Screen, findings: Sequence[Finding], *, watched: bool) -> None:
    """What the rules see in one run. `watched`: whether probes looked at it."""
    words = screen.words
    screen.paragraph(words.text("Symptoms"), style="bold")
    if watched:
        screen.items(symptom_words(findings, words))
    else:
        screen.items([words.text("Nobody looked: this run was trained with --probes=off.")])


class ExplanationShow(Waiting):
    """Shows each `event` of the search, then the `explanation`. Off a terminal each test is a line as it ends.

    comparison: the one that is explained; None of a run or a recipe.
    """

    def __init__(self, screen: Screen, comparison: Comparison | None = None, *, quiet: bool = False) -> None:
        super().__init__(screen, screen.words.text("Looking at what the probes saw"), quiet=quiet)
        self._search = Search()
        self._names = {} if comparison is None else names_by_arm(comparison, screen.words.lang)

    def event(self, event: SearchEvent) -> None:
        """Something happened to a run, or to the interventions that it tests."""
        self._search = self._search.after(event)
        if self._status is not None and (line := search_line(self._search, self.screen.words)):
            self._status.update(Text(line, no_wrap=True, overflow="ellipsis"))
        elif not self.screen.live and not self._quiet and (line := self._line(event)):
            self.screen.paragraph(line)

    def _line(self, event: SearchEvent) -> str:
        return event_line(event, self._search, self.screen.words, self._names)

    def planned(self, interventions: Sequence[Intervention], seconds: float | None = None) -> None:
        """What would be tested, in this order, and how long it would take where that is known."""
        words = self.screen.words
        told = tuple(planned_words(intervention, words.lang) for intervention in interventions)
        self._section(Section(words.text("Interventions to test, in this order"), told))
        if seconds is not None:
            self.screen.paragraph(words.text("This would take about {time}.", time=words.duration(seconds)))

    def explanation(self, explanation: Explanation, comparison: Comparison | None) -> None:
        """The end: the short answer, what was seen, and what each intervention came to; quiet, the answer alone."""
        lang = self.screen.words.lang
        self.screen.paragraph(explanation_headline(explanation, comparison, lang), style="bold")
        if self._quiet:
            return
        self.screen.blank()
        for section in explanation_sections(explanation, comparison, lang):
            self._section(section)

    def report(self, path: str) -> None:
        """Where the comparison's report is, once it is written again with the explanation in it."""
        self.screen.verbatim(self.screen.words.text("Report:"), path)

    def _section(self, section: Section) -> None:
        self.screen.paragraph(section.title, style="bold")
        if section.grid is not None:
            first, *others = section.grid.columns
            columns: list[str | Column] = [first, *(Column(title, "right") for title in others)]
            self.screen.table(columns, section.grid.rows)
        self.screen.items(section.sentences)
        self.screen.blank()
