"""What a finding is called, what it says in a sentence, and its evidence, in both languages."""

from __future__ import annotations

from paribus.diagnosis.findings.history import MEASURED
from paribus.diagnosis.findings.rule import Quantity
from paribus.diagnosis.findings.rules import RULES
from paribus.records.explanation import OFF_DEFAULT
from paribus.records.finding import Evidence, Finding, Strength
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
    return translator(lang).text(RULES[name].label) if name in RULES else one_line(name)


def strength_label(strength: Strength, lang: Lang) -> str:
    """What people call a strength."""
    return translator(lang).text(STRENGTHS[strength])


def finding_sentence(finding: Finding, lang: Lang) -> str:
    """What the finding says of this network, in a sentence."""
    words = translator(lang)
    if finding.name not in RULES:
        return one_line(finding.name)
    return words.text(RULES[finding.name].sentence, layers=_layers(finding.layers, words))


def evidence_text(evidence: Evidence, lang: Lang) -> str:
    """A number that speaks for a finding, with its threshold and where that comes from."""
    words, name = translator(lang), evidence.quantity
    measured = [rule.quantities[name] for rule in RULES.values() if name in rule.quantities]
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
