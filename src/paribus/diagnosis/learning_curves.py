"""How the runs that tested interventions learned, read from the store for those who draw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from paribus.core.errors import StoreError
from paribus.diagnosis.judgement import learning_curve
from paribus.records.explanation import Effect, Explanation, LearningCurve
from paribus.records.program import Epoch, Metric
from paribus.runs.store import Store

Read = Callable[[str], tuple[Epoch, ...]]


def learning_curves_of(explanation: Explanation, store: Store) -> tuple[LearningCurve | None, ...]:
    """One for each of `explanation.tested`; None where it was not run, or a run of it is gone or cannot be read."""
    metric = explanation.program.steering
    read = cache(store.epochs)  # all interventions of one length have the same unchanged runs
    return tuple(
        None if (seen := tested.confirmed or tested.screened) is None else _curve(seen, read, metric)
        for tested in explanation.tested
    )


def _curve(seen: Effect, read: Read, metric: Metric) -> LearningCurve | None:
    try:
        before, after = (_read(runs, read) for runs in (seen.runs_before, seen.runs_after))
    except StoreError:
        return None
    whole = len(before) == len(after) == len(seen.seeds) and all((*before, *after))
    return learning_curve(before, after, seen.epochs, metric) if whole else None


def _read(runs: Sequence[str], read: Read) -> list[tuple[Epoch, ...]]:
    return [read(run) for run in runs]
