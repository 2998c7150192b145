"""What an intervention turned out to be: cause, remedy, contributing, ruled out or not established."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paribus.analysis import rule
from paribus.analysis.statistics import LEVEL, t_interval
from paribus.values.explanation import Effect, Intervention, Kind, Tested
from paribus.values.records import RunResult

# Accuracy that is lost, in fractions, from which on there is something to explain.
LEAST_DEFICIT = 0.01
# Share of the deficit that an intervention must win back to be called restoring, and contributing.
RESTORING, CONTRIBUTING = 0.8, 0.1


def effect(before: Sequence[RunResult], after: Sequence[RunResult], epochs: int) -> Effect:
    """Paired runs, seed by seed, on validation accuracy after `epochs` epochs.

    Runs may be longer than that: what they had reached by then counts. A run that diverged earlier counts with what it
    last had.
    """
    seeds = tuple(result.record.seed for result in before)
    if seeds != tuple(result.record.seed for result in after):
        raise ValueError("runs must be paired by seed")
    without, with_it = (np.array([accuracy_at(r, epochs) for r in runs]) for runs in (before, after))
    low, high = t_interval(with_it - without, LEVEL, 0.0) if len(seeds) > 1 else (None, None)
    return Effect(
        epochs=epochs,
        seeds=seeds,
        before=float(without.mean()),
        after=float(with_it.mean()),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        trained_before=sum(trained_by(r, epochs) for r in before),
        trained_after=sum(trained_by(r, epochs) for r in after),
    )


def accuracy_at(result: RunResult, epochs: int) -> float:
    """Validation accuracy after so many epochs."""
    return result.metrics[min(epochs, len(result.metrics)) - 1].val_accuracy


def trained_by(result: RunResult, epochs: int) -> bool:
    """Whether the run had trained by then: the decision rule's own words for a run at its end."""
    if epochs >= len(result.metrics):
        return rule.trained(result.record)
    prior = result.record.prior_entropy
    return prior is not None and result.metrics[epochs - 1].val_loss < prior * (1 - rule.TRAINED_LOSS_SHARE)


def judge(screened: Sequence[tuple[Intervention, Effect | None, Effect | None]]) -> tuple[Tested, ...]:
    """Each intervention with its screening and its confirmation (None where not run), judged together.

    Restoring is winning back four fifths of the deficit: what the best intervention reached over what there was. An
    intervention that restores, confirmed on fresh seeds where the unchanged recipe fails (so putting the old value
    back breaks it), is a cause where a measured finding pointed at it, the first for each finding, and else a remedy.
    """
    best = max((e.after for _, short, long in screened for e in (short, long) if e is not None), default=0.0)
    named: set[str] = set()
    tested = []
    for intervention, short, long in screened:
        kind = _kind(intervention, short, long, best, named)
        if kind == "cause" and intervention.finding is not None:
            named.add(intervention.finding)
        tested.append(Tested(intervention=intervention, kind=kind, screened=short, confirmed=long))
    return tuple(tested)


def _kind(intervention: Intervention, short: Effect | None, long: Effect | None, best: float, named: set[str]) -> Kind:
    seen = long or short
    if seen is None:
        return "not_established"
    share = recovered(seen, best)
    if long is None:
        return "not_established" if share >= CONTRIBUTING else "ruled_out"
    if share >= RESTORING and _certain(long):
        known = intervention.finding is not None and intervention.finding not in named
        return "cause" if known else "remedy"
    return "contributing" if share >= CONTRIBUTING and _certain(long) else "ruled_out"


def recovered(seen: Effect, best: float) -> float:
    """Share of the deficit that an intervention wins back; 0 where there is nothing to win."""
    deficit = best - seen.before
    return (seen.after - seen.before) / deficit if deficit >= LEAST_DEFICIT else 0.0


def _certain(seen: Effect) -> bool:
    return seen.low is not None and seen.low > 0
