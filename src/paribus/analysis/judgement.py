"""What an intervention turned out to be: cause, remedy, contributing, ruled out or not established."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import rule
from paribus.analysis.statistics import LEVEL, t_interval
from paribus.values.explanation import OFF_DEFAULT, Course, Effect, Intervention, Kind, Tested
from paribus.values.program import Epoch
from paribus.values.records import RunResult

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


def effect(before: Sequence[RunResult], after: Sequence[RunResult], epochs: int) -> Effect:
    """Paired runs, seed by seed, on the validation set after `epochs` epochs.

    Runs may be longer than that: what they had reached by then counts. A run that diverged earlier counts with what it
    last had.
    """
    seeds = tuple(result.record.seed for result in before)
    if seeds != tuple(result.record.seed for result in after):
        raise ValueError("runs must be paired by seed")
    accuracies = [np.array([_at(r, epochs).figures["val_accuracy"] for r in runs]) for runs in (before, after)]
    shares = [np.array([explained_at(r, epochs) for r in runs]) for runs in (before, after)]
    low, high = _interval(accuracies[1] - accuracies[0])
    return Effect(
        epochs=epochs,
        seeds=seeds,
        before=float(accuracies[0].mean()),
        after=float(accuracies[1].mean()),
        low=low,
        high=high,
        explained_before=float(shares[0].mean()),
        explained_after=float(shares[1].mean()),
        explained_low=_interval(shares[1] - shares[0])[0],
        trained_before=sum(trained_by(r, epochs) for r in before),
        trained_after=sum(trained_by(r, epochs) for r in after),
        runs_before=tuple(r.record.id for r in before),
        runs_after=tuple(r.record.id for r in after),
    )


def course(before: Sequence[Sequence[Epoch]], after: Sequence[Sequence[Epoch]], epochs: int) -> Course:
    """The way to an effect: the mean validation accuracy of each side after each epoch, up to `epochs`.

    Each run is its epochs, at least one. As in `effect`, one that diverged goes on with what it last had.
    """
    return Course(before=_means(before, epochs), after=_means(after, epochs))


def _means(runs: Sequence[Sequence[Epoch]], epochs: int) -> tuple[float, ...]:
    return tuple(
        math.fsum(run[min(epoch, len(run) - 1)].figures["val_accuracy"] for run in runs) / len(runs)
        for epoch in range(epochs)
    )


def _interval(differences: NDArray[np.float64]) -> tuple[float | None, float | None]:
    if len(differences) < 2:
        return None, None
    low, high = t_interval(differences, LEVEL, 0.0)
    return float(low), float(high)


def _at(result: RunResult, epochs: int) -> Epoch:
    return result.epochs[min(epochs, len(result.epochs)) - 1]


def explained_at(result: RunResult, epochs: int) -> float:
    """Share of the label prior's entropy by which the validation loss is below it; 0 for a constant, or worse."""
    prior, loss = result.record.figures.get("prior_entropy"), _at(result, epochs).figures["val_loss"]
    return max(0.0, 1 - loss / prior) if prior and math.isfinite(loss) else 0.0


def trained_by(result: RunResult, epochs: int) -> bool:
    """Whether the run had trained by then: the decision rule's own words for a run at its end."""
    if epochs >= len(result.epochs):
        return bool(result.record.trained)
    prior = result.record.figures.get("prior_entropy")
    return prior is not None and result.epochs[epochs - 1].figures["val_loss"] < prior * (1 - rule.TRAINED_LOSS_SHARE)


def best_reached(effects: Iterable[Effect | None]) -> float:
    """What the best intervention reached, the unchanged recipe's deficit being what it lacks to that."""
    return max((effect.explained_after for effect in effects if effect is not None), default=-math.inf)


def judge(outcomes: Sequence[Outcome], scale: Scale, best: float | None = None) -> tuple[Tested, ...]:
    """Each intervention with its screening and its confirmation (None where not run), judged together.

    Restoring is winning back four fifths of the deficit: what the best intervention reached over what there was. Half
    of it is enough where a finding points at the intervention, all runs train with it and none without. What restores,
    confirmed on fresh seeds where the unchanged recipe fails (so putting the old value back breaks it), is a cause
    where a measured finding pointed at it, the first for each finding, and else a remedy. What helps some seeds, so
    that its interval holds no effect too, is neither established nor ruled out. `best`: another best than that.
    """
    if best is None:
        best = best_reached(effect for _, *seen in outcomes for effect in seen)
    named: set[str] = set()
    tested = []
    for intervention, short, long in outcomes:
        pointer = _pointer(intervention)
        kind = _kind(short, long, lambda effect: recovered(effect, best, scale), pointer != "" and pointer not in named)
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
    causes = [_first_cause(judge(outcomes, scale, best)) for best in bests]
    first = causes[0]
    if first is None or any(cause != first for cause in causes):
        return None
    order = [intervention for intervention, *_ in outcomes]
    return None if any(order.index(one) < order.index(first) for one in under_way) else first


def _first_cause(tested: Sequence[Tested]) -> Intervention | None:
    return next((t.intervention for t in tested if t.kind == "cause"), None)


def _pointer(intervention: Intervention) -> str:
    """What points at the intervention, for each of which one cause is named; empty where nothing does."""
    if intervention.finding != OFF_DEFAULT:
        return intervention.finding or ""
    return " ".join([OFF_DEFAULT, *(change.factor for change in intervention.changes)])  # of each field by itself


def _kind(short: Effect | None, long: Effect | None, won_back: Callable[[Effect], float], pointed_at: bool) -> Kind:
    seen = long or short
    if seen is None:
        return "not_established"
    share = won_back(seen)
    if long is None:
        return "not_established" if share >= CONTRIBUTING else "ruled_out"
    if share < CONTRIBUTING:
        return "ruled_out"
    if not _certain(long):
        return "not_established"
    if pointed_at and (share >= RESTORING or (share >= RESTORING_ALL and _all_or_none(long))):
        return "cause"
    return "remedy" if share >= RESTORING else "contributing"


def recovered(seen: Effect, best: float, scale: Scale) -> float:
    """Share of the deficit that an intervention wins back; 0 where there is nothing to win.

    Where the unchanged one comes to no figure at all, whatever does wins all back.
    """
    deficit = best - seen.explained_before
    if math.isinf(deficit):
        return float(math.isinf(seen.explained_before) and math.isfinite(seen.explained_after))
    return (seen.explained_after - seen.explained_before) / deficit if deficit >= scale.least and deficit else 0.0


def _all_or_none(seen: Effect) -> bool:
    return seen.trained_before == 0 and seen.trained_after == len(seen.seeds)


def _certain(seen: Effect) -> bool:
    return seen.explained_low is not None and seen.explained_low > 0
