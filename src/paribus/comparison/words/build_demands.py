"""What a build is told of an arm that falls short of what was demanded, or that met it without being decided."""

from __future__ import annotations

from paribus.comparison.build_demands import Standing
from paribus.comparison.words.pair_facts import pair_facts
from paribus.comparison.words.verdict_text import headline
from paribus.records.comparison import Comparison
from paribus.words.metric_format import measure_of
from paribus.words.translation import Words, translator


def standing_words(comparison: Comparison, standing: Standing, lang: str, margin: float | None = None) -> str:
    """The verdict in a sentence; with a margin, by how much the arm may be worse."""
    words = translator(lang)
    told = headline(comparison, standing.pair, lang)
    bound = _bound(comparison, standing, words, margin)
    return words.text("{verdict}. {bound}", verdict=told, bound=bound) if bound else words.text("{told}.", told=told)


def _bound(comparison: Comparison, standing: Standing, words: Words, margin: float | None) -> str:
    if standing.verdict in ("better", "worse") or standing.worse_at_most is None:
        return ""
    facts, measure = pair_facts(comparison, standing.pair, words.lang), measure_of(comparison.metric, words.lang)
    arm = next(arm for arm in comparison.arms if arm.name == standing.arm)
    said = {
        "arm": words.name_of_arm(arm.name, comparison.factor, arm.value),
        "most": measure.with_unit(measure.number(max(0.0, standing.worse_at_most), facts.places)),
        "margin": measure.with_unit(measure.margin(margin or 0.0)),
        "level": words.level(1 - comparison.alpha),
    }
    if margin:
        return words.text("{arm} may be worse by up to {most} (one-sided, {level}); the margin is {margin}.", **said)
    return words.text("{arm} may be worse by up to {most} (one-sided, {level}).", **said)
