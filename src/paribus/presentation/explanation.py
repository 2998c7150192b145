"""The explanation in plain words, in sections; terminal, report and JSON show the same ones.

It speaks of "restores", "does not restore" and "was not tested", and never of more than was run.
"""

from __future__ import annotations

from dataclasses import dataclass

from paribus.presentation.findings import finding_sentence
from paribus.presentation.labels import arm_label, plain_value, value_name
from paribus.presentation.numbers import decimals, duration_text, percent, points, signed_points
from paribus.presentation.translation import Lang, Words, mark, translator
from paribus.presentation.verdict import headline
from paribus.values.comparison import Comparison
from paribus.values.explanation import Change, Effect, Explanation, Intervention, Kind, Symptoms, Tested

# In the order in which they are told.
KINDS: dict[Kind, str] = {
    "cause": mark("Cause"),
    "remedy": mark("Remedy, without being the cause"),
    "contributing": mark("Contributing"),
    "ruled_out": mark("Ruled out"),
    "not_established": mark("Not established"),
}


@dataclass(frozen=True)
class Section:
    """A title and its sentences."""

    title: str
    sentences: tuple[str, ...]


def explanation_sections(explanation: Explanation, comparison: Comparison | None, lang: Lang) -> tuple[Section, ...]:
    """Symptoms, what each intervention came to, and the comparison before and after; empty sections left out.

    `comparison`: the one that is explained, None for a run or a recipe by itself.
    """
    words = translator(lang)
    sections = [
        Section(_symptom_title(s, comparison, words), tuple(finding_sentence(f, lang) for f in s.findings))
        for s in explanation.symptoms
    ]
    sections += [
        Section(words.text(title), tuple(tested_words(t, lang) for t in explanation.of(kind)))
        for kind, title in KINDS.items()
    ]
    if explanation.repaired is not None and comparison is not None:
        sections.append(_side_by_side(explanation, comparison, explanation.repaired, words))
    sections.append(Section(words.text("Effort"), (_spent(explanation, words),)))
    return tuple(section for section in sections if section.sentences)


def _symptom_title(symptoms: Symptoms, comparison: Comparison | None, words: Words) -> str:
    if comparison is None:
        return words.text("Symptoms")
    arm = next(arm for arm in comparison.arms if arm.name == symptoms.arm)
    return words.text("Symptoms of {arm}", arm=arm_label(arm.name, comparison.factor, arm.value, words.lang))


def intervention_words(intervention: Intervention, lang: Lang) -> str:
    """`weight decay 0.1 → 0`, `Adam → AdamW`; several changes are joined."""
    return " + ".join(_change_words(change, lang) for change in intervention.changes)


def _change_words(change: Change, lang: Lang) -> str:
    before = value_name(change.factor, change.before, lang)
    named = isinstance(change.after, str | bool)  # its name says by itself what it is
    return f"{before} → {value_name(change.factor, change.after, lang) if named else plain_value(change.after)}"


def tested_words(tested: Tested, lang: Lang) -> str:
    """One intervention in one or two sentences, with its numbers."""
    words, change = translator(lang), intervention_words(tested.intervention, lang)
    seen = tested.confirmed or tested.screened
    if seen is None:
        return words.text("{change}: was not tested.", change=change)
    numbers = _numbers(seen, words)
    match tested.kind:
        case "cause":
            return words.text(
                "{change} restores training: {numbers}. On the same fresh seeds the old value breaks it again.",
                change=change,
                numbers=numbers,
            )
        case "remedy":
            return words.text("{change} restores training: {numbers}.", change=change, numbers=numbers)
        case "contributing":
            return words.text(
                "{change} helps, and does not restore training: {numbers}.", change=change, numbers=numbers
            )
        case "ruled_out":
            return _not_restoring(tested, seen, change, numbers, words)
        case "not_established":
            return words.text(
                "{change} did better in a short run, which was not confirmed: {numbers}.",
                change=change,
                numbers=numbers,
            )


def _not_restoring(tested: Tested, seen: Effect, change: str, numbers: str, words: Words) -> str:
    if tested.confirmed is not None:
        return words.text("{change} does not restore training: {numbers}.", change=change, numbers=numbers)
    return words.plural(
        "{change} does not restore training within {n} epoch: {numbers}.",
        "{change} does not restore training within {n} epochs: {numbers}.",
        seen.epochs,
        change=change,
        numbers=numbers,
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


def _side_by_side(explanation: Explanation, before: Comparison, after: Comparison, words: Words) -> Section:
    """The verdict under the recipe, and with the cause removed from all arms."""
    cause = explanation.of("cause")[0].intervention
    removed = words.text("With {change} in all arms", change=intervention_words(cause, words.lang))
    rows = ((words.text("Under the recipe"), before), (removed, after))
    sentences = tuple(
        words.text("{where}: {verdict}.", where=where, verdict="; ".join(headline(c, p, words.lang) for p in c.pairs))
        for where, c in rows
    )
    return Section(words.text("The verdict before and after"), sentences)


def _spent(explanation: Explanation, words: Words) -> str:
    spent = explanation.spent
    took = words.text("Explained in {time}.", time=duration_text(spent.seconds, words.lang))
    if spent.complete:
        return took
    return f"{took} " + words.text("The budget was spent before everything was tested.")
