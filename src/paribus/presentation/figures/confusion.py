"""Confusion matrices as a view: shares of each true class, and the mistakes that are made most."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.values.comparison import Comparison


@dataclass(frozen=True)
class Mistake:
    """Images of class `true` that were called `predicted`: how many, and what share of that class."""

    true: int
    predicted: int
    count: int
    share: float


@dataclass(frozen=True)
class ConfusionView:
    """One arm's matrix. `counts[true][predicted]`, summed over `runs` runs; `shares` divide by the row's sum.

    `mistakes`: the pairs of classes most often confused, worst first, by share. `single`: the class that the arm
    gives to (nearly) every image, None where it uses several.
    """

    name: str
    index: int
    runs: int
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    mistakes: tuple[Mistake, ...]
    single: int | None


def confusion_views(comparison: Comparison, mistakes: int = 3) -> tuple[ConfusionView, ...]:
    """A view for each arm, in order. An arm without any prediction has an empty matrix."""
    return tuple(_view(comparison, index, mistakes) for index in range(len(comparison.arms)))


def _view(comparison: Comparison, index: int, mistakes: int) -> ConfusionView:
    arm = comparison.arms[index]
    sums = [sum(row) for row in arm.confusion]
    rows = zip(arm.confusion, sums, strict=True)
    shares = tuple(tuple(count / total if total else 0.0 for count in row) for row, total in rows)
    wrong = [
        Mistake(true, predicted, count, shares[true][predicted])
        for true, row in enumerate(arm.confusion)
        for predicted, count in enumerate(row)
        if count and true != predicted
    ]
    wrong.sort(key=lambda m: (-m.share, m.true, m.predicted))
    runs = sum(run.test_accuracy is not None and (arm.over == "all" or run.trained) for run in arm.runs)
    return ConfusionView(arm.name, index, runs, arm.confusion, shares, tuple(wrong[:mistakes]), _single(arm.confusion))


def _single(counts: tuple[tuple[int, ...], ...]) -> int | None:
    columns = [sum(column) for column in zip(*counts, strict=True)]
    total = sum(columns)
    if len(columns) < 2 or not total or max(columns) < 0.99 * total:
        return None
    return columns.index(max(columns))
