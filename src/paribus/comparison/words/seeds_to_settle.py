"""How roughly the number of seeds is known that would settle an open verdict."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts


def roughly(facts: PairFacts) -> list[str]:
    """The range that the runs leave it; nothing where none is known."""
    pair, words = facts.pair, facts.words
    if pair.seeds_to_settle_low is None:
        return []
    if pair.seeds_to_settle_high is None:
        return [
            words.text(
                "These runs know that number only roughly: it may as well be {low}, or more than anybody would run.",
                low=pair.seeds_to_settle_low,
            )
        ]
    low, high = pair.seeds_to_settle_low, pair.seeds_to_settle_high
    return [
        words.text(
            "These runs know that number only roughly: anything from {low} to {high} is plausible.", low=low, high=high
        )
    ]
