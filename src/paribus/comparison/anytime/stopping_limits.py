"""When a comparison that grows pair by pair ends at the latest."""

from __future__ import annotations

import math
from dataclasses import dataclass

from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.core.messages import mark
from paribus.records.design import Design

USUAL_MOST, LARGEST_MOST = 30, 1000
GROWING = "-until"  # how the id of such a comparison ends: its looks are no looks of the one with fixed seeds


@dataclass(frozen=True)
class Until:
    """most: pairs of runs; budget: seconds for new runs, None for no bound."""

    most: int = USUAL_MOST
    budget: float | None = None


def until_for(asked: bool, most: int | None, budget: float | None) -> Until | None:
    """As given; None where the number of seeds is fixed. Raises FaultsError where nothing could be concluded."""
    faults = []
    if not asked and (most is not None or budget is not None):
        faults.append(Fault("max_seeds and budget bound a comparison that grows; say until_decided too"))
    if most is not None and not (isinstance(most, int) and 2 <= most <= LARGEST_MOST):
        rule = mark("{field} must be from 2 to {limit:,}: one seed decides nothing")
        faults.append(Fault(rule, most, field="max_seeds", limit=LARGEST_MOST))
    if budget is not None and not 0 < budget < math.inf:
        faults.append(
            Fault("budget must be a number of seconds greater than 0, or {none} for no bound", budget, none="None")
        )
    if faults:
        raise FaultsError("the comparison", faults)
    return Until(most or USUAL_MOST, budget) if asked else None


def growing(design: Design, until: Until | None) -> Design:
    """The design under the name of a comparison that grows; as it is where the number of seeds is fixed.

    Raises ParibusError for two factors, whose effects are judged once.
    """
    if until and design.factors:
        raise ParibusError("the effects of two factors are judged once: say how many seeds, and not until decided")
    return design.model_copy(update={"id": design.id + GROWING}) if until else design


def expected(design: Design, until: Until | None) -> tuple[tuple[float, int | None], ...]:
    """For differences of two standard deviations and of one: with how many seeds half of such comparisons are decided.

    None where not within those that are allowed; nothing where the number of seeds is fixed.
    """
    if until is None:
        return ()
    from paribus.comparison.anytime.rule import median_pairs  # SciPy is slow to load

    arms = len(design.arms)
    pairs = arms - 1 if design.baseline else math.comb(arms, 2)
    return tuple((by, median_pairs(by, pairs, until.most)) for by in (2.0, 1.0))
