"""The verdict in plain words: what is better, by how much, how sure, and what the test cannot say.

Nothing is computed here; every figure is the comparison's own. The order is fixed: *confounded* first, then the look,
then a paragraph a pair, which leads with the trained counts where any run did not train.
"""

from __future__ import annotations

from collections.abc import Callable

from paribus.comparison.words.anytime import how_far, rule_words
from paribus.comparison.words.caveats import caveats, how_to_settle
from paribus.comparison.words.datasets import DatasetFacts, dataset_facts, dataset_headline, dataset_paragraph
from paribus.comparison.words.factorial import factorial_headline, factorial_paragraphs
from paribus.comparison.words.pair_facts import PairFacts, pair_facts
from paribus.comparison.words.seeds import seed_name
from paribus.comparison.words.verdict_sentence import decision, short_decision
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison, PairView
from paribus.records.reasons import NOTHING_TRAINED, REASON
from paribus.words.errors import message_words
from paribus.words.metric_format import measure_of
from paribus.words.numbers import alpha_text
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, translator


def verdict_words(comparison: Comparison, lang: str) -> str:
    """The whole verdict in plain words, its paragraphs parted by blank lines."""
    return "\n\n".join(verdict_paragraphs(comparison, lang))


def verdict_paragraphs(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """What goes for all of it, if anything does, and then a paragraph a pair."""
    opening, pairs = opening_words(comparison, lang), pair_paragraphs(comparison, lang)
    return (opening, *pairs) if opening else pairs


def pair_paragraphs(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """A paragraph a pair; where several metrics are claimed, of each by its name, the judged one first."""
    if comparison.factorial is not None:
        return factorial_paragraphs(comparison, lang)
    if comparison.datasets is not None:
        return tuple(dataset_paragraph(facts) for facts in dataset_facts(comparison, lang))
    return _of_claims(comparison, lang, pair_words)


def _of_claims(comparison: Comparison, lang: str, say: Callable[[Comparison, PairView, str], str]) -> tuple[str, ...]:
    """What is said of each pair; where several metrics are claimed, of each by its name, the judged one first."""
    if comparison.claims == 1:
        return tuple(say(comparison, pair, lang) for pair in comparison.pairs)
    words, others = translator(lang), dict.fromkeys(pair.metric for pair in comparison.other_pairs)
    return tuple(
        words.text("{metric}: {said}", metric=measure_of(c.metric, lang).title, said=say(c, pair, lang))
        for c in (comparison, *(comparison.by(name) for name in others))
        for pair in c.pairs
    )


def opening_words(comparison: Comparison, lang: str) -> str:
    """What goes for every pair: that the comparison is confounded, which look it is; empty where neither is told."""
    words = translator(lang)
    tuned = _tuned(comparison, words)
    return " ".join([*_confounded(comparison, words), *tuned, *_baseline(comparison, words), *_look(comparison, words)])


def pair_words(comparison: Comparison, pair: PairView, lang: str) -> str:
    """One pair's paragraph: trained counts, decision with size and certainty, caveats, and how to settle it."""
    facts = pair_facts(comparison, pair, lang)
    decided = decision(facts)
    if facts.all_trained:
        sentences = [*decided, *_counts(facts), *caveats(facts)]
    else:
        sentences = [*_counts(facts), *_without_figures(facts), *decided, *caveats(facts)]
    return " ".join([*sentences, *(how_far(facts) or how_to_settle(facts))])


def headlines(comparison: Comparison, lang: str) -> tuple[str, ...]:
    """The verdict in short lines: one a pair, of each metric that is claimed; of two factors one."""
    if comparison.factorial is not None:
        return (factorial_headline(comparison, lang),)
    return _of_claims(comparison, lang, headline)


def headline(comparison: Comparison, pair: PairView, lang: str) -> str:
    """One pair's verdict in a short line, for tables and titles."""
    if comparison.datasets is not None:
        return dataset_headline(DatasetFacts(comparison, comparison.datasets.of(pair.a, pair.b), translator(lang)))
    facts = pair_facts(comparison, pair, lang)
    line = short_decision(facts)
    return facts.words.text("Confounded: {line}", line=line) if comparison.confounded else line


def _tuned(comparison: Comparison, words: Words) -> list[str]:
    """That each arm is at its best, where it is."""
    if not comparison.tuned_fields:
        return []
    fields = words.join([words.field(field) for field in comparison.tuned_fields])
    return [words.text("Each arm has its own best {fields}.", fields=fields)]


def _confounded(comparison: Comparison, words: Words) -> list[str]:
    if not comparison.confounded:
        return []
    fields = words.join([words.field(field) for field in comparison.differences])
    return [
        words.text(
            "Confounded: the arms differ in {n} fields at once ({fields}), so what follows cannot be put down to any "
            "one of them.",
            n=len(comparison.differences),
            fields=fields,
        )
    ]


def _baseline(comparison: Comparison, words: Words) -> list[str]:
    if not comparison.baseline or len(comparison.arms) < 3:
        return []
    arm = next(arm for arm in comparison.arms if arm.name == comparison.baseline)
    name = words.name_of_arm(arm.name, comparison.factor, arm.value)
    return [words.text("Each arm is judged against {baseline} alone, not against the others.", baseline=name)]


def _look(comparison: Comparison, words: Words) -> list[str]:
    if any(pair.anytime for pair in comparison.pairs):
        return [rule_words(comparison, words)]
    if comparison.look == 1:
        return []
    if comparison.look > comparison.looks_allowed and not program_view(comparison.program).makes_runs:
        return [
            words.text(
                "These arms have been looked at more often than the {looks} times that the rule allows, and whoever "
                "looks often enough sees a difference by chance: the figures stand, but no verdict is drawn. A verdict "
                "needs fresh runs, judged by themselves; pb.Sequential takes them pair by pair, and may be looked at "
                "after each.",
                looks=comparison.looks_allowed,
            )
        ]
    if comparison.look > comparison.looks_allowed:
        return [
            words.text(
                "These arms have been looked at more often than the {looks} times that the rule allows, and whoever "
                "looks often enough sees a difference by chance: the figures stand, but no verdict is drawn. A verdict "
                "needs a new comparison with fresh seeds (paribus compare … --first-seed).",
                looks=comparison.looks_allowed,
            ),
            words.text("With --until-decided it may be looked at after every seed."),
        ]
    return [
        words.text(
            "This is look {look} of {looks} at these arms; it is judged at the level that the rule allows this look, "
            "{alpha}.",
            look=comparison.look,
            looks=comparison.looks_allowed,
            alpha=alpha_text(comparison.alpha),
        )
    ]


def _counts(facts: PairFacts) -> list[str]:
    """How many runs trained. Where any did not, this comes first: no mean may be read without it."""
    first, words = facts.first, facts.words
    if REASON[facts.pair.reason] is NOTHING_TRAINED or (facts.all_trained and first.trained is None):
        return []
    if facts.all_trained:
        n, m = facts.counts(first)[1], facts.counts(facts.second)[1]
        if n != m:
            return [words.text("Both trained in all of their runs.")]
        if n == 2:
            return [words.text("Both trained in both of their runs.")]
        return [words.text("Both trained in all {n} runs.", n=n)] if n > 1 else []
    return [words.text("{second} trained in {k} of {n} runs, {first} in {l} of {m}.", **facts.values())]


def _without_figures(facts: PairFacts) -> list[str]:
    """Runs that failed, diverged or went astray, arm by arm; what a failed one said is said once."""
    words, sentences = facts.words, []
    for arm, name in ((facts.second, facts.second_name), (facts.first, facts.first_name)):
        runs = facts.runs(arm)
        astray = [run for run in runs if run.astray is not None]
        failed = [run for run in runs if run.status == "failed"]
        n = sum(run.status == "diverged" for run in runs) - len(astray)
        if failed:
            sentences.append(
                words.plural("{n} run of {arm} failed.", "{n} runs of {arm} failed.", len(failed), arm=name)
            )
        said = next((run.failure.message for run in failed if run.failure), None)
        if said is not None:
            sentences.append(words.text("The first of them: {why}.", why=one_line(message_words(said, words.lang))))
        if n:
            sentences.append(
                words.plural(
                    "{n} run of {arm} diverged: its figures became infinite or not a number.",
                    "{n} runs of {arm} diverged: their figures became infinite or not a number.",
                    n,
                    arm=name,
                )
            )
        if astray:
            sentences.append(
                words.plural(
                    "{n} run of {arm} went astray: its {metric} is {value} (seed {seed}).",
                    "{n} runs of {arm} went astray: the {metric} of one is {value} (seed {seed}).",
                    len(astray),
                    arm=name,
                    metric=facts.measure.label,
                    value=f"{astray[0].astray:.3g}",
                    seed=seed_name(facts.comparison, astray[0].seed),
                )
            )
    return sentences
