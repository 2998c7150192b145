"""What a reader should know before believing a verdict, and how an open one could be settled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from paribus.comparison.words.exaggeration import too_large
from paribus.comparison.words.margins import margin_below_a_step, supported_margin
from paribus.comparison.words.outlying_runs import far_words
from paribus.comparison.words.pair_facts import PairFacts
from paribus.comparison.words.rare_failures import unseen_failures
from paribus.comparison.words.repeated import unrepeatable
from paribus.comparison.words.seeds import seed_names
from paribus.comparison.words.seeds_to_settle import roughly
from paribus.core.messages import mark
from paribus.programs.view import program_view
from paribus.records.comparison import RunView
from paribus.records.reasons import IDENTICAL, REASON
from paribus.words.metric_format import counted_words
from paribus.words.numbers import alpha_text, p_text

USUAL_ALPHA = 0.05
_MOST_ITEMS = 100_000  # of a test set


def caveats(facts: PairFacts) -> list[str]:
    """Sentences on the verdict's weak sides; none where there are none."""
    return [
        *_without_learning(facts),
        *far_words(facts),
        *too_large(facts),
        *counted_words(facts.comparison.program, facts.words),
        *_same_runs(facts),
        *margin_below_a_step(facts),
        *_left_out(facts),
        *_not_paired(facts),
        *_these_networks(facts),
        *unrepeatable(facts),
        *_sign_flip(facts),
        *unseen_failures(facts),
        *_other_items(facts),
        *_small_but_real(facts),
        *supported_margin(facts),
        *_below_the_usual_level(facts),
    ]


def _without_learning(facts: PairFacts) -> list[str]:
    view = program_view(facts.comparison.program)
    return view.without_learning(facts.comparison, (facts.first, facts.second), facts.words)


def _same_runs(facts: PairFacts) -> list[str]:
    """Two settings that are one and the same under this recipe: a fact of the arms, not of chance."""
    names = [metric.name for metric in facts.comparison.program.metrics]
    runs = [[_outcome(run, names) for run in facts.runs(arm)] for arm in (facts.first, facts.second)]
    failed = all(run.status == "failed" for run in facts.runs(facts.first))  # which says nothing of what they gave
    if runs[0] != runs[1] or not facts.comparison.paired or failed:
        return []
    if not any(run.figures or run.curves for run in facts.runs(facts.first)):
        return []  # no run of either came to anything that could be the same
    if not any(run.curves or run.seconds for run in facts.first.runs):  # of a table nothing but figures is known
        return (
            []
            if facts.pair.reason == IDENTICAL.name
            else [facts.words.text("Both arms have exactly the same figures: the factor changed nothing.")]
        )
    if not _finer_than_items(facts):
        return [
            facts.words.text(
                "Both arms have the same figures, seed by seed. They are counts of items, which runs that "
                "differ may share."
            )
        ]
    return [
        facts.words.text(
            "Both arms gave the same runs to the last bit: with these settings it makes no difference which of the two "
            "values the factor has."
        )
    ]


def _finer_than_items(facts: PairFacts) -> bool:
    """Whether any figure that was compared is no count of items, such as a loss, which shows every difference."""
    metrics = {metric.name: metric for metric in facts.comparison.program.metrics}
    for run in facts.first.runs:
        values = {name: (value,) for name, value in run.figures.items() if name in metrics} | run.curves
        for name, seen in values.items():
            if name not in metrics or metrics[name].unit != "share" or not all(map(_is_count, seen)):
                return True
    return False


def _is_count(share: float) -> bool:
    """Whether a share can be a whole number of items out of a test set's, in double or in single precision."""
    if not math.isfinite(share):
        return False
    return float(Fraction(share).limit_denominator(_MOST_ITEMS)) == share or float(np.float32(share)) == share


