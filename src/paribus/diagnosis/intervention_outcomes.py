"""What an intervention turned out to be: cause, remedy, contributing, ruled out or not established."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.statistics import t_ends
from paribus.diagnosis.interventions import parts
from paribus.records.intervention import OFF_DEFAULT, Effect, Intervention, Kind, Tested, first_cause
from paribus.records.program import ProgramInfo
from paribus.records.run import RunResult

# Share of the deficit that an intervention must win back to be called restoring, and contributing.
RESTORING, CONTRIBUTING = 0.8, 0.1
# And what a finding points at, where with it every run trains and without it none: another activation, say, may lead
# further than the recipe ever went before it was spoilt.
RESTORING_ALL = 0.5


@dataclass(frozen=True)
class Scale:
    """In what deficits are counted, more of it being better.

    least: a smaller deficit is nothing to explain. most: no run reaches more; infinite where that cannot be known.
    """

    least: float
    most: float = math.inf


# An intervention with what its screening and its confirmation gave; None where not run.
Outcome = tuple[Intervention, Effect | None, Effect | None]


class Read(Protocol):
    """How a program's runs are read by the search."""

    info: ProgramInfo

    def explained(self, result: RunResult, length: int) -> float:
        """How far a run had come by then, in what deficits are counted in; more of it is better."""

    def trained_by(self, result: RunResult, length: int) -> bool | None:
        """Whether it had trained by then; None where that means nothing to the program."""


def effect(program: Read, before: Sequence[RunResult], after: Sequence[RunResult], length: int) -> Effect:
    """Paired runs, seed by seed, by the steering metric after `length` epochs.

    Runs may be longer than that: what they had reached by then counts. A run that diverged earlier counts with what it
    last had.
    """
    if [result.record.seed for result in before] != [result.record.seed for result in after]:
        raise ValueError("runs must be paired by seed")
    return effect_of_pairs(program, before, after, length)


def effect_of_pairs(program: Read, before: Sequence[RunResult], after: Sequence[RunResult], length: int) -> Effect:
    """As `effect`, of pairs that have not one seed, as a placebo's."""
    seeds = tuple(result.record.seed for result in before)
    sides, metric = (before, after), program.info.steering
    values = [np.array([r.figure_after(metric, length) for r in runs]) for runs in sides]
    reached = [np.array([program.explained(r, length) for r in runs]) for runs in sides]
    trained = [[program.trained_by(r, length) for r in runs] for runs in sides]
    low, high = _interval(values[1] - values[0])
    return Effect(
        epochs=length,
        seeds=seeds,
        before=float(values[0].mean()),
        after=float(values[1].mean()),
        low=low,
        high=high,
        explained_before=float(reached[0].mean()),
        explained_after=float(reached[1].mean()),
        explained_low=_interval(reached[1] - reached[0])[0],
        trained_before=_count(trained[0]),
        trained_after=_count(trained[1]),
        runs_before=tuple(r.record.id for r in before),
        runs_after=tuple(r.record.id for r in after),
        idle=all(r.record.idle for r in after),
    )


def _count(trained: Sequence[bool | None]) -> int | None:
    return None if None in trained else sum(map(bool, trained))


