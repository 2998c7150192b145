"""By how much a difference that was only just decided is overstated."""

from __future__ import annotations

from paribus.core.frozen import Frozen


class Overstated(Frozen):
    """How many times too large, on average, what such a comparison finds is: were the true difference the one that was
    seen, and were it half of that.
    """

    as_seen: float
    if_half: float