def _outcome(run: RunView, metrics: Sequence[str]) -> str:
    """What a run came to, as text, so that NaN equals NaN. Its other figures may be times."""
    return repr((run.status, [run.figures.get(name) for name in metrics], run.curves))


def _left_out(facts: PairFacts) -> list[str]:
    """Seeds that one arm lacks."""
    pair, found = facts.pair, []
    for name, seeds in ((pair.a, pair.seeds_only_a), (pair.b, pair.seeds_only_b)):
        if seeds:
            arm = facts.first_name if name == facts.first.name else facts.second_name
            found.append(
                facts.words.plural(
                    "Seed {seeds} has a run of {arm} alone, and is left out.",
                    "Seeds {seeds} have runs of {arm} alone, and are left out.",
                    len(seeds),
                    seeds=seed_names(facts.comparison, seeds, facts.words),
                    arm=arm,
                )
            )
    return found


def _not_paired(facts: PairFacts) -> list[str]:
    if facts.comparison.paired or facts.pair.decided_by == "none":
        return []
    return [
        facts.words.text(
            "The runs are not paired by seed: all runs of one arm are compared with all runs of the other, which shows "
            "less than pairs would."
        )
    ]


def _these_networks(facts: PairFacts) -> list[str]:
    """One run an arm, whose outcomes by item are known: what they say of these two runs, and of nothing else."""
    pair, ends = facts.pair, facts.items_interval
    if len(pair.mcnemar) != 1 or len(pair.seeds) != 1 or ends is None:
        return []
    (counts,) = pair.mcnemar
    first, second = (counts.only_a, counts.only_b) if facts.first.name == pair.a else (counts.only_b, counts.only_a)
    return [
        facts.words.text(
            "Of these two networks, on these {items}: {first} alone is right on {k}, {second} alone on {l} ({p}, "
            "McNemar's exact test); had other {items} been drawn, the difference would plausibly be {ends} ({level} "
            "interval). On the methods that trained them, one run each says little.",
            first=facts.first_name,
            second=facts.second_name,
            k=f"{first:,}",
            l=f"{second:,}",
            p=p_text(counts.p, facts.comparison.alpha),
            ends=facts.measure.with_unit(facts.ends(ends)),
            level=facts.words.level(pair.level),
            items=facts.items,
        )
    ]


def _sign_flip(facts: PairFacts) -> list[str]:
    """The t test takes the differences to be roughly normal; the sign-flip test does not, but needs more seeds."""
    pair, words, alpha = facts.pair, facts.words, facts.comparison.alpha
    if (
        REASON[pair.reason].outcome != "better"
        or pair.decided_by not in ("t", "welch")
        or pair.p_sign_flip_holm is None
    ):
        return []
    least = facts.comparison.least_sign_flip_p(pair)
    if not facts.comparison.paired:
        if pair.p_sign_flip_holm <= alpha:
            return []
        return [
            words.text(
                "The exact permutation test, which assumes no shape of the figures, does not confirm it "
                "({p}{corrected}; with so many runs its p is never below {least}).",
                p=p_text(pair.p_sign_flip_holm, alpha),
                least=f"{least:.3g}",
                corrected=facts.corrected(),
            )
        ]
    if least > alpha:
        return [
            words.plural(
                "The exact sign-flip test cannot confirm it: with {n} seed its p is never below {least}{corrected}. "
                "So the verdict leans on the t test, which takes the differences to be roughly normal.",
                "The exact sign-flip test cannot confirm it: with {n} seeds its p is never below {least}{corrected}. "
                "So the verdict leans on the t test, which takes the differences to be roughly normal.",
                facts.seeds,
                least=f"{least:.3g}",
                corrected=facts.corrected(),
            )
        ]
    if pair.p_sign_flip_holm > alpha:
        return [
            words.text(
                "The exact sign-flip test, which assumes no shape of the differences, does not confirm it "
                "({p}{corrected}).",
                p=p_text(pair.p_sign_flip_holm, alpha),
                corrected=facts.corrected(),
            )
        ]
    return []


