"""One arm of a comparison: its runs, and its view."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.statistics import LEVEL, Floats, t_interval, wilson
from paribus.records.comparison import ArmView, Estimate, RunView
from paribus.records.program import Fields, Metric
from paribus.records.run import RunResult

MOST_PLACES = 9  # more decimals are no rounding that anybody could see
_ASTRAY = 1e100  # no figure is as large
_ORDERS = 1e9  # times what a sound figure is


@dataclass(frozen=True, eq=False)
class Columns:
    """Runs as arrays, in their order: their seeds, whether each counts as trained, and the figures of those that ended.

    figures: by metric; NaN where a run did not end, or has no such figure.
    """

    seeds: NDArray[np.int64]
    counted: NDArray[np.bool_]
    figures: Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class ArmRuns:
    """An arm with its runs.

    runs: in the order of the seeds; of many thousand only the first. columns: all of them. items: for each run which
    items it got right, [items] of truth values; None where that is not known.
    """

    name: str
    value: Any
    fields: Fields
    runs: tuple[RunView, ...]
    columns: Columns
    items: tuple[NDArray[np.bool_] | None, ...] = field(default=())

    @property
    def trains(self) -> bool:
        """Whether *trained* means something to the program, or a run did not come to its end."""
        return any(run.trained is not None for run in self.runs) or not self.columns.counted.all()

    def items_of(self, place: int) -> NDArray[np.bool_] | None:
        """The outcomes by item of the run with the seed at `place`."""
        return self.items[place] if self.items else None


def arm_of(
    name: str,
    value: Any,
    fields: Fields,
    runs: Sequence[RunView],
    metrics: Sequence[Metric],
    items: tuple[NDArray[np.bool_] | None, ...] = (),
) -> ArmRuns:
    """An arm with its runs, and these as arrays."""
    figures = {m.name: np.array([_figure(run, m.name) for run in runs], dtype=np.float64) for m in metrics}
    seeds, counted = np.array([run.seed for run in runs], np.int64), np.array([run.counted for run in runs], bool)
    return ArmRuns(name, value, fields, tuple(runs), Columns(seeds, counted, figures), items)


def _figure(run: RunView, name: str) -> float:
    found = run.last(name) if run.status == "finished" else None
    return found if found is not None and math.isfinite(found) else math.nan


def without_astray(arms: Sequence[ArmRuns], name: str) -> list[ArmRuns]:
    """The arms; a run whose figure is beyond what any run could mean has none, and counts as one that did not train."""
    sizes = np.abs(np.concatenate([arm.columns.figures[name] for arm in arms])) if arms else np.zeros(0)
    sizes = np.sort(sizes[~np.isnan(sizes)])
    if not len(sizes) or sizes[-1] <= (limit := _astray_beyond(sizes)):
        return list(arms)
    return [_without_astray(arm, name, limit) for arm in arms]


def _astray_beyond(sizes: Floats) -> float:
    """Where figures have gone astray, by their sizes in order: a quarter of them is sound, or else no size is."""
    return float(min(_ASTRAY, _ORDERS * max(1.0, sizes[(len(sizes) - 1) // 4])))


def _without_astray(arm: ArmRuns, name: str, limit: float) -> ArmRuns:
    figures = arm.columns.figures[name]
    lost = np.abs(figures) > limit  # false of NaN
    runs = [
        run.model_copy(
            update={
                "status": "diverged",
                "trained": None if run.trained is None else False,
                "astray": float(run.figures.get(name, figure)),
                "figures": {key: value for key, value in run.figures.items() if key != name},
            }
        )
        if gone
        else run
        for run, gone, figure in zip(arm.runs, lost, figures, strict=False)
    ]
    columns = replace(
        arm.columns,
        counted=arm.columns.counted & ~lost,
        figures={key: np.where(lost, np.nan, values) for key, values in arm.columns.figures.items()},
    )
    return replace(arm, runs=tuple(runs), columns=columns)


def over_of(counted: NDArray[np.bool_]) -> Literal["all", "trained"]:
    """Which runs a mean is over: a mean over some that trained and some that did not describes neither."""
    return "trained" if 0 < counted.sum() < len(counted) else "all"


def arm_view(arm: ArmRuns, metrics: Sequence[Metric]) -> ArmView:
    """The view of one arm, with its figure of each metric that a run of it has."""
    counted, size = arm.columns.counted, len(arm.columns.counted)
    trained, over = int(counted.sum()), over_of(counted)
    counts = any(run.trained is not None for run in arm.runs)
    low, high = wilson(trained, size) if counts else (None, None)
    described = counted | (over == "all")
    values = {m.name: arm.columns.figures[m.name][described] for m in metrics}
    known = {name: found[~np.isnan(found)] for name, found in values.items()}
    return ArmView(
        name=arm.name,
        value=arm.value,
        fields=arm.fields,
        trained=trained if counts else None,
        trained_low=low,
        trained_high=high,
        over=over,
        figures={m.name: estimate(known[m.name], m) for m in metrics if len(known[m.name])},
        runs=arm.runs,
        total=None if size == len(arm.runs) else size,
    )


def estimate(values: Floats, metric: Metric) -> Estimate:
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


def as_precise_as(metric: Metric, arms: Sequence[ArmRuns]) -> Metric:
    """The metric with the resolution that its figures show, the last place that they are given with, if it has none."""
    figures = [arm.columns.figures[metric.name] for arm in arms]
    values = np.concatenate(figures) if figures else np.zeros(0)
    values = values[~np.isnan(values)]
    if metric.resolution is not None or not len(values):
        return metric
    places = int(places_of(values).max())
    return metric if places > MOST_PLACES else metric.model_copy(update={"resolution": 10.0**-places})


def places_of(values: Floats) -> NDArray[np.int64]:
    """With how many decimals each value is given; one more than any rounding has where there are too many to count."""
    found = np.zeros(values.shape, dtype=np.int64)
    for places in range(MOST_PLACES + 1):
        found[np.isfinite(values) & (np.round(values, places) != values)] = places + 1
    return found


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
        failure=record.failure,
    )
