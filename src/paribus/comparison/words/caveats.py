"""What a reader should know before believing a verdict, and how an open one could be settled."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts
from paribus.programs.view import program_view
from paribus.records.comparison import RunView
from paribus.records.reasons import REASON
from paribus.words.numbers import alpha_text, p_text

USUAL_ALPHA = 0.05


def caveats(facts: PairFacts) -> list[str]:
    """Sentences on the verdict's weak sides; none where there are none."""
    return [
        *_same_runs(facts),
        *_sign_flip(facts),
        *_other_items(facts),
        *_small_but_real(facts),
        *_below_the_usual_level(facts),
    ]


def _same_runs(facts: PairFacts) -> list[str]:
    """Two settings that are one and the same under this recipe: a fact of the arms, not of chance."""
    if any(_outcome(a) != _outcome(b) for a, b in zip(facts.first.runs, facts.second.runs, strict=True)):
        return []
    return [
        facts.words.text(
            "Both arms gave the same runs to the last bit: with these settings it makes no difference which of the two "
            "values the factor has."
        )
    ]


def _outcome(run: RunView) -> str:
    """What a run came to, as text, so that NaN equals NaN."""
    return repr((run.status, run.figures, run.curves))


def _sign_flip(facts: PairFacts) -> list[str]:
    """The t test takes the differences to be roughly normal; the sign-flip test does not, but needs more seeds."""
    pair, words, alpha = facts.pair, facts.words, facts.comparison.alpha
    if REASON[pair.reason].outcome != "better" or pair.decided_by != "t" or pair.p_sign_flip_holm is None:
        return []
    least = facts.comparison.least_sign_flip_p(pair)
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
    if ends is None:
        return []
    words, margin = facts.words, facts.comparison.margin
    items = program_view(facts.comparison.program).items(words)
    zero = facts.pair.verdict in ("a_better", "b_better") and ends[0] <= 0 <= ends[1]
    # Only where the difference at hand is of the very runs that the verdict is about.
    if zero and facts.pair.over == "all":
        return [
            words.text(
                "That holds for these {items}. Over seeds and {items} together the interval is {ends} and includes 0: "
                "other {items} might not show the difference.",
                ends=facts.ends(ends),
                items=items,
            )
        ]
    if facts.pair.verdict == "equal" and (ends[0] < -margin or ends[1] > margin):
        return [
            words.text(
                "That holds for these {items}. Over seeds and {items} together the interval is {ends}, which reaches "
                "beyond the margin: other {items} might show a larger difference.",
                ends=facts.ends(ends),
                items=items,
            )
        ]
    return []


def _small_but_real(facts: PairFacts) -> list[str]:
    p = facts.pair.p_holm if facts.pair.p_holm is not None else facts.pair.p_t
    if facts.pair.verdict != "equal" or p is None or p > facts.comparison.alpha:
        return []
    return [
        facts.words.text(
            "There is a difference ({p}, paired t test), but it is smaller than the margin of {margin} that was set "
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
        return [
            words.text(
                "Taken alone this pair would be decided ({p}); among {n} pairs it is not.",
                p=p_text(alone, alpha),
                n=len(facts.comparison.pairs),
            )
        ]
    return []


def how_to_settle(facts: PairFacts) -> list[str]:
    """For an open verdict: how many seeds would likely settle it, and what a further look costs."""
    pair, words, comparison = facts.pair, facts.words, facts.comparison
    reason = REASON[pair.reason]
    if pair.verdict != "open" or not reason.unsettled:
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
    return [
        words.text(
            "About {n} seeds in all would likely settle it, {more} more; adding them is look {next} of {looks}, and is "
            "counted as such.",
            n=pair.seeds_to_settle,
            more=max(0, pair.seeds_to_settle - len(comparison.seeds)),
            next=comparison.look + 1,
            looks=comparison.looks_allowed,
        )
    ]
