"""How the runs that tested interventions learned, read from the store for those who draw it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

from paribus.records.explanation import Explanation
from paribus.records.intervention import Effect, LearningCurve
from paribus.records.program import Epoch, Metric
from paribus.runs.store import Damage, Store


def learning_curves_of(
    explanation: Explanation, store: Store, damage: Damage | None = None
) -> tuple[LearningCurve | None, ...]:
    """One for each of `explanation.tested`; None where it was not run, or a run of it is gone or cannot be read.

    damage: what cannot be read is noted there.
    """
    damage = damage or Damage()
    metric = explanation.program.steering
    read = cache(store.epochs)  # all interventions of one length have the same unchanged runs
    return tuple(
        None if (seen := tested.confirmed or tested.screened) is None else _curve(seen, read, metric, damage)
        for tested in explanation.tested
    )


def _curve(
    seen: Effect, read: Callable[[str], tuple[Epoch, ...]], metric: Metric, damage: Damage
) -> LearningCurve | None:
    with damage.left_out():
        before, after = ([read(run) for run in runs] for runs in (seen.runs_before, seen.runs_after))
        whole = len(before) == len(after) == len(seen.seeds) and all((*before, *after))
        return learning_curve(before, after, seen.epochs, metric) if whole else None
    return None


def learning_curve(
    before: Sequence[Sequence[Epoch]], after: Sequence[Sequence[Epoch]], epochs: int, metric: Metric
) -> LearningCurve:
    """The way to an effect: the mean of the metric of each side after each epoch, up to `epochs`.

    Each run is its epochs, at least one. As in `effect`, one that diverged goes on with what it last had.
    """

    def means(runs: Sequence[Sequence[Epoch]]) -> tuple[float, ...]:
        after_each = ([run[min(n, len(run) - 1)].figures[metric.name] for run in runs] for n in range(epochs))
        return tuple(math.fsum(values) / len(runs) for values in after_each)

    return LearningCurve(before=means(before), after=means(after))
