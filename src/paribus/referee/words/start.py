"""What a start tells: what was committed to, and what that can show."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.referee.journal import State
from paribus.referee.starting import Shown, notes_of, spread_of
from paribus.words.errors import message_words
from paribus.words.metric_format import measure_of
from paribus.words.translation import Lang, translator


def facts(state: State, lang: Lang) -> list[tuple[str, str]]:
    """Names and values of all that was committed to."""
    loop, words, measure = state.loop, translator(lang), measure_of(state.loop.program.judging, lang)
    spread = spread_of(loop.figures)
    places = measure.places(spread)
    better = words.text("less is better") if measure.metric.direction == "min" else words.text("more is better")
    rule = (
        words.text("not worse by more than {margin}", margin=measure.with_short_unit(measure.margin(loop.margin)))
        if loop.keep_if == "not_worse"
        else words.text("better")
    )
    none = words.text("none")
    budgets = [words.duration(b) if b else none for b in (loop.budget_per_try, loop.budget)]
    error = words.text("{level} that a loop of edits that do nothing keeps one", level=words.level(loop.error))
    found = [
        (words.text("Metric"), f"{measure.label} ({better})"),
        (words.text("Keep if"), rule),
        (words.text("Error"), error),
        (words.text("Budget"), words.text("{one} a try, {all} in all", one=budgets[0], all=budgets[1])),
        (words.text("Tries"), str(loop.tries) if loop.tries else words.text("not said")),
        (words.text("Pairs"), words.text("{n} a try at most", n=loop.pairs)),
        (words.text("Baseline"), ", ".join(measure.value(x, places) for x in loop.figures)),
        (words.text("Spread"), measure.with_short_unit(measure.number(spread, places)) if spread else none),
        (words.text("Ruler"), ", ".join(loop.ruler) or words.text("open: none was named")),
        (words.text("Data seen to be read"), _few(loop.data, lang)),
    ]
    if loop.guards:
        found.append((words.text("Guards"), ", ".join(guard.text for guard in loop.guards)))
    if loop.sealed:
        found.append((words.text("Sealed"), ", ".join(loop.sealed)))
    return found


def _few(names: Sequence[str] | None, lang: Lang) -> str:
    words = translator(lang)
    if names is None:
        return words.text("unknown")
    if not names:
        return words.text("none")
    more = words.text(" and {n} more", n=len(names) - 5) if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def shown_rows(state: State, shown: Sequence[Shown], lang: Lang) -> list[tuple[str, str, str]]:
    """Of each number of pairs: the difference that it finds, and the time."""
    words, measure = translator(lang), measure_of(state.loop.program.judging, lang)
    rows = []
    for one in shown:
        size = words.text("seldom found") if spread_of(state.loop.figures) else words.text("unknown")
        if one.low is not None and one.high is not None:
            places = measure.places(one.low)
            low, high = measure.number(one.low, places), measure.number(one.high, places)
            size = measure.with_short_unit(words.text("{low} to {high}", low=low, high=high))
        rows.append((str(one.pairs), size, words.duration(one.seconds)))
    return rows


def shown_note(shown: Sequence[Shown], lang: Lang) -> str:
    """What the two ends of a smallest difference are; empty where none is shown."""
    if all(one.low is None for one in shown):
        return ""
    return translator(lang).text(
        "The lower figure holds where a seed moves the baseline and the edit alike, the higher one where their luck "
        "has nothing in common. Which it is, tries tell. Times are of runs one after another on a machine as free as "
        "now."
    )


def notes(state: State, lang: Lang) -> list[str]:
    """What somebody should know before the first edit."""
    return [message_words(note, lang) for note in notes_of(state)]
