"""What is said of a comparison that grew pair by pair: by which rule it was judged, and how far it came."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts
from paribus.core.messages import mark
from paribus.records.comparison import Comparison
from paribus.records.reason_form import Reason
from paribus.words.translation import Words

_COUNTS = mark(
    "If both were equally likely to train, evidence this strong would come up at most {chance} of the time, however "
    "long one went on ({p}, anytime-valid test of the seeds in which one arm alone trained{corrected})."
)
_EQUAL = mark(
    "If the true difference were as large as the margin, evidence this strong that it is smaller would come up at most "
    "{chance} of the time, however long one went on ({p}, anytime-valid t test{corrected})."
)
_FIGURE = mark(
    "If there were no difference, evidence this strong would come up at most {chance} of the time, however long one "
    "went on ({p}, anytime-valid t test{corrected})."
)


def anytime_says(reason: Reason) -> str:
    """The sentence about p, in place of that of a number of seeds which was fixed beforehand."""
    return _COUNTS if reason.counts else _EQUAL if reason.outcome == "equal" else _FIGURE


def rule_words(comparison: Comparison, words: Words) -> str:
    """By which rule, and what may be believed of it."""
    said = words.text(
        "Seeds were added one by one and looked at after each, by an anytime-valid rule: however often one looks, arms "
        "that are alike are called different in at most {error} of comparisons.",
        error=words.percent(comparison.alpha, 0),
    )
    if len(comparison.pairs) == 1:
        return said
    share = words.text(
        "Each of the {n} pairs of arms has the same share of that, and stops by itself.", n=len(comparison.pairs)
    )
    return f"{said} {share}"


def how_far(facts: PairFacts) -> list[str]:
    """After how many seeds it was decided; or why it ended undecided, and how it goes on."""
    looked, n = facts.pair.anytime, facts.counts(facts.first)[1]
    if looked is None:
        return []
    values = {"n": n if looked.decided_at is None else looked.decided_at, "most": looked.most}
    if looked.status == "decided":
        return [facts.words.text("It was decided after {n} seeds, of at most {most}.", **values)]
    goes_on = facts.words.text("With a higher --max-seeds it goes on from here, and that costs no certainty.")
    if looked.status == "go_on":
        return [
            facts.words.text(
                "The time was used up after {n} of at most {most} seeds; given again, the command goes on from here.",
                **values,
            )
        ]
    if n >= looked.most:
        return [facts.words.text("All {most} seeds that were allowed are used.", **values), goes_on]
    ended = mark("It ended after {n} of at most {most} seeds: a decision within these was no longer to be expected.")
    return [facts.words.text(ended, **values), goes_on]
