"""What few seeds cannot show: a rare failure of the arm that leads."""

from __future__ import annotations

import math

from paribus.comparison.words.pair_facts import PairFacts
from paribus.core.messages import mark
from paribus.records.reasons import REASON


def unseen_failures(facts: PairFacts) -> list[str]:
    """How often it may happen unseen, and how bad it would have to be; nothing where no arm leads by its figures."""
    pair, measure = facts.pair, facts.measure
    reason = REASON[pair.reason]
    if reason.counts or reason.outcome != "better" or pair.unseen_share is None or pair.unseen_loss is None:
        return []
    said = mark(
        "{n} seeds cannot show what is rare: with up to {share} of seeds {first} may do much worse than with any of "
        "these ({level} upper limit), and if it were about {loss} worse with each of them, its lead would be gone."
    )
    if not facts.comparison.paired:
        said = mark(
            "{n} runs cannot show what is rare: in up to {share} of runs {first} may do much worse than in any of "
            "these ({level} upper limit), and if it were about {loss} worse in each of them, its lead would be gone."
        )
    return [
        facts.words.text(
            said,
            n=f"{facts.seeds if facts.comparison.paired else facts.counts(facts.first)[0]:,}",
            first=facts.first_name,
            share=facts.words.percent(pair.unseen_share, 0 if pair.unseen_share >= 0.0995 else 1),
            level=facts.words.level(pair.level),
            loss=measure.with_unit(
                measure.number(pair.unseen_loss, _places(pair.unseen_loss * (100 if measure.is_share else 1)))
            ),
        )
    ]


def _places(size: float) -> int:
    """Decimals down to the first that is no 0, and one more where that is a 1: more would say more than is known."""
    if not size or not math.isfinite(size):
        return 0
    order = math.floor(math.log10(size))
    return max(0, (1 if size < 2 * 10.0**order else 0) - order)
