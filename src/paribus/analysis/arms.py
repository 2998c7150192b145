"""One arm of a comparison: its runs, and its view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import rule
from paribus.analysis.statistics import LEVEL, t_interval, wilson
from paribus.values.comparison import Arm, ArmView, Estimate, RunView
from paribus.values.recipe import recipe_of
from paribus.values.records import RunResult


@dataclass(frozen=True)
class ArmRuns:
    """An arm with its results, in the order of the seeds, and which of them trained."""

    arm: Arm
    results: tuple[RunResult, ...]
    trained: tuple[bool, ...]

    @property
    def trained_count(self) -> int:
        """How many runs trained."""
        return sum(self.trained)

    @property
    def over(self) -> Literal["all", "trained"]:
        """Which runs a mean is over: a mean over some that trained and some that did not describes neither."""
        return "trained" if 0 < self.trained_count < len(self.results) else "all"

    def described(self) -> list[RunResult]:
        """The runs that `over` names and that have answers on the test set (a diverged one has none)."""
        chosen = [r for r, t in zip(self.results, self.trained, strict=True) if t or self.over == "all"]
        return [r for r in chosen if r.classes is not None]


def arm_runs(arm: Arm, results: Sequence[RunResult]) -> ArmRuns:
    """Judge each run once."""
    return ArmRuns(arm, tuple(results), tuple(bool(r.record.trained) for r in results))


def arm_view(arm: ArmRuns, labels: NDArray[np.int64], classes: int) -> ArmView:
    """The view of one arm; labels: [images] true classes of the test set."""
    low, high = wilson(arm.trained_count, len(arm.results))
    described = arm.described()
    accuracies = [r.record.figures["test_accuracy"] for r in described if "test_accuracy" in r.record.figures]
    return ArmView(
        name=arm.arm.name,
        value=arm.arm.value,
        recipe=recipe_of(arm.arm.fields),
        trained=arm.trained_count,
        trained_low=low,
        trained_high=high,
        over=arm.over,
        test_accuracy=estimate(accuracies, len(labels)),
        confusion=_confusion(described, labels, classes),
        runs=tuple(_run_view(r, t) for r, t in zip(arm.results, arm.trained, strict=True)),
    )


def estimate(accuracies: Sequence[float], test_count: int) -> Estimate | None:
    """Mean and t interval of accuracies on one test set; None of none."""
    if not accuracies:
        return None
    # Rounding to whole images gives one accuracy half the variance that it gives a difference of two.
    low, high = t_interval(accuracies, LEVEL, rule.least_variance(test_count) / 2)
    single = len(accuracies) == 1
    return Estimate(
        mean=float(np.mean(accuracies)),
        low=None if single else max(0.0, float(low)),
        high=None if single else min(1.0, float(high)),
        level=LEVEL,
        n=len(accuracies),
    )


def _confusion(results: Sequence[RunResult], labels: NDArray[np.int64], classes: int) -> tuple[tuple[int, ...], ...]:
    """Counts [true][predicted] of test images, summed over the runs."""
    total = np.zeros(classes * classes, dtype=np.int64)
    for answers in (r.classes for r in results if r.classes is not None):
        total += np.bincount(labels * classes + answers, minlength=classes * classes)
    return tuple(tuple(int(count) for count in row) for row in total.reshape(classes, classes))


def _run_view(result: RunResult, trained: bool) -> RunView:
    record, epochs = result.record, result.epochs
    return RunView(
        id=record.id,
        seed=record.seed,
        status=record.status,
        trained=trained,
        test_accuracy=record.figures.get("test_accuracy"),
        test_loss=record.figures.get("test_loss"),
        train_loss=tuple(e.figures["train_loss"] for e in epochs),
        train_accuracy=tuple(e.figures["train_accuracy"] for e in epochs),
        val_loss=tuple(e.figures["val_loss"] for e in epochs),
        val_accuracy=tuple(e.figures["val_accuracy"] for e in epochs),
        seconds=record.seconds,
    )
