"""Interventions in plain words: what was changed, and what each of them came to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from paribus.diagnosis.words.findings import finding_label
from paribus.programs.fields import known_fields
from paribus.programs.mends import MENDS
from paribus.programs.view import length_words, program_view
from paribus.records.explanation import Explanation
from paribus.records.intervention import OFF_DEFAULT, Change, Effect, Intervention, Kind, Placebo, Tested
from paribus.records.program import ProgramInfo
from paribus.words.labels import initial_capital, led, own_name, plain_value
from paribus.words.metric_format import Measure, measure_of
from paribus.words.translation import Lang, Words, mark, translator

# In the order in which they are told.
KINDS: dict[Kind, str] = {
    "cause": mark("Cause"),
    "remedy": mark("Also fixes it"),
    "contributing": mark("Contributing"),
    "ruled_out": mark("Ruled out"),
    "no_effect_seen": mark("No effect in short tests"),
    "not_established": mark("Not established"),
}


HARM = 0.2  # share of what had been reached by which a short run does worse


def planned_words(intervention: Intervention, lang: Lang) -> str:
    """An intervention that is to be tested, with the symptom that points at it."""
    change = initial_capital(intervention_words(intervention, lang))
    if intervention.finding is None:
        return change
    return translator(lang).text(
        "{change} ({finding})", change=change, finding=finding_label(intervention.finding, lang)
    )


def intervention_words(intervention: Intervention, lang: Lang) -> str:
    """`weight decay 0.1 → 0`, `Adam → AdamW`; several changes are joined."""
    words = translator(lang)
    said = [_change_words(change, words) for change in intervention.changes]
    return led(said[0], " + ".join(said))


def cause_words(intervention: Intervention, words: Words) -> str:
    """What the intervention takes away, as what is to blame: `weight decay 0.1 and a lack of batch normalisation`."""
    return words.join([_blamed(change, words) for change in intervention.changes])


def _with_field(factor: str, value: Any, words: Words) -> str:
    """A value that says what it is: a text that a user gave does not without its field."""
    named = words.value_name(factor, value)
    return own_name(f"{words.field(factor)} {named}") if named == value and factor not in known_fields() else named


def _blamed(change: Change, words: Words) -> str:
    if (mend := MENDS.get(change.factor)) is not None:
        return words.text(mend.fault)
    if not isinstance(change.before, bool):
        return _with_field(change.factor, change.before, words)
    field = words.field(change.factor)
    return field if change.before else words.text("a lack of {field}", field=field)


def removal_words(explanation: Explanation, lang: Lang) -> str:
    """The change that removes the first cause; empty without a cause."""
    cause = explanation.first_cause
    return "" if cause is None else intervention_words(cause, lang)


def _change_words(change: Change, words: Words) -> str:
    if (mend := MENDS.get(change.factor)) is not None:
        return words.text(mend.done, value=plain_value(change.after))
    after = words.value_name(change.factor, change.after)
    if isinstance(change.after, bool):
        return after  # a switch has but one other value
    named = isinstance(change.after, str)  # its name says by itself what it is
    before = _with_field(change.factor, change.before, words)
    return led(before, f"{before} → {after if named else plain_value(change.after)}")


def tested_words(tested: Tested, program: ProgramInfo, lang: Lang) -> str:
    """One intervention in one or two sentences, with its numbers."""
    words, change = translator(lang), initial_capital(intervention_words(tested.intervention, lang))
    measure = measure_of(program.steering, lang)
    seen = tested.confirmed or tested.screened
    if seen is None:
        return words.text("{change} was not tested.", change=change)
    if seen.idle:
        return words.text("{change} was not run: nothing came up in the training that it would change.", change=change)
    said = {"change": change, "numbers": _numbers(seen, measure, program)}
    match tested.kind:
        case "cause":
            return " ".join([_restoring(seen, said, words), *_told_of_cause(tested.intervention, seen, measure)])
        case "remedy":
            return _restoring(seen, said, words)
        case "contributing" if seen.all_train:
            return words.text(
                "With {change} every run trains, but not as far as with the best change: {numbers}.", **said
            )
        case "contributing" if seen.trained_before is None:
            return words.text("{change} helps, but wins back only a part: {numbers}.", **said)
        case "contributing":
            return words.text("{change} helps, but only in part: {numbers}.", **said)
        case "ruled_out":
            return _not_restoring(seen, said, words)
        case "no_effect_seen":
            return _nothing_seen(seen, said["change"], measure, program)
        case "not_established" if tested.stored is not None:
            numbers = _numbers(tested.stored, measure, program)
            said_of = words.text(
                "{change} did better in runs that were there already: {numbers}.", change=change, numbers=numbers
            )
            return " ".join([said_of, _nothing_seen(seen, change, measure, program)])
        case "not_established" if tested.confirmed is not None:
            by = program_view(program).deficit(program, words)
            return words.text("{change} did better, but by its {by} that is not certain: {numbers}.", by=by, **said)
        case "not_established":
            return words.text("{change} did better in a short run, which was not confirmed: {numbers}.", **said)


def placebo_words(placebo: Placebo, program: ProgramInfo, lang: Lang) -> str:
    """What changing nothing but the seeds came to, by the same rules."""
    words = translator(lang)
    numbers = _numbers(placebo.effect, measure_of(program.steering, lang), program)
    if placebo.kind in ("cause", "remedy"):
        said = mark("Other seeds alone, with nothing changed, pass for a fix: {numbers}. What is named may be luck.")
    else:
        said = mark("Other seeds alone, with nothing changed, do not pass for a fix: {numbers}.")
    return words.text(said, numbers=numbers)


def _restoring(seen: Effect, said: dict[str, str], words: Words) -> str:
    if seen.trained_before is None:
        return words.text("{change} wins back what was lost: {numbers}.", **said)
    return words.text("{change} fixes it: {numbers}.", **said)


def _told_of_cause(intervention: Intervention, seen: Effect, measure: Measure) -> Iterator[str]:
    """The restored recipe with the old value is the unchanged recipe: it was run on the same fresh seeds."""
    words = measure.words
    said = {
        "values": cause_words(intervention, words),
        "before": _value(seen.before, measure, measure.places()),
        "k": seen.trained_before,
        "n": len(seen.seeds),
    }
    yield _put_back(seen, said, words)
    if intervention.finding == OFF_DEFAULT:
        yield words.text("How it acts was not measured: all that pointed at it is that it is not at its default.")


def _put_back(seen: Effect, said: dict[str, Any], words: Words) -> str:
    if seen.trained_before != 0:
        return words.text("With {values} put back the same fresh seeds are at {before} again.", **said)
    return words.text(
        "Put back, {values} breaks it again: on the same fresh seeds {before}, and {k} of {n} runs train.", **said
    )


def _not_restoring(seen: Effect, said: dict[str, str], words: Words) -> str:
    if seen.trained_before == len(seen.seeds):
        return words.text("{change} makes little difference: {numbers}.", **said)
    return words.text("{change} does not help: {numbers}.", **said)


def _nothing_seen(seen: Effect, change: str, measure: Measure, program: ProgramInfo) -> str:
    """What a short run showed, and no more than that: over how long, and of how many seeds."""
    words, places = measure.words, measure.places(seen.after - seen.before)
    seeds = words.plural("{n} seed", "{n} seeds", len(seen.seeds))
    said = {
        "change": change,
        "over": ", ".join(filter(None, [length_words(program, seen.epochs, words), seeds])),
        "reached": _reached(seen, measure, places),
    }
    if seen.explained_before - seen.explained_after > HARM * abs(seen.explained_before):
        return words.text("{change}: did worse in {over} ({reached}).", **said)
    return words.text("{change}: no effect seen in {over} ({reached}).", **said)


def _reached(seen: Effect, measure: Measure, places: int) -> str:
    return measure.words.text(
        "{metric} {before} → {after}",
        metric=measure.label,
        before=_value(seen.before, measure, places),
        after=_value(seen.after, measure, places),
    )


def _value(value: float, measure: Measure, places: int) -> str:
    """A mean, where runs that diverged leave one."""
    return measure.value(value, places) if math.isfinite(value) else measure.words.text("no number")


def _numbers(seen: Effect, measure: Measure, program: ProgramInfo) -> str:
    """The steering metric before and after, the paired difference with its interval, and over what."""
    words, difference = measure.words, seen.after - seen.before
    places = measure.places(difference)
    reached = _reached(seen, measure, places)
    seeds = words.plural("{n} seed", "{n} seeds", len(seen.seeds))
    over = ", ".join(filter(None, [seeds, length_words(program, seen.epochs, words)]))
    if seen.low is None or seen.high is None or not math.isfinite(difference):
        return words.text("{reached} ({over})", reached=reached, over=over)
    said = {
        "reached": reached,
        "signed": measure.with_unit(measure.signed(difference, places)),
        "low": measure.number(seen.low, places),
        "high": measure.number(seen.high, places),
        "over": over,
    }
    if seen.trained_before is None:
        return words.text("{reached}, {signed} ({low} to {high}; {over})", **said)
    return words.text(
        "{reached}, {signed} ({low} to {high}; {over}; trained {before} → {after} of {n})",
        before=seen.trained_before,
        after=seen.trained_after,
        n=len(seen.seeds),
        **said,
    )
