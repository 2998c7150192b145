"""What each look at the same arms may spend of the error: a comparison that was open may get more seeds, and few times.

How often one was looked at is in `runs.store.looks`.
"""

from __future__ import annotations

from paribus.core.errors import ComparisonError

# The level of each look at the same arms, at most three. The first gets most, for most stop there. They add up to
# less than 0.05: whoever chooses how many seeds to add after seeing the first ones has a little more chance than
# the levels say (the decision record has the simulation that found it).
LOOK_LEVELS: tuple[float, ...] = (0.035, 0.006, 0.003)


def look_level(look: int) -> float:
    """The level that look number `look` (from 1) may use; 0 beyond the last allowed one, where nothing is decided."""
    if look < 1:
        raise ComparisonError("look must be at least 1", got=look)
    return LOOK_LEVELS[look - 1] if look <= len(LOOK_LEVELS) else 0.0
