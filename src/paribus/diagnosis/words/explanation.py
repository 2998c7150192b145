"""The explanation in plain words, in sections; terminal, report and JSON show the same ones.

It speaks of "restores", "does not restore" and "was not tested", and never of more than was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paribus.comparison.words.verdict_text import headline
from paribus.core.errors import StoreError
from paribus.diagnosis.words.activation_claims import claim_words, claims_by_pair
from paribus.diagnosis.words.findings import (
    evidence_text,
    finding_advice,
    finding_label,
    finding_sentence,
    place_words,
    strength_label,
)
from paribus.diagnosis.words.interaction import interaction_section
from paribus.diagnosis.words.intervention_outcomes import (
    KINDS,
    cause_words,
    intervention_words,
    placebo_words,
    removal_words,
    tested_words,
)
from paribus.diagnosis.words.saturation import saturation_grid, saturation_words
from paribus.diagnosis.words.sections import Section
from paribus.programs.mends import MENDS
from paribus.programs.view import length_words
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation, Symptoms
from paribus.records.finding import Finding
from paribus.records.intervention import Kind
from paribus.words.labels import initial_capital, own_name, plain_value
from paribus.words.metric_format import counted_words, measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Lang, Words, mark, translator

NUMBERS_SHOWN = 2  # of a symptom
_KEPT = 2.0  # seconds: an explanation that took less found all its runs in the store


def explanation_sections(explanation: Explanation, comparison: Comparison | None, lang: Lang) -> tuple[Section, ...]:
    """Symptoms, what each intervention came to, and the comparison before and after; empty sections left out.

    `comparison`: the one that is explained, None for a run or a recipe by itself.
    """
    words = translator(lang)
    sections = [
        Section(
            _symptom_title(s, comparison, words), symptom_words(s.findings, words, traced=s.traced), role="symptoms"
        )
        for s in explanation.symptoms
    ]
    sections += _saturation(explanation, comparison, words)
    sections += [
        Section(words.text(title), tuple(tested_words(t, explanation.program, lang) for t in explanation.of(kind)))
        for kind, title in KINDS.items()
    ]
    if explanation.placebo is not None:
        told = placebo_words(explanation.placebo, explanation.program, lang)
        sections.append(Section(words.text("Placebo"), (told,)))
    if comparison is not None:
        sections += _of_comparison(explanation, comparison, words)
    effort = (*_spent(explanation, words), *counted_words(explanation.program, words))
    sections.append(Section(words.text("Effort"), effort, role="effort"))
    return tuple(section for section in sections if section.sentences)


def _of_comparison(explanation: Explanation, comparison: Comparison, words: Words) -> Iterator[Section]:
    """The verdict before and after, the arms with the cause and without, and the claims."""
    if explanation.repaired is not None:
        yield _side_by_side(explanation, comparison, explanation.repaired, words)
    names = {arm.name: _arm_name(arm.name, comparison, words) for arm in comparison.arms}
    if explanation.interaction is not None:
        measure = measure_of(explanation.program.judging, words.lang)
        yield interaction_section(explanation.interaction, comparison.factor, names, measure)
    removed = removal_words(explanation, words.lang)
    for title, made in claims_by_pair(explanation.claims, names, words).items():
        yield Section(title, tuple(claim_words(claim, names, removed, words) for claim in made), role="claims")


def _saturation(explanation: Explanation, comparison: Comparison | None, words: Words) -> Iterator[Section]:
    for one in explanation.saturation:
        title = words.text("Saturation")
        if comparison is not None:
            title = words.text("Saturation of {arm}", arm=_arm_name(one.arm, comparison, words))
        told = saturation_words(one, one.arm == explanation.arm, words)
        yield Section(title, told, saturation_grid(one, words), role="saturation")


def _symptom_title(symptoms: Symptoms, comparison: Comparison | None, words: Words) -> str:
    if comparison is None:
        return words.text("Symptoms")
    return words.text("Symptoms of {arm}", arm=_arm_name(symptoms.arm, comparison, words))


def _arm_name(name: str, comparison: Comparison, words: Words) -> str:
    """As sentences say it. Its arms are the explanation's, unless somebody changed a file."""
    for arm in comparison.arms:
        if arm.name == name:
            return words.name_of_arm(name, comparison.factor, arm.value)
    raise StoreError(
        "the explanation is of an arm {name!q}, which {other_name!q} has not", name=name, other_name=comparison.id
    )


def symptom_words(findings: Sequence[Finding], words: Words, *, traced: bool = True) -> tuple[str, ...]:
    """A sentence or two for each finding; one that says so where there is none, or nothing to look at."""
    if not traced:
        return (words.text("It leaves no trace of what goes on inside it: no mechanism could be measured."),)
    return tuple(_symptom(finding, words) for finding in findings) or (words.text("The rules saw none."),)


def _symptom(finding: Finding, words: Words) -> str:
    """What it is called and how strong it is, what it says, and the first numbers that speak for it."""
    said = words.text(
        "{name} ({strength}). {sentence}",
        name=initial_capital(finding_label(finding.name, words.lang)),
        strength=strength_label(finding.strength, words.lang),
        sentence=finding_sentence(finding, words.lang),
    )
    numbers = "; ".join(evidence_text(evidence, words.lang) for evidence in finding.evidence[:NUMBERS_SHOWN])
    told = (
        said,
        f"{initial_capital(numbers)}." if numbers else "",
        place_words(finding, words),
        finding_advice(finding, words.lang),
    )
    return " ".join(filter(None, told))


