"""The explanation in plain words, in sections; terminal, report and JSON show the same ones.

It speaks of "restores", "does not restore" and "was not tested", and never of more than was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paribus.comparison.words.verdict import headline
from paribus.core.errors import StoreError
from paribus.diagnosis.words.claims import claim_words
from paribus.diagnosis.words.findings import evidence_text, finding_label, finding_sentence, strength_label
from paribus.diagnosis.words.interaction import interaction_section
from paribus.diagnosis.words.interventions import KINDS, intervention_words, tested_words
from paribus.diagnosis.words.saturation import saturation_grid, saturation_words
from paribus.diagnosis.words.sections import Section
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Explanation, Kind, Symptoms
from paribus.records.finding import Finding
from paribus.words.labels import initial_capital, plain_value
from paribus.words.measure import measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Lang, Words, translator

NUMBERS_SHOWN = 2  # of a symptom


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
    if comparison is not None:
        sections += _of_comparison(explanation, comparison, words)
    sections.append(Section(words.text("Effort"), _spent(explanation, words), role="effort"))
    return tuple(section for section in sections if section.sentences)


def _of_comparison(explanation: Explanation, comparison: Comparison, words: Words) -> Iterator[Section]:
    """The verdict before and after, the arms with the cause and without, and the claims."""
    if explanation.repaired is not None:
        yield _side_by_side(explanation, comparison, explanation.repaired, words)
    names = {arm.name: _arm_name(arm.name, comparison, words) for arm in comparison.arms}
    if explanation.interaction is not None:
        measure = measure_of(explanation.program.judging, words.lang)
        yield interaction_section(explanation.interaction, comparison.factor, names, measure)
    causes = explanation.of("cause")
    removed = intervention_words(causes[0].intervention, words.lang) if causes else ""
    for of, against in dict.fromkeys((claim.of, claim.against) for claim in explanation.claims):
        made = [claim for claim in explanation.claims if (claim.of, claim.against) == (of, against)]
        title = words.text(
            "Claims that {of} is better than {against}: are they true?", of=names[of], against=names[against]
        )
        yield Section(title, tuple(claim_words(claim, names, removed, words) for claim in made), role="claims")


def _saturation(explanation: Explanation, comparison: Comparison | None, words: Words) -> Iterator[Section]:
    for one in explanation.saturation:
        title = words.text("Saturation")
        if comparison is not None:
            title = words.text("Saturation of {arm}", arm=_arm_name(one.arm, comparison, words))
        told = saturation_words(one, one.arm == explanation.arm, lambda i: intervention_words(i, words.lang), words)
        yield Section(title, told, saturation_grid(one, words), role="saturation")


def _symptom_title(symptoms: Symptoms, comparison: Comparison | None, words: Words) -> str:
    if comparison is None:
        return words.text("Symptoms")
    return words.text("Symptoms of {arm}", arm=_arm_name(symptoms.arm, comparison, words))


def _arm_label(name: str, comparison: Comparison, words: Words) -> str:
    arm = _arm(name, comparison)
    return words.arm_label(arm.name, comparison.factor, arm.value)


def _arm_name(name: str, comparison: Comparison, words: Words) -> str:
    arm = _arm(name, comparison)
    return words.arm_name(arm.name, comparison.factor, arm.value)


def _arm(name: str, comparison: Comparison) -> ArmView:
    """Its arms are the explanation's, unless somebody changed a file."""
    found = [arm for arm in comparison.arms if arm.name == name]
    if not found:
        raise StoreError(
            "the explanation is of an arm {name!q}, which {other_name!q} has not", name=name, other_name=comparison.id
        )
    return found[0]


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
    if not finding.evidence:
        return said
    numbers = "; ".join(evidence_text(evidence, words.lang) for evidence in finding.evidence[:NUMBERS_SHOWN])
    return f"{said} {initial_capital(numbers)}."


