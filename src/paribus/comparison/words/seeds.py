"""What seeds are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paribus.records.comparison import Comparison
from paribus.words.safe_text import one_line
from paribus.words.translation import Words

_MOST_NAMED = 10


def seed_name(comparison: Comparison, seed: int) -> str:
    """What a seed is called where the runs come from: a table may pair by a name."""
    named: Mapping[str, str] = comparison.program.source.get("seed_names", {})
    return one_line(named.get(str(seed), str(seed)))


def seed_names(comparison: Comparison, seeds: Sequence[int], words: Words) -> str:
    """Several in a sentence; of many the first."""
    listed = [seed_name(comparison, seed) for seed in seeds[:_MOST_NAMED]]
    more = len(seeds) - len(listed)
    return words.join(listed + ([words.text("{n} more", n=f"{more:,}")] if more else []))


def means_note(comparison: Comparison, words: Words) -> str:
    """That the arms' means are over more runs than the differences are; empty where they are not."""
    if not comparison.paired or not any(pair.seeds_only_a or pair.seeds_only_b for pair in comparison.pairs):
        return ""
    return words.text(
        "An arm's mean is over all its runs; a pair's difference is over the seeds that both arms have, and so may be "
        "another than that of the means."
    )
