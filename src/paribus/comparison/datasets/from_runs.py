"""From runs on several data sets to the verdicts: each arm's mean over data sets, and every pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from paribus.comparison.arm_results import ArmRuns, Columns, arm_view, as_precise_as, estimate, over_of, without_astray
from paribus.comparison.datasets.judging import over_datasets
from paribus.comparison.from_runs import Judged
from paribus.comparison.statistics import Floats
from paribus.records.comparison import ArmView
from paribus.records.program import Metric, ProgramInfo


def judged_on_datasets(
    on_each: Mapping[str, Sequence[ArmRuns]], names: Sequence[str], program: ProgramInfo, *, margin: float, **how: Any
) -> Judged:
    """The arms over all data sets, by the program's metric, and described by its others.

    on_each: by data set the arms that have runs on it. how: what `over_datasets` takes besides.
    """
    sound = {name: without_astray(arms, program.judged) for name, arms in on_each.items()}
    arms = [_together([arm for arms in sound.values() for arm in arms if arm.name == name]) for name in names]
    metric = as_precise_as(program.judging, arms)
    others = [as_precise_as(other, arms) for other in program.metrics if other.name != program.judged]
    others = [other for other in others if any((~np.isnan(arm.columns.figures[other.name])).any() for arm in arms)]
    datasets, pairs = over_datasets(sound, arms, metric, margin, **how)
    described = chain.from_iterable(over_datasets(sound, arms, other, None, **how)[1] for other in others)
    metrics = [metric, *others]
    whole = {name: on for name, on in sound.items() if len(on) == len(arms)} or sound
    views = tuple(
        _view(arm, [of for on in whole.values() for of in on if of.name == arm.name], metrics) for arm in arms
    )
    return Judged(metric, views, pairs, tuple(described), None, datasets)


def _together(arms: Sequence[ArmRuns]) -> ArmRuns:
    """One arm's runs on all data sets."""
    columns = [arm.columns for arm in arms]
    figures = {name: np.concatenate([one.figures[name] for one in columns]) for name in columns[0].figures}
    seeds, counted = (np.concatenate([getattr(one, part) for one in columns]) for part in ("seeds", "counted"))
    runs = tuple(run for arm in arms for run in arm.runs)
    return ArmRuns(arms[0].name, arms[0].value, arms[0].fields, runs, Columns(seeds, counted, figures))


def _view(arm: ArmRuns, on_each: Sequence[ArmRuns], metrics: Sequence[Metric]) -> ArmView:
    """The arm with its means over data sets, each of which counts the same however many runs it has.

    `on_each`: where every arm has runs, so that means can be held against each other.
    """
    means = {metric.name: np.array([_mean(one, metric) for one in on_each]) for metric in metrics}
    known = {name: values[~np.isnan(values)] for name, values in means.items()}
    figures = {metric.name: estimate(known[metric.name], metric) for metric in metrics if len(known[metric.name])}
    return arm_view(arm, metrics).model_copy(update={"figures": figures})


def _mean(arm: ArmRuns, metric: Metric) -> float:
    """On one data set, over the runs that its figure is of."""
    counted, values = arm.columns.counted, arm.columns.figures[metric.name]
    kept: Floats = values[(counted | (over_of(counted) == "all")) & ~np.isnan(values)]
    return float(kept.mean()) if len(kept) else np.nan
