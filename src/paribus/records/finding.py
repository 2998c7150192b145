"""A finding: a named symptom or cause, with its evidence and its strength."""

from __future__ import annotations

from typing import Literal

from paribus.core.frozen import Frozen

Strength = Literal["weak", "moderate", "strong"]
STRENGTHS: tuple[Strength, ...] = ("strong", "moderate", "weak")


class Evidence(Frozen):
    """One number that speaks for a finding: what was measured, against which threshold, and where that comes from.

    `quantity` is one of those that the finding's rule names.
    """

    quantity: str
    value: float
    threshold: float
    source: str


class Finding(Frozen):
    """What a rule saw: in which layers (none where it concerns the whole network), from which step to which.

    Steps count from 0, as in the trace. Strength: `strong` where the network cannot train with it, `moderate` where it
    costs some of the result, `weak` where it is visible and may be harmless. `name` is a rule's. `place`: the line of
    somebody's own loop to look at, `file.py:12`; empty where it is of none.
    """

    name: str
    strength: Strength
    layers: tuple[str, ...]
    first_step: int
    last_step: int
    evidence: tuple[Evidence, ...]
    place: str = ""

    @property
    def rank(self) -> int:
        """By which findings are sorted, the strongest first."""
        return STRENGTHS.index(self.strength)