def _other_items(facts: PairFacts) -> list[str]:
    """The interval over seeds holds for these items; other items are a second source of chance."""
    ends = facts.items_interval
    if ends is None or not facts.where:
        return []
    values = {"ends": facts.ends(ends), "items": facts.items}
    if facts.pair.verdict == "equal":
        said = mark("Over seeds and {items} together the interval is {ends}: other {items} might show a difference.")
        if facts.comparison.margin:
            said = mark(
                "Over seeds and {items} together the interval is {ends}, which reaches beyond the margin: other "
                "{items} might show a larger difference."
            )
        return [facts.words.text(said, **values)]
    return [
        facts.words.text(
            "Over seeds and {items} together the interval is {ends} and includes 0: other {items} might not show the "
            "difference.",
            **values,
        )
    ]


def _small_but_real(facts: PairFacts) -> list[str]:
    p = facts.pair.p_holm if facts.pair.p_holm is not None else facts.pair.p_t
    if facts.pair.verdict != "equal" or p is None or p > facts.comparison.alpha:
        return []
    return [
        facts.words.text(
            "There is a difference ({p}, {test}), but it is smaller than the margin of {margin} that was set "
            "beforehand.",
            **facts.values(p),
        )
    ]


def _below_the_usual_level(facts: PairFacts) -> list[str]:
    """Why a p below 0.05 can be open: looks share the false alarms, and so do pairs."""
    pair, words, alpha = facts.pair, facts.words, facts.comparison.alpha
    alone, corrected = pair.p_decision, pair.p_holm if pair.p_holm is not None else pair.p_decision
    if pair.verdict != "open" or alone is None or corrected is None or not facts.judged:
        return []
    if alpha < corrected <= USUAL_ALPHA:
        return [
            words.text(
                "That is below 0.05 and still open: {looks} looks at these arms are allowed, they share the 5 % of "
                "false alarms, and this one decides at {alpha}.",
                looks=facts.comparison.looks_allowed,
                alpha=alpha_text(alpha),
            )
        ]
    if alone <= alpha < corrected:
        said = mark("Taken alone this pair would be decided ({p}); among {n} pairs it is not.")
        if facts.comparison.claims > 1:
            said = mark("Taken alone this would be decided ({p}); among {n} tests it is not.")
        return [words.text(said, p=p_text(alone, alpha), n=facts.comparison.tests)]
    return []


def how_to_settle(facts: PairFacts) -> list[str]:
    """For an open verdict: how many seeds would likely settle it, and what a further look costs."""
    pair, words, comparison = facts.pair, facts.words, facts.comparison
    reason = REASON[pair.reason]
    if pair.verdict != "open" or not (reason.unsettled or pair.seeds_to_settle):
        return []
    if comparison.look > comparison.looks_allowed:  # said at the start
        return []
    if comparison.look == comparison.looks_allowed:
        return [
            words.text(
                "This was the last look that the rule allows: a new comparison would need fresh seeds (paribus compare "
                "… --first-seed)."
            )
        ]
    if pair.seeds_to_settle is None:
        return [words.text(reason.unsettled)]
    there = min(facts.counts(arm)[1] for arm in (facts.first, facts.second))
    values = {
        "n": pair.seeds_to_settle,
        "more": max(0, pair.seeds_to_settle - there),
        "next": comparison.look + 1,
        "looks": comparison.looks_allowed,
    }
    if not comparison.paired:
        return [
            words.text(
                "About {n} runs an arm would likely settle it, {more} more; adding them is look {next} of {looks}, and "
                "is counted as such.",
                **values,
            ),
            *roughly(facts),
        ]
    return [
        words.text(
            "About {n} seeds in all would likely settle it, {more} more; adding them is look {next} of {looks}, and is "
            "counted as such.",
            **values,
        ),
        *roughly(facts),
    ]
