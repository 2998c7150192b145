"""The path of a loop in words: rows for a page and for Markdown, which show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paribus.figures.tries import TryMark
from paribus.paper.writers import markdown_rows
from paribus.records.referee import Begun, Ended
from paribus.referee.audit import PAIRS, Line
from paribus.referee.journal import State
from paribus.referee.words.answers import reason_words
from paribus.referee.words.start import facts
from paribus.words.metric_format import Measure, measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Lang, Words, translator

_LONGEST = 60  # characters of a message


@dataclass(frozen=True)
class Row:
    """A try: its number, what it is, its answer, gain and interval, pairs, time, and why."""

    cells: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class LoopReport:
    """All that a report shows, in one language."""

    title: str
    headline: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    marks: tuple[TryMark, ...]
    interval_note: str
    measure: Measure
    audit_title: str
    audit: tuple[tuple[str, str], ...]
    audit_note: str


def expected_false(state: State) -> float:
    """An upper bound of how many of the kept edits do nothing, on average over loops: the error's share of them.

    Decision 16 bounds the expected share; how many there are in this loop nobody can tell without its edits' truth.
    """
    return state.loop.error * len(state.kept)


def loop_report(state: State, audit: Sequence[Line] | None, lang: Lang) -> LoopReport:
    """The report of a loop. audit: None where none was asked for."""
    words, measure = translator(lang), measure_of(state.loop.program.judging, lang)
    kept, tries = len(state.kept), len(state.ended)
    headline = words.plural("{kept} of {n} try was kept", "{kept} of {n} tries were kept", tries, kept=kept)
    told = [
        words.text(
            "Of the kept ones at most {count} are expected to do nothing, on average over such loops.",
            count=f"{expected_false(state):.2g}",
        )
        if kept
        else words.text("Nothing was kept, so what stands is what the loop began with."),
        words.text("The runs of all tries took {time}.", time=words.duration(state.seconds)),
    ]
    sizes = (words.text("Gain"), words.text("Interval"), words.text("Pairs"), words.text("Time"))
    titles = ("#", words.text("Edit"), words.text("Answer"), *sizes, words.text("Why"))
    note = words.text("How much better the end is, with 95 % t intervals over {n} pairs.", n=PAIRS)
    return LoopReport(
        title=words.text("A loop of edits: {metric}", metric=measure.label),
        headline=headline,
        sentences=tuple(told),
        facts=tuple(facts(state, lang)),
        columns=titles,
        rows=tuple(_row(state, begun, ended, words, measure) for begun, ended in state.ended),
        marks=tuple(_mark(begun, ended) for begun, ended in state.ended),
        interval_note=words.text(
            "The intervals are 95 % and hold after every pair. Three or four pairs bound nothing: such a try has a "
            "gain and no interval."
        ),
        measure=measure,
        audit_title=words.text("Audit on fresh seeds"),
        audit=tuple(_audit_row(state, line, words, measure) for line in audit or ()),
        audit_note=note
        if audit
        else words.text(
            "No audit was made: paribus referee report --audit makes it, with {n} pairs for the start and for each "
            "kept edit.",
            n=PAIRS,
        ),
    )


def _row(state: State, begun: Begun, ended: Ended, words: Words, measure: Measure) -> Row:
    answer = {"keep": words.text("kept"), "discard": words.text("discarded"), "open": words.text("not decided")}
    gain, interval = _sizes(ended.gain, ended.low, ended.high, measure)
    name = one_line(begun.message, _LONGEST) or "–"
    why = reason_words(state.loop, begun, ended, words.lang)
    time = words.duration(ended.seconds)
    cells = (str(begun.number), name, answer[ended.outcome], gain, interval, str(len(ended.pairs)), time, why)
    return Row(cells, ended.outcome)


def _mark(begun: Begun, ended: Ended) -> TryMark:
    name = f"{begun.number} {one_line(begun.message, _LONGEST)}".strip()
    return TryMark(name, ended.outcome == "keep", ended.gain, ended.low, ended.high)


def _sizes(gain: float | None, low: float | None, high: float | None, measure: Measure) -> tuple[str, str]:
    if gain is None:
        return "–", "–"
    if low is None or high is None:
        return measure.signed(gain, measure.places(gain)), measure.words.text("too few pairs")
    places = measure.places(gain, high - low)
    ends = measure.words.text("{low} to {high}", low=measure.signed(low, places), high=measure.signed(high, places))
    return measure.signed(gain, places), ends


def _audit_row(state: State, line: Line, words: Words, measure: Measure) -> tuple[str, str]:
    names = {begun.number: one_line(begun.message, _LONGEST) for begun, _ in state.kept}
    name = (
        words.text("Start against end")
        if not line.number
        else words.text("Without try {n} ({name})", n=line.number, name=names[line.number] or "–")
    )
    if not line.possible:
        return name, words.text("later edits build on it, so it cannot be taken out alone")
    gain, interval = _sizes(line.gain, line.low, line.high, measure)
    parts = [f"{gain} ({interval})"]
    for metric, (start, end) in (line.sealed or {}).items():
        ends = {"start": f"{start:.6g}", "end": f"{end:.6g}"}
        parts.append(words.text("{metric} (sealed) {start} → {end}", metric=metric, **ends))
    return name, "; ".join(parts)


def markdown(report: LoopReport) -> str:
    """The report as Markdown."""
    lines = [f"# {report.title}", "", f"**{report.headline}.** {' '.join(report.sentences)}", ""]
    lines += markdown_rows(report.columns, [row.cells for row in report.rows])
    lines += ["", report.interval_note] if report.rows else []
    lines += ["", f"## {report.audit_title}", "", report.audit_note, ""]
    lines += markdown_rows(("", ""), report.audit) if report.audit else []
    lines += ["", *(f"- {name}: {value}" for name, value in report.facts), ""]
    return "\n".join(lines)
