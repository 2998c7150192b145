"""What a finding is called, what it says in a sentence, and its evidence, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.diagnosis.findings import rule_of
from paribus.diagnosis.findings.history import MEASURED
from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.findings.rule import Quantity
from paribus.diagnosis.findings.rules import RULES
from paribus.records.finding import Evidence, Finding, Strength
from paribus.records.intervention import OFF_DEFAULT
from paribus.words.numbers import number
from paribus.words.safe_text import one_line
from paribus.words.translation import Lang, Words, mark, translator

STRENGTHS: dict[Strength, str] = {"weak": mark("weak"), "moderate": mark("moderate"), "strong": mark("strong")}

# Sources that are no citation and no command.
SOURCES = (mark("by definition"), mark("resolution of float32"))

_LAYERS_SHOWN = 4


def finding_label(name: str, lang: Lang) -> str:
    """What people call a finding: `dead units`, `죽은 유닛`. One that no rule has any more keeps its name."""
    if name == OFF_DEFAULT:
        return translator(lang).text("not at its default")
    rule = rule_of(name)
    return translator(lang).text(rule.label) if rule else one_line(name)


def strength_label(strength: Strength, lang: Lang) -> str:
    """What people call a strength."""
    return translator(lang).text(STRENGTHS[strength])


def finding_sentence(finding: Finding, lang: Lang) -> str:
    """What the finding says of this network, in a sentence."""
    words, rule = translator(lang), rule_of(finding.name)
    if rule is None:
        return one_line(finding.name)
    return words.text(rule.sentence, layers=_layers(finding.layers, words))


def finding_advice(finding: Finding, lang: Lang) -> str:
    """What to do about a mistake; nothing for a finding that points at changes instead."""
    rule = rule_of(finding.name)
    return translator(lang).text(rule.advice) if rule and rule.advice else ""


def place_words(finding: Finding, words: Words) -> str:
    """The line of somebody's own loop to look at; nothing where none is known."""
    return words.text("The line to look at: {place}.", place=one_line(finding.place)) if finding.place else ""


def findings_text(findings: Sequence[Finding], lang: Lang) -> str:
    """All findings for people to read: name, strength, what it says, what to do, and the numbers, a line each."""
    words = translator(lang)
    if not findings:
        return words.text("Nothing was found.")
    lines = []
    for finding in findings:
        label, strength = finding_label(finding.name, lang), strength_label(finding.strength, lang)
        lines.append(f"{label[:1].upper()}{label[1:]} ({strength}). {finding_sentence(finding, lang)}")
        advice = finding_advice(finding, lang)
        if advice:
            lines.append("  " + words.text("What to do: {advice}", advice=advice))
        if finding.place:
            lines.append("  " + place_words(finding, words))
        lines += [f"  {evidence_text(evidence, lang)}" for evidence in finding.evidence]
    return "\n".join(lines)


def evidence_text(evidence: Evidence, lang: Lang) -> str:
    """A number that speaks for a finding, with its threshold and where that comes from."""
    words, name = translator(lang), evidence.quantity
    measured = [rule.quantities[name] for rule in (*RULES.values(), *MISTAKES.values()) if name in rule.quantities]
    quantity = measured[0] if measured else Quantity(one_line(name))
    return words.text(
        "{quantity}: {value} (threshold {threshold}; {source})",
        quantity=words.text(quantity.label),
        value=_short(evidence.value, quantity, words),
        threshold=_short(evidence.threshold, quantity, words),
        source=words.text(evidence.source).replace(MEASURED, words.text("measured")),
    )


def _layers(names: tuple[str, ...], words: Words) -> str:
    shown = [one_line(name) for name in names]
    if len(shown) <= _LAYERS_SHOWN:
        return words.join(shown)
    few = _LAYERS_SHOWN - 1
    return words.plural("{some} and {n} more", "{some} and {n} more", len(shown) - few, some=", ".join(shown[:few]))


def _short(value: float, quantity: Quantity, words: Words) -> str:
    """Three digits say enough of a measurement."""
    if quantity.unit == "share":
        return number(float(f"{100 * value:.3g}")) + words.percent_sign
    rounded = float(f"{value:.3g}")
    if quantity.unit == "times":
        return words.text("{value}×", value=f"{rounded:,.12g}" if 1000 <= rounded < 1e6 else number(rounded))
    return number(rounded)
