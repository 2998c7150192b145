"""Interventions in plain words: what was changed, and what each of them came to."""

from __future__ import annotations

from paribus.presentation.findings import finding_label
from paribus.presentation.labels import initial_capital, plain_value, value_name
from paribus.presentation.numbers import decimals, percent, points, signed_points
from paribus.presentation.translation import Lang, Words, mark, translator
from paribus.values.explanation import Change, Effect, Intervention, Kind, Tested

# In the order in which they are told.
KINDS: dict[Kind, str] = {
    "cause": mark("Cause"),
    "remedy": mark("Remedy, without being the cause"),
    "contributing": mark("Contributing"),
    "ruled_out": mark("Ruled out as far as it was run"),
    "not_established": mark("Not established"),
}


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
    return " + ".join(_change_words(change, lang) for change in intervention.changes)


def _change_words(change: Change, lang: Lang) -> str:
    if isinstance(change.after, bool):
        return value_name(change.factor, change.after, lang)  # a switch has but one other value
    before = value_name(change.factor, change.before, lang)
    named = isinstance(change.after, str)  # its name says by itself what it is
    return f"{before} → {value_name(change.factor, change.after, lang) if named else plain_value(change.after)}"


def tested_words(tested: Tested, lang: Lang) -> str:
    """One intervention in one or two sentences, with its numbers."""
    words, change = translator(lang), initial_capital(intervention_words(tested.intervention, lang))
    seen = tested.confirmed or tested.screened
    if seen is None:
        return words.text("{change} was not tested.", change=change)
    said = {"change": change, "numbers": _numbers(seen, words)}
    match tested.kind:
        case "cause" | "remedy":
            put_back = f" {_put_back(tested.intervention, seen, words)}" if tested.kind == "cause" else ""
            return words.text("{change} restores training: {numbers}.", **said) + put_back
        case "contributing":
            return words.text("{change} helps, but does not restore training: {numbers}.", **said)
        case "ruled_out":
            return _not_restoring(tested, seen, said, words)
        case "not_established" if tested.confirmed is not None:
            return words.text("{change} did better, but by its validation loss that is not certain: {numbers}.", **said)
        case "not_established":
            return words.text("{change} did better in a short run, which was not confirmed: {numbers}.", **said)


def _put_back(intervention: Intervention, seen: Effect, words: Words) -> str:
    """The restored recipe with the old value is the unchanged recipe: it was run on the same fresh seeds."""
    said = {
        "values": " + ".join(value_name(c.factor, c.before, words.lang) for c in intervention.changes),
        "before": percent(seen.before, words.lang),
        "k": seen.trained_before,
        "n": len(seen.seeds),
    }
    if seen.trained_before:
        return words.text("With {values} put back the same fresh seeds are at {before} again.", **said)
    return words.text(
        "Put back, {values} breaks it again: on the same fresh seeds {before}, and {k} of {n} runs train.", **said
    )


def _not_restoring(tested: Tested, seen: Effect, said: dict[str, str], words: Words) -> str:
    if seen.trained_before == len(seen.seeds):
        return words.text("{change} makes little difference: {numbers}.", **said)
    if tested.confirmed is not None:
        return words.text("{change} does not restore training: {numbers}.", **said)
    return words.plural(
        "{change} does not restore training within {n} epoch: {numbers}.",
        "{change} does not restore training within {n} epochs: {numbers}.",
        seen.epochs,
        **said,
    )


def _numbers(seen: Effect, words: Words) -> str:
    """Validation accuracy before and after, the paired difference with its interval, and over what."""
    difference = seen.after - seen.before
    places = decimals(difference)
    reached = words.text(
        "validation accuracy {before} → {after}",
        before=percent(seen.before, words.lang, places),
        after=percent(seen.after, words.lang, places),
    )
    seeds = words.plural("{n} seed", "{n} seeds", len(seen.seeds))
    epochs = words.plural("{n} epoch", "{n} epochs", seen.epochs)
    if seen.low is None or seen.high is None:
        return words.text("{reached} ({seeds}, {epochs})", reached=reached, seeds=seeds, epochs=epochs)
    return words.text(
        "{reached}, {signed} percentage points ({low} to {high}; {seeds}, {epochs}; trained {before} → {after} of {n})",
        reached=reached,
        signed=signed_points(difference, places),
        low=points(seen.low, places),
        high=points(seen.high, places),
        seeds=seeds,
        epochs=epochs,
        before=seen.trained_before,
        after=seen.trained_after,
        n=len(seen.seeds),
    )