def explanation_headline(explanation: Explanation, comparison: Comparison | None, lang: Lang) -> str:
    """The short answer: the cause, else the remedy, else that there is none among what was tested."""
    words = translator(lang)
    named = {kind: [intervention_words(t.intervention, lang) for t in explanation.of(kind)] for kind in KINDS}
    if named["cause"]:
        return _cause_words(explanation, comparison, words)
    if not explanation.counts_trained:
        said = _without_cause(named, words)
    elif named["remedy"]:
        said = words.text(
            "No cause established. What restores training all the same: {changes}.", changes="; ".join(named["remedy"])
        )
    elif _trains(explanation):
        said = words.text("The recipe trains, and nothing that was tested does much better.")
    elif named["contributing"]:
        said = words.text(
            "Nothing that was tested restores training. What helps: {changes}.",
            changes="; ".join(named["contributing"]),
        )
    elif named["not_established"]:
        said = words.text("No cause established: not everything that may matter was confirmed.")
    else:
        said = words.text("Nothing that was tested restores training.")
    return _of_arm(said, explanation, comparison, words)


def _without_cause(named: dict[Kind, list[str]], words: Words) -> str:
    """Where no cause was found, of a program to which *trained* means nothing."""
    if named["remedy"]:
        return words.text(
            "No cause established. What wins back what was lost all the same: {changes}.",
            changes="; ".join(named["remedy"]),
        )
    if named["contributing"]:
        return words.text("No cause established. What helps: {changes}.", changes="; ".join(named["contributing"]))
    if named["not_established"]:
        return words.text("No cause established: not everything that may matter was confirmed.")
    return words.text("Nothing that was tested does much better.")


def _cause_words(explanation: Explanation, comparison: Comparison | None, words: Words) -> str:
    causes = [tested.intervention for tested in explanation.of("cause")]
    said = {
        "arm": _explained(explanation, comparison, words),
        "values": "; ".join(
            " + ".join(words.value_name(c.factor, c.before) for c in cause.changes) for cause in causes
        ),
        "changes": "; ".join(intervention_words(cause, words.lang) for cause in causes),
    }
    (change, *others) = [change for cause in causes for change in cause.changes]
    to_value = not others and not isinstance(change.after, str | bool)
    value = plain_value(change.after)
    if not explanation.counts_trained:
        if to_value:
            return words.text(
                "{arm} does worse because of {values}. Setting it to {value} fixes it.", value=value, **said
            )
        return words.text("{arm} does worse because of {values}. What fixes it: {changes}.", **said)
    if to_value:
        return words.text(
            "{arm} fails to train because of {values}. Setting it to {value} fixes it.", value=value, **said
        )
    return words.text("{arm} fails to train because of {values}. What fixes it: {changes}.", **said)


def _explained(explanation: Explanation, comparison: Comparison | None, words: Words) -> str:
    """What is explained, as a sentence begins with it."""
    if comparison is not None:
        return _arm_label(explanation.arm, comparison, words)
    named = words.text("the recipe") if explanation.counts_trained else one_line(explanation.program.name)
    return initial_capital(named)


def _of_arm(said: str, explanation: Explanation, comparison: Comparison | None, words: Words) -> str:
    if comparison is None:
        return said
    return words.text("{arm}: {said}", arm=_arm_label(explanation.arm, comparison, words), said=said)


def _trains(explanation: Explanation) -> bool:
    """Whether the unchanged recipe trained in every run that was confirmed, or else tried short."""
    seen = [t.confirmed for t in explanation.tested if t.confirmed] or [
        t.screened for t in explanation.tested if t.screened
    ]
    return bool(seen) and all(effect.trained_before == len(effect.seeds) for effect in seen)


def _side_by_side(explanation: Explanation, before: Comparison, after: Comparison, words: Words) -> Section:
    """The verdict under the recipe, and with the cause removed from all arms."""
    cause = explanation.of("cause")[0].intervention
    removed = words.text("With {change} in all arms", change=intervention_words(cause, words.lang))
    rows = ((words.text("Under the recipe"), before), (removed, after))
    sentences = tuple(
        words.text("{where}: {verdict}.", where=where, verdict="; ".join(headline(c, p, words.lang) for p in c.pairs))
        for where, c in rows
    )
    return Section(words.text("The verdict before and after"), sentences, role="verdicts")


def _spent(explanation: Explanation, words: Words) -> tuple[str, ...]:
    """How long it took; and, once for all that was said, what the ranges in brackets are."""
    took = words.text("Explained in {time}.", time=words.duration(explanation.spent.seconds))
    if not explanation.spent.complete:
        took += " " + words.text("The budget was spent before everything was tested.")
    measured = (m.low for claim in explanation.claims for m in claim.measured)
    if any(low is not None for low in (*(effect.low for effect in explanation.effects), *measured)):
        return took, words.text("The ranges in brackets are 95 % intervals of the paired differences.")
    return (took,)
