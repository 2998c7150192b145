"""How far the search for an explanation is: what is tested now, and what came of the rest. For terminal and page."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from paribus.diagnosis.words.intervention_outcomes import intervention_words
from paribus.programs.view import length_words
from paribus.records.events import RunEnded, SearchEvent, TrialEnded, TrialsBegun, TrialStarted
from paribus.records.intervention import Effect, Intervention
from paribus.records.program import ProgramInfo
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of
from paribus.words.translation import LANGUAGES, Lang, Words, language_from_locale, translator


@dataclass(frozen=True)
class Search:
    """What events have told so far. `effects`: of each intervention the latest, in the order in which they came."""

    phase: TrialsBegun | None = None
    doing: tuple[Intervention, ...] = ()
    ended: int = 0  # interventions of this phase
    effects: dict[Intervention, Effect] = field(default_factory=dict)

    def after(self, event: SearchEvent) -> Search:
        """The search after one more event; runs and epochs change nothing."""
        match event:
            case TrialsBegun():
                doing = event.interventions if event.phase == "repairing" else ()
                return replace(self, phase=event, doing=doing, ended=0)
            case TrialStarted():
                return replace(self, doing=(*self.doing, event.intervention))
            case TrialEnded():
                doing = tuple(one for one in self.doing if one != event.intervention)
                kept = {one: effect for one, effect in self.effects.items() if one != event.intervention}
                return replace(
                    self, doing=doing, ended=self.ended + 1, effects={**kept, event.intervention: event.effect}
                )
        return self


def search_line(search: Search, words: Words) -> str:
    """A line for a terminal: the phase, what is tested, and how many of it are done; nothing before the first test."""
    if search.phase is None:
        return ""
    if search.phase.phase == "repairing":
        return _phase(search.phase, words)
    return words.text(
        "{phase}: {changes} ({k} of {n} done)",
        phase=_phase(search.phase, words),
        changes=", ".join(intervention_words(one, words.lang) for one in search.doing) or "–",
        k=search.ended,
        n=len(search.phase.interventions),
    )


def search_told() -> Callable[[SearchEvent], str]:
    """What the search is at after each event, in the locale's language: for a bar in a notebook."""
    search, words = Search(), translator(language_from_locale(os.environ))

    def told(event: SearchEvent) -> str:
        nonlocal search
        search = search.after(event)
        return search_line(search, words)

    return told


def event_line(event: SearchEvent, search: Search, words: Words, names: Mapping[str, str] | None = None) -> str:
    """A line for where nothing is drawn over: of a phase, a test or a run of no test that has ended; else nothing.

    search: as it is after the event. A test's own runs have no line, for the test has one. names: what people call the
    arms.
    """
    match event:
        case TrialsBegun():
            return initial_capital(_phase(event, words)) + ":"
        case TrialEnded() if search.phase is not None:
            change = initial_capital(intervention_words(event.intervention, words.lang))
            reached = _reached(event.effect, search.phase.program, words.lang)
            done = {"change": change, "reached": reached, "k": search.ended, "n": len(search.phase.interventions)}
            return "  " + words.text("{change}: {reached}; {k} of {n} done", **done)
        case RunEnded(reused=True) | RunEnded(arm="with" | "without"):
            return ""  # told before; or of a test (`trial_runner`), which may end while the repair is under way
        case RunEnded() if search.phase is None or search.phase.phase == "repairing":
            run = words.text("{arm}, seed {seed}", arm=(names or {}).get(event.arm, event.arm), seed=event.seed)
            return "  " + words.text("{run}: finished", run=run)
    return ""


def _phase(begun: TrialsBegun, words: Words) -> str:
    seeds = ", ".join(map(str, begun.seeds))
    match begun.phase:
        case "screening" if begun.program.length is None:
            return words.text("One run of each, to choose what to confirm")
        case "screening" if begun.program.length != "epochs":
            length = length_words(begun.program, begun.epochs, words)
            return words.text("Short runs ({length}), to choose what to confirm", length=length)
        case "screening":
            return words.plural(
                "Short runs of {n} epoch, to choose what to confirm",
                "Short runs of {n} epochs, to choose what to confirm",
                begun.epochs,
            )
        case "confirming" if begun.program.length != "epochs":
            return words.text(
                "Confirming on fresh seeds ({seeds}), with the change and with the old value put back", seeds=seeds
            )
        case "confirming":
            return words.plural(
                "Confirming over {n} epoch on fresh seeds ({seeds}), with the change and with the old value put back",
                "Confirming over {n} epochs on fresh seeds ({seeds}), with the change and with the old value put back",
                begun.epochs,
                seeds=seeds,
            )
        case "repairing":
            change = intervention_words(begun.interventions[0], words.lang)
            return words.text("The comparison once more, with {change} in all arms", change=change)


def search_json(search: Search) -> dict[str, Any]:
    """For the page, in every language: `phase`, `doing`, `ended` of `of`, and `done`, the latest first.

    Each of `done` has its `change`, `before` and `after` (in the metric's unit) and `text`, with the numbers.
    """
    begun = search.phase
    return {
        "phase": None if begun is None else {lang: _phase(begun, translator(lang)) for lang in LANGUAGES},
        "doing": [_named(one) for one in search.doing],
        "ended": search.ended,
        "of": None if begun is None or begun.phase == "repairing" else len(begun.interventions),
        "done": [
            {
                "change": _named(one),
                "before": seen.before,
                "after": seen.after,
                "text": {lang: _reached(seen, begun.program, lang) for lang in LANGUAGES},
            }
            for one, seen in reversed(search.effects.items())
            if begun is not None
        ],
    }


def _named(intervention: Intervention) -> dict[Lang, str]:
    return {lang: initial_capital(intervention_words(intervention, lang)) for lang in LANGUAGES}


def _reached(seen: Effect, program: ProgramInfo, lang: Lang) -> str:
    measure = measure_of(program.steering, lang)
    words, places = measure.words, measure.places()
    over = (length_words(program, seen.epochs, words), words.plural("{n} seed", "{n} seeds", len(seen.seeds)))
    return words.text(
        "{before} → {after} ({over})",
        before=measure.value(seen.before, places),
        after=measure.value(seen.after, places),
        over=", ".join(filter(None, over)),
    )
