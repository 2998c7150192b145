"""How interventions are screened: short runs first, and longer ones for those that did best (successive halving).

After Jamieson and Talwalkar 2016, "Non-stochastic best arm identification", figure 3, with a third kept at each rung.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paribus.records.explanation import Effect, Intervention

KEPT_SHARE = 3  # one in so many goes on, for so many times the epochs
CONFIRMED = 2  # interventions that are run at full length at the end


@dataclass(frozen=True)
class Rung:
    """How many interventions are run, and for how many epochs."""

    interventions: int
    epochs: int


def rungs(interventions: int, epochs: int) -> tuple[Rung, ...]:
    """From all interventions at one epoch to a few at up to a third of the full length."""
    steps, count, length = [], interventions, 1
    while count > 0:
        steps.append(Rung(count, length))
        if count <= CONFIRMED or length * KEPT_SHARE > epochs // KEPT_SHARE:
            break
        count, length = max(CONFIRMED, -(-count // KEPT_SHARE)), length * KEPT_SHARE
    return tuple(steps)


def best_first(effects: Mapping[Intervention, Effect]) -> list[Intervention]:
    """By what they reached on validation; equals in the order in which they were proposed."""
    return sorted(effects, key=lambda intervention: -effects[intervention].explained_after)
