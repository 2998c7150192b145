"""That comparisons which can only just decide find differences too large, on average."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts


def too_large(facts: PairFacts) -> list[str]:
    """With the number for two truths, as nobody knows which it is; nothing where it matters little."""
    found = facts.pair.overstated
    if found is None:
        return []
    return [
        facts.words.text(
            "This was only just decided: were the true difference as large as it was seen, such comparisons would find "
            "it {seen} times too large on average, and were it half as large, {half} times.",
            seen=f"{found.as_seen:.1f}",
            half=f"{found.if_half:.1f}",
        )
    ]
