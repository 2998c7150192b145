"""Which column of a table is what: as somebody said, or where its name and its cells leave no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.programs.metrics import metric_named
from paribus.records.program import Metric
from paribus.tables.cells import FigureColumn
from paribus.tables.rows import Row, Rows

_ARMS = ("arm", "model", "method", "variant", "condition", "treatment", "group", "algorithm")
_SEEDS = ("seed", "random_seed", "rng_seed", "replicate", "repeat")
_EPOCHS = ("epoch", "step", "global_step", "iteration")
_INDEX = ("", "id", "index", "run_id", "unnamed: 0")


@dataclass(frozen=True)
class Wanted:
    """What is asked of a table; empty where it is to be found.

    arms: the columns of the arms, of a table with one for each; else the arms to take. paired: None where it is paired
    if it has seeds. also: columns that are needed besides. factors: the two columns whose cells are the arms. datasets:
    the column that says which data set a row is of.
    """

    metrics: tuple[Metric, ...] = ()
    arm_column: str = ""
    pair_by: str = ""
    arms: tuple[str, ...] = ()
    epoch_column: str = ""
    paired: bool | None = None
    also: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    datasets: str = ""


@dataclass(frozen=True)
class Roles:
    """The columns by their places. wide: the arms with a column of their own; then `arm` and `figures` have none."""

    metrics: tuple[Metric, ...]
    arm: int | None
    seed: int | None
    epoch: int | None
    figures: dict[str, int]
    wide: dict[str, int]


def roles_of(rows: Rows, wanted: Wanted, sample: Sequence[Row]) -> Roles:
    """What each column is. Raises ParibusError with the choices where that is open."""
    columns = rows.columns
    seed, epoch = _seed(rows, wanted), _named(rows, wanted.epoch_column, _EPOCHS)
    wide = wanted.arms or _arms_of_wide(rows, wanted, sample, {seed, epoch})
    if wide and not wanted.arm_column and all(arm in columns for arm in wide):
        if len(wanted.metrics) != 1 or wanted.also:
            raise ParibusError(
                "a table with a column for each arm has one metric: name it, --metric NAME:max or NAME:min"
            )
        arms = {arm: columns.index(arm) for arm in wide}
        return Roles(wanted.metrics, None, seed, epoch, {}, arms)
    if not wanted.arm_column and set(wanted.arms) & set(columns):
        for arm_name in wanted.arms:  # one of them is no column
            _place(rows, arm_name)
    arm = _arm(rows, wanted, sample, {seed, epoch})
    metrics = wanted.metrics or (_metric(rows, sample, {arm, seed, epoch, *map(rows.columns.index, wanted.factors)}),)
    figures = {name: _place(rows, name) for name in (*(metric.name for metric in metrics), *wanted.also)}
    for role in (arm, seed):
        if role is not None and role in figures.values():
            raise ParibusError("{path}: {column} is one thing alone", path=rows.name, column=columns[role])
    return Roles(metrics, arm, seed, epoch, figures, {})


def _arms_of_wide(rows: Rows, wanted: Wanted, sample: Sequence[Row], taken: set[int | None]) -> tuple[str, ...]:
    """The columns of figures beside the seeds, where there is nothing else, and none is called like the metric."""
    free = [place for place in range(len(rows.columns)) if place not in taken]
    names = tuple(rows.columns[place] for place in free)
    if len(wanted.metrics) != 1 or len(free) < 2 or {name.lower() for name in names} & {*_ARMS, *_EPOCHS, *_INDEX}:
        return ()
    metric = wanted.metrics[0].name
    if metric in rows.columns or nearest(metric, rows.columns):
        return ()
    return names if all(_is_figures(rows, place, sample) for place in free) else ()


def _place(rows: Rows, name: str) -> int:
    if name not in rows.columns:
        others = Message("the columns are {choices}", choices=rows.columns)
        raise ParibusError(
            "{path}: there is no column {name!q}", path=rows.name, name=name, hint=nearest(name, rows.columns, others)
        )
    return rows.columns.index(name)


def _named(rows: Rows, name: str, usual: Sequence[str]) -> int | None:
    """The column of that name; without one, that which has a usual name, if there is one alone."""
    if name:
        return _place(rows, name)
    found = [place for place, column in enumerate(rows.columns) if column.lower() in usual]
    return found[0] if len(found) == 1 else None


def _seed(rows: Rows, wanted: Wanted) -> int | None:
    """It tells a run's rows apart also where runs are not to be paired."""
    if wanted.paired is False and wanted.pair_by:
        raise ParibusError("runs are either paired by {column} or unpaired; say one of them", column=wanted.pair_by)
    return _named(rows, wanted.pair_by, _SEEDS)


def _arm(rows: Rows, wanted: Wanted, sample: Sequence[Row], taken: set[int | None]) -> int:
    found = _named(rows, wanted.arm_column, _ARMS)
    if found is None:
        free = [place for place in range(len(rows.columns)) if place not in taken]
        texts = [place for place in free if not _is_figures(rows, place, sample)]
        texts = [place for place in texts if len({cells[place] for _, cells in sample}) > 1]
        found = texts[0] if len(texts) == 1 else None
    if found is None:
        raise ParibusError(
            "{path}: which column says the arm of a row? Name it, --arm-column (or, where each arm has a column of its "
            "own, --arms A,B); the columns are {choices}",
            path=rows.name,
            choices=rows.columns,
        )
    return found


def _metric(rows: Rows, sample: Sequence[Row], taken: set[int | None]) -> Metric:
    free = [
        column
        for place, column in enumerate(rows.columns)
        if place not in taken and column.lower() not in _INDEX and _is_figures(rows, place, sample)
    ]
    untaken = [column for place, column in enumerate(rows.columns) if place not in taken]
    if not free and len(untaken) == 1:
        free = untaken
    if len(free) != 1:
        raise ParibusError(
            "{path}: which figure is judged? Name it, --metric NAME:max or NAME:min; the columns with figures are "
            "{choices}",
            path=rows.name,
            choices=free or [Message("none")],
        )
    return metric_named(free[0])


def _is_figures(rows: Rows, place: int, sample: Sequence[Row]) -> bool:
    """Whether most of its cells are; one that is not is then told by its line."""
    column, wrong = FigureColumn(rows, rows.columns[place]), 0
    for line, cells in sample:
        try:
            column.add(cells[place], line)
        except ParibusError:
            wrong += 1
    return 2 * wrong < len(sample)
