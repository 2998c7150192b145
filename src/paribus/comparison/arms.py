"""One arm of a comparison: its runs, and its view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import rule
from paribus.comparison.statistics import LEVEL, t_interval, wilson
from paribus.records.comparison import ArmView, Estimate, RunView
from paribus.records.program import Fields, Metric
from paribus.records.run import RunResult

_FINEST = 1e-9  # a resolution below this is no rounding that anybody could see


@dataclass(frozen=True, eq=False)
class ArmRuns:
    """An arm with its runs, in the order of the seeds.

    items: for each run which items it got right, [items] of truth values; None where that is not known.
    """

    name: str
    value: Any
    fields: Fields
    runs: tuple[RunView, ...]
    items: tuple[NDArray[np.bool_] | None, ...] = field(default=())

    @property
    def trained_count(self) -> int:
        """How many runs trained; where that means nothing to the program, how many came to an end."""
        return sum(run.counted for run in self.runs)

    @property
    def over(self) -> Literal["all", "trained"]:
        """Which runs a mean is over: a mean over some that trained and some that did not describes neither."""
        return "trained" if 0 < self.trained_count < len(self.runs) else "all"

    def described(self) -> list[RunView]:
        """The runs that `over` names."""
        return [run for run in self.runs if run.counted or self.over == "all"]

    def items_of(self, place: int) -> NDArray[np.bool_] | None:
        """The outcomes by item of the run with the seed at `place`."""
        return self.items[place] if self.items else None


def arm_view(arm: ArmRuns, metrics: Sequence[Metric]) -> ArmView:
    """The view of one arm, with its figure of each metric that a run of it has."""
    counts = any(run.trained is not None for run in arm.runs)
    low, high = wilson(arm.trained_count, len(arm.runs)) if counts else (None, None)
    ended = [run for run in arm.described() if run.status == "finished"]
    values = {m: [value for run in ended if (value := run.last(m.name)) is not None] for m in metrics}
    return ArmView(
        name=arm.name,
        value=arm.value,
        fields=arm.fields,
        trained=arm.trained_count if counts else None,
        trained_low=low,
        trained_high=high,
        over=arm.over,
        figures={metric.name: estimate(found, metric) for metric, found in values.items() if found},
        runs=arm.runs,
    )


def estimate(values: Sequence[float], metric: Metric) -> Estimate:
    """Mean and t interval of one figure or more. A share has no end beyond 0 or 1."""
    # Rounding gives one figure half the variance that it gives a difference of two.
    low, high = map(float, t_interval(values, LEVEL, rule.rounding_variance(metric) / 2))
    if metric.unit == "share":
        low, high = max(0.0, low), min(1.0, high)
    single = len(values) == 1
    return Estimate(
        mean=float(np.mean(values)),
        low=None if single else low,
        high=None if single else high,
        level=LEVEL,
        n=len(values),
    )


def as_precise_as(metric: Metric, values: Sequence[float]) -> Metric:
    """The metric with the resolution that its figures show, the last place that they are given with, if it has none."""
    if metric.resolution is not None or not values:
        return metric
    last = min(int(Decimal(repr(float(v))).normalize().as_tuple().exponent) for v in values)
    return metric if 10.0 ** min(0, last) < _FINEST else metric.model_copy(update={"resolution": 10.0 ** min(0, last)})


def run_view(result: RunResult, metrics: Sequence[Metric]) -> RunView:
    """A run as a comparison shows it. Its curves are of the metrics that every epoch has."""
    record, epochs = result.record, result.epochs
    names = [m.name for m in metrics if epochs and all(m.name in e.figures for e in epochs)]
    return RunView(
        id=record.id,
        seed=record.seed,
        status=record.status,
        trained=record.trained,
        figures=record.figures,
        curves={name: tuple(epoch.figures[name] for epoch in epochs) for name in names},
        seconds=record.seconds,
    )
