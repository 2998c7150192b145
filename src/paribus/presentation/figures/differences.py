"""The paired differences as a view: one row a pair, a dot a seed, the interval, and the margin around zero."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.values.comparison import Comparison, PairView


@dataclass(frozen=True)
class DifferenceRow:
    """One pair: differences b minus a in fractions, one a seed; `mean`, `low`, `high` are None where unknown.

    `images_low` and `images_high` are the wider interval, over seeds and test images.
    """

    a: str
    b: str
    seeds: tuple[int, ...]
    points: tuple[float, ...]
    mean: float | None
    low: float | None
    high: float | None
    images_low: float | None
    images_high: float | None


@dataclass(frozen=True)
class DifferencesView:
    """All pairs on one axis, with the margin within which arms count as practically equal (a fraction)."""

    rows: tuple[DifferenceRow, ...]
    margin: float

    def values(self) -> list[float]:
        """Every value that is drawn, zero included: a difference is read from there."""
        drawn = [(*r.points, r.mean, r.low, r.high, r.images_low, r.images_high) for r in self.rows]
        return [0.0, *(value for row in drawn for value in row if value is not None)]


def differences_view(comparison: Comparison) -> DifferencesView:
    """The differences of every pair of a comparison, in its order."""
    return DifferencesView(tuple(map(_row, comparison.pairs)), comparison.margin)


def _row(pair: PairView) -> DifferenceRow:
    return DifferenceRow(
        a=pair.a,
        b=pair.b,
        seeds=pair.seeds,
        points=pair.differences,
        mean=pair.difference,
        low=pair.low,
        high=pair.high,
        images_low=pair.images_low,
        images_high=pair.images_high,
    )
