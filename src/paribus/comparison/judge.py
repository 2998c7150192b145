"""The decision rule on results that exist already: tables or plain figures. Needs no torch and no store."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paribus.comparison.decision_rule.editions import CURRENT, check_edition
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.decision_rule.second_edition import DEFAULT_MARGIN
from paribus.comparison.from_given import compared
from paribus.comparison.judgement import Judgement
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.programs.metrics import condition, metric_named
from paribus.records.given import Given
from paribus.records.program import Metric
from paribus.tables.columns import Wanted
from paribus.tables.plain import Figures, given_figures, is_number
from paribus.tables.plain_datasets import figures_by_dataset
from paribus.tables.predictions import read_predictions
from paribus.tables.read import read_table

if TYPE_CHECKING:
    from pandas import DataFrame

_NO_PERCENTAGE = 1e6  # figures that large have gone astray


def judge(
    results: Mapping[str, Figures | Mapping[str, Any]] | str | Path | Sequence[str | Path] | DataFrame,
    *,
    metric: str | Sequence[str] = (),
    margin: float | None = None,
    unit: str = "",
    resolution: float | None = None,
    trained: str = "",
    claim_all: bool = False,
    baseline: str = "",
    paired: bool | None = None,
    look: int = 1,
    rule: str = CURRENT,
    arm_column: str = "",
    pair_by: str = "",
    arms: Sequence[str] = (),
    factors: Sequence[str] = (),
    datasets: str | bool = "",
    epoch_column: str = "",
    predictions: bool = False,
) -> Judgement:
    """Decide between arms by the figures of their runs.

    `pb.judge({"a": {0: 0.91, 1: 0.92}, "b": {0: 0.93, 1: 0.94}})`, or `pb.judge("results.csv", metric="loss:min")`.

    Args:
        results: for each arm by name its figures: a mapping from seed to figure, which is paired by seed whatever its
            order, or a list. Or a table: a file (CSV, TSV, JSON lines, Parquet) or a DataFrame. A figure that is None
            or missing is of a run that failed, one that is no finite number of a run that diverged.
        metric: `NAME:max` where more is better, `NAME:min` where less is. Of several the first is judged.
        margin: a difference up to this counts as practically equal, in the metric's unit. Choose it beforehand. By
            default 0.001 where the name says that it is a share of right answers, and no other metric is ever called
            equal.
        unit: of the metric that is judged: `share` for fractions that are to be shown in per cent; `nats`, `seconds`,
            or any other.
        resolution: the least step that a figure can show, such as 1 / 10,000 for a share of so many items. By default
            the last decimal that figures are given with.
        trained: when a run counts as trained, such as `val_acc>0.2`. By default when it gave a finite figure.
        claim_all: judge by every metric, corrected for their number.
        baseline: the arm against which each other one is judged, and no two others: fewer tests, so that the correction
            costs less. Choose it beforehand.
        paired: lists are paired by place if this is True; else runs without seeds are not paired, and compared by
            Welch's test. False compares runs with seeds in that way too.
        look: which look at these arms this is, from 1 to 3: who adds seeds and looks again has more chances.
        rule: the edition of the decision rule: `first` gives verdicts as they were up to version 0.1.0.
        arm_column, pair_by: the table's columns that name a row's arm, and its seed.
        arms: the columns that have the arms' figures, of a table with a column for each arm; else which arms to take.
        factors: two columns, of a table whose arms are the cells of two factors: what each does, alone and together.
        datasets: the column that says which data set a row is of: then the verdict is over data sets, as a sample of
            data sets like them. True where the figures of each arm are by data set: a mapping from its name to a
            mapping, a list or one figure.
        epoch_column: of a table with rows for every epoch; the last row of a run is taken.
        predictions: the tables, one for each arm, have a row for each item of one test set: `item`, `label` and
            `prediction`, or `item` and `correct`.

    Raises:
        ParibusError: with all faults at once.
    """
    check(margin, resolution, look, trained, metric)
    given = given_results(
        results,
        metric=metric,
        unit=unit,
        resolution=resolution,
        trained=trained,
        paired=paired,
        arm_column=arm_column,
        pair_by=pair_by,
        arms=arms,
        factors=factors,
        datasets=datasets,
        epoch_column=epoch_column,
        predictions=predictions,
    )
    return judgement(given, margin, look, trained, claim_all, baseline, check_edition(rule))


def check(margin: float | None, resolution: float | None, look: int, trained: str, metric: str | Sequence[str]) -> None:
    """Raise ParibusError with all that is wrong with these."""
    errors = ErrorCollector("the judgement")
    with errors:
        faults = []
        if margin is not None and not (is_number(margin) and 0 <= margin < math.inf):
            faults.append(Fault("margin must be a number of at least 0", margin))
        if resolution is not None and not (is_number(resolution) and 0 < resolution < math.inf):
            faults.append(Fault("resolution must be a number greater than 0", resolution))
        if faults:
            raise FaultsError("the judgement", faults)
    with errors:
        if not isinstance(look, int):
            raise ParibusError("look must be a whole number", got=look)
        look_level(look)
    with errors:
        if any(not isinstance(text, str) for text in _listed(metric)):
            raise ParibusError("a metric is written NAME, NAME:min or NAME:max", got=metric)
        names = [metric_named(text).name for text in _listed(metric)]
        if len(set(names)) < len(names):
            raise ParibusError("every metric is named once", got=names)
    with errors:
        if trained:
            condition(trained)
    errors.raise_all()


def given_results(
    results: Any,
    *,
    metric: str | Sequence[str] = (),
    unit: str = "",
    resolution: float | None = None,
    trained: str = "",
    paired: bool | None = None,
    predictions: bool = False,
    arms: Sequence[str] = (),
    factors: Sequence[str] = (),
    datasets: str | bool = "",
    **columns: str,
) -> Given:
    """The results as they are to be judged: what `judge` takes, as far as it says what they are."""
    metrics = tuple(metric_named(text) for text in _listed(metric))
    if predictions:
        asked = {
            "metric": metric,
            "trained": trained,
            "paired": paired is not None,
            "arms": arms,
            "factors": factors,
            "datasets": datasets,
            **columns,
        }
        if more := [name for name, value in asked.items() if value]:
            raise ParibusError(
                "files of predictions are judged by how many items are right; leave out {names}", names=more
            )
        given = read_predictions(results)
    elif isinstance(results, Mapping):
        if factors:
            raise ParibusError("two factors are judged of a table, whose columns they are")
        given = (figures_by_dataset if datasets else given_figures)(results, metrics, paired)
    else:
        also = (condition(trained).name,) if trained else ()
        if datasets is True:
            raise ParibusError("of a table the column of the data sets is named, --dataset-column (datasets=NAME)")
        if datasets and factors:
            raise ParibusError(
                "two factors are judged on one data set; leave out the data sets' column, or the factors"
            )
        places: dict[str, Any] = {**columns, "factors": tuple(factors), "datasets": datasets or ""}
        given = read_table(results, Wanted(metrics=metrics, paired=paired, arms=tuple(arms), also=also, **places))
    first, *others = given.metrics
    first = first.model_copy(update={"unit": unit or first.unit, "resolution": resolution or first.resolution})
    return replace(given, metrics=(_as_share(first, given), *others))


def judgement(
    given: Given,
    margin: float | None,
    look: int,
    trained: str,
    claim_all: bool,
    baseline: str = "",
    edition: str = CURRENT,
) -> Judgement:
    """The verdict on given results; what remains of what `judge` takes."""
    first = given.metrics[0]
    if margin is None:  # of no other metric does everybody know a difference that is small
        margin = DEFAULT_MARGIN if first.unit == "share" and metric_named(first.text).unit == "share" else 0.0
    needed = condition(trained) if trained else None
    return Judgement(compared(given, margin, look, needed, claim_all, baseline, edition), given.notes)


def _as_share(metric: Metric, given: Given) -> Metric:
    """A metric that is a share by its name is none where its figures are beyond 1; a few of them are a mistake."""
    if metric.unit != "share":
        return metric
    figures = np.concatenate([arm.figures[metric.name] for arm in given.arms.values()])
    sizes = figures[np.isfinite(figures) & (np.abs(figures) < _NO_PERCENTAGE)]
    beyond = (sizes < 0) | (sizes > 1)
    if not beyond.any():
        return metric
    if beyond.mean() < 0.5:
        raise ParibusError(
            "{name} is a share from 0 to 1 in most runs, and {value:g} in one", name=metric.name,
            value=float(sizes[beyond][0]),
        )  # fmt: skip
    return metric.model_copy(update={"unit": ""})


def _listed(metric: str | Sequence[str]) -> list[str]:
    return list(metric) if isinstance(metric, Sequence) and not isinstance(metric, str) else [metric] if metric else []