def _interval(differences: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """At 95 %; where a side came to no figure, from the least difference to the largest."""
    if len(differences) > 1 and not np.isfinite(differences).all():
        known = np.nan_to_num(differences, nan=0.0, posinf=np.inf, neginf=-np.inf)  # none on both sides: alike
        return float(known.min()), float(known.max())
    return t_ends(differences)


def best_reached(effects: Iterable[Effect | None]) -> float:
    """What the best intervention reached, the unchanged recipe's deficit being what it lacks to that."""
    return max((effect.explained_after for effect in effects if effect is not None), default=-math.inf)


def judge(outcomes: Sequence[Outcome], scale: Scale, best: float | None = None) -> tuple[Tested, ...]:
    """Each intervention with its screening and its confirmation (None where not run), judged together.

    Restoring is winning back four fifths of the deficit: what the best intervention reached over what there was. Half
    of it is enough where a finding points at the intervention, all runs train with it and none without. What restores,
    confirmed on fresh seeds where the unchanged recipe fails (so putting the old value back breaks it), is a cause
    where a measured finding pointed at it, the first for each finding, and else a remedy. Two changes together are a
    cause only where neither restores training alone. What helps some seeds, so that its interval holds no effect too,
    is neither established nor ruled out. `best`: another best than that.
    """
    if best is None:
        best = best_reached(effect for _, *seen in outcomes for effect in seen)

    def won_back(seen: Effect) -> float:
        return recovered(seen, best, scale)

    alone = {one.changes: long or short for one, short, long in outcomes}
    named: set[str] = set()
    tested = []
    for intervention, short, long in outcomes:
        pointer = _pointer(intervention)
        apart = [alone.get(part.changes) for part in parts(intervention) if part.changes != intervention.changes]
        needed = not any(seen is not None and _restores(seen, won_back(seen)) for seen in apart)
        kind = _kind(short, long, won_back, pointer != "" and pointer not in named and needed)
        if kind == "cause":
            named.add(pointer)
        tested.append(Tested(intervention=intervention, kind=kind, screened=short, confirmed=long))
    return tuple(tested)


def settled_cause(
    outcomes: Sequence[Outcome], under_way: Collection[Intervention], scale: Scale
) -> Intervention | None:
    """The first cause, once none of the confirmations under way can change which that is, or that it is one.

    One under way may turn out to be a cause itself, which only matters if it comes first. And it may reach more than
    any did so far: then the deficit is larger, and what was won back a smaller share of it. Between the bests that are
    tried here nobody's share of the deficit rises.
    """
    known = best_reached(effect for _, *seen in outcomes for effect in seen)
    begins = (long.explained_before + scale.least for _, _, long in outcomes if long is not None)
    bests = (known, *(best for best in begins if known < best < scale.most), max(known, scale.most))
    causes = [first_cause(judge(outcomes, scale, best)) for best in bests]
    first = causes[0]
    if first is None or any(cause != first for cause in causes):
        return None
    order = [intervention for intervention, *_ in outcomes]
    return None if any(order.index(one) < order.index(first) for one in under_way) else first


def only_remedies(outcomes: Sequence[Outcome], pending: Collection[Intervention], scale: Scale) -> bool:
    """Whether there is a cause that none of these can unmake or join, whatever their confirmations come to."""
    cause = settled_cause(outcomes, pending, scale)
    return cause is not None and all(one.finding is None or _pointer(one) == _pointer(cause) for one in pending)


def _pointer(intervention: Intervention) -> str:
    """What points at the intervention, for each of which one cause is named; empty where nothing does."""
    if intervention.finding != OFF_DEFAULT:
        return intervention.finding or ""
    return " ".join([OFF_DEFAULT, *(change.factor for change in intervention.changes)])  # of each field by itself


def _kind(short: Effect | None, long: Effect | None, won_back: Callable[[Effect], float], pointed_at: bool) -> Kind:
    seen = long or short
    if seen is None or seen.idle:
        return "not_established"
    share = won_back(seen)
    if long is None:
        return "not_established" if share >= CONTRIBUTING else "no_effect_seen"
    if share < CONTRIBUTING:
        return "not_established" if _more_trained(long) else "ruled_out"
    if not _certain(long):
        return "not_established"
    if pointed_at and _restores(long, share):
        return "cause"
    return "remedy" if share >= RESTORING else "contributing"


def _restores(seen: Effect, share: float) -> bool:
    return share >= RESTORING or (share >= RESTORING_ALL and seen.all_train)


def recovered(seen: Effect, best: float, scale: Scale) -> float:
    """Share of the deficit that an intervention wins back; 0 where there is nothing to win.

    Where the unchanged one comes to no figure at all, whatever does wins all back.
    """
    deficit = best - seen.explained_before
    if math.isinf(deficit):
        return float(math.isinf(seen.explained_before) and math.isfinite(seen.explained_after))
    return (seen.explained_after - seen.explained_before) / deficit if deficit >= scale.least and deficit else 0.0


def _more_trained(seen: Effect) -> bool:
    return seen.trained_before is not None and (seen.trained_after or 0) > seen.trained_before


def _certain(seen: Effect) -> bool:
    return seen.explained_low is not None and seen.explained_low > 0
