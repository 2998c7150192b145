"""A function's training, watched from outside where that is asked for and the function trains with torch."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.probes.from_outside import OutsideProbe
    from paribus.records.trace import StepTrace

EVERY = 50  # updates between two looks, after the first ones


class Watching:
    """Loads torch only where it is there already."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._probe: OutsideProbe | None = None

    def __enter__(self) -> Watching:
        if self._wanted and "torch" in sys.modules:
            from paribus.probes.from_outside import OutsideProbe

            self._probe = OutsideProbe(EVERY).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._probe is not None:
            self._probe.__exit__(kind, error, trace)

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen."""
        return () if self._probe is None else self._probe.trace