# What is said without a cause, by the best that there is: of programs that train, and of those to which that means
# nothing.
_WITHOUT_CAUSE: dict[Kind | None, tuple[str, str]] = {
    "remedy": (
        mark("No cause established. What restores training all the same: {changes}."),
        mark("No cause established. What wins back what was lost all the same: {changes}."),
    ),
    "contributing": (
        mark("Nothing that was tested restores training. What helps: {changes}."),
        mark("No cause established. What helps: {changes}."),
    ),
    "not_established": (mark("No cause established: not everything that may matter was confirmed."),) * 2,
    None: (mark("Nothing that was tested restores training."), mark("Nothing that was tested does much better.")),
}


def explanation_headline(explanation: Explanation, comparison: Comparison | None, lang: Lang) -> str:
    """The short answer: the cause, else the remedy, else that there is none among what was tested."""
    words = translator(lang)
    if explanation.first_cause is not None:
        return _because(explanation, comparison, words)
    best = next((kind for kind in _WITHOUT_CAUSE if kind is None or explanation.of(kind)), None)
    if not explanation.tested and explanation.program.length is None:
        said = words.text("There was nothing to test: no field has another value that could be tried.")
    elif explanation.counts_trained and best != "remedy" and _trains(explanation):
        said = words.text("The recipe trains, and nothing that was tested does much better.")
    else:
        changes = [intervention_words(t.intervention, lang) for t in explanation.tested if t.kind == best]
        of_training, of_others = _WITHOUT_CAUSE[best]
        restored = any(t.confirmed.all_train for t in explanation.of("contributing") if t.confirmed)
        said_of = of_training if explanation.counts_trained and not restored else of_others
        said = words.text(said_of, changes="; ".join(changes))
    if comparison is None:
        return said
    return words.text("{arm}: {said}", arm=_arm_name(explanation.arm, comparison, words), said=said)


def _because(explanation: Explanation, comparison: Comparison | None, words: Words) -> str:
    causes = [tested.intervention for tested in explanation.of("cause")]
    (change, *others) = [change for cause in causes for change in cause.changes]
    if others or isinstance(change.after, str | bool) or change.factor in MENDS:
        fails = mark("{arm} fails to train because of {values}. What fixes it: {changes}.")
        worse = mark("{arm} does worse because of {values}. What fixes it: {changes}.")
    else:
        fails = mark("{arm} fails to train because of {values}. Setting it to {value} fixes it.")
        worse = mark("{arm} does worse because of {values}. Setting it to {value} fixes it.")
    return words.text(
        fails if explanation.counts_trained else worse,
        arm=_explained(explanation, comparison, words),
        values="; ".join(cause_words(cause, words) for cause in causes),
        changes="; ".join(intervention_words(cause, words.lang) for cause in causes),
        value=plain_value(change.after),
    )


def _explained(explanation: Explanation, comparison: Comparison | None, words: Words) -> str:
    """What is explained, as a sentence begins with it."""
    if comparison is not None:
        return _arm_name(explanation.arm, comparison, words)
    named = words.text("the recipe") if explanation.counts_trained else own_name(one_line(explanation.program.name))
    return initial_capital(named)


def _trains(explanation: Explanation) -> bool:
    """Whether the unchanged recipe trained in all its runs, and in every one that was confirmed or else tried short."""
    tested = explanation.tested
    seen = [t.confirmed for t in tested if t.confirmed] or [t.screened for t in tested if t.screened]
    return (
        bool(seen) and not explanation.untrained and all(effect.trained_before == len(effect.seeds) for effect in seen)
    )


def before_and_after(
    explanation: Explanation, before: Comparison, after: Comparison, words: Words
) -> tuple[tuple[str, Comparison], tuple[str, Comparison]]:
    """The comparison under the recipe, and with the cause removed from all arms, each with where it is."""
    removed = words.text("With {change} in all arms", change=removal_words(explanation, words.lang))
    return (words.text("Under the recipe"), before), (removed, after)


def _side_by_side(explanation: Explanation, before: Comparison, after: Comparison, words: Words) -> Section:
    """The verdict under the recipe, and with the cause removed from all arms."""
    sentences = tuple(
        words.text("{where}: {verdict}.", where=where, verdict="; ".join(headline(c, p, words.lang) for p in c.pairs))
        for where, c in before_and_after(explanation, before, after, words)
    )
    return Section(words.text("The verdict before and after"), sentences, role="verdicts")


def _spent(explanation: Explanation, words: Words) -> tuple[str, ...]:
    """How long it took, if anything was run; and, once for all that was said, what the ranges in brackets are."""
    spent = explanation.spent
    took = [words.text("Explained in {time}.", time=words.duration(spent.seconds))] if spent.seconds >= _KEPT else []
    if not spent.complete:
        took.append(words.text("The budget was spent before everything was tested."))
    if spent.runs:
        took.append(_size(explanation, words))
    told = (" ".join(took),) if took else ()
    measured = (m.low for claim in explanation.claims for m in claim.measured)
    if any(low is not None for low in (*(effect.low for effect in explanation.effects), *measured)):
        return (*told, words.text("The ranges in brackets are 95 % intervals of the paired differences."))
    return told


def _size(explanation: Explanation, words: Words) -> str:
    """In runs and their lengths, beside the comparison's where one is explained."""
    spent, program = explanation.spent, explanation.program

    def said(runs: int, length: int) -> str:
        told = [words.plural("{n} run", "{n} runs", runs)]
        return ", ".join([*told, length_words(program, length, words)] if length else told)

    size = said(spent.runs, spent.length)
    if spent.times is None:
        return words.text("It rests on {size}.", size=size)
    return words.text(
        "It rests on {size}, beside {own} of the comparison: together {times} times the comparison.",
        size=size,
        own=said(spent.own_runs, spent.own_length),
        times=f"{spent.times:.2f}",
    )
