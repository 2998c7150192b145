"""Mends: one thing of a function's training changed from outside, in its own process, and taken back at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def mended(mends: Mapping[str, Any], seed: int) -> Iterator[Mapping[str, int]]:
    """These mends, by name and value, as long as the context lasts. Gives how often each has changed something.

    It has to be entered before the code that it mends is loaded, which may take names from torch's modules.
    """
    if not mends:
        yield {}
        return
    from paribus.programs.function.mending.apply import ACTING
    from paribus.programs.function.mending.base import Mending

    mending = Mending(tuple(mends), seed)
    try:
        for name, value in mends.items():
            ACTING[name](mending, value)
        yield mending.hits
    finally:
        mending.events.take_back()
