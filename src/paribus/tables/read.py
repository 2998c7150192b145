"""A table of results as what is to be judged: one pass, and of each run the figures alone are kept."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.given import Given, GivenArm
from paribus.records.program import Metric
from paribus.tables.by_dataset import Labels, merged, on_datasets, set_apart
from paribus.tables.cells import FigureColumn, SeedColumn
from paribus.tables.columns import Roles, Wanted, roles_of
from paribus.tables.factor_cells import COLUMN, Levels, crossing, with_cells
from paribus.tables.rows import Row, Rows, opened

MOST_ARMS = 20
_SAMPLED = 200  # rows by which columns are told

Places = NDArray[np.intp]


@dataclass(frozen=True)
class _Read:
    """All rows: each with its line, its arm's number, and one number a column."""

    names: dict[str, int]
    arms: NDArray[np.int32]
    lines: NDArray[np.int64]
    seeds: NDArray[np.int64] | None
    seed_names: dict[str, str]
    epochs: NDArray[np.float64] | None
    figures: dict[str, NDArray[np.float64]]
    percent: bool


def read_table(table: Any, wanted: Wanted) -> Given:
    """The results in a file or a DataFrame. Raises ParibusError, with the line, for what cannot be read for certain."""
    if not isinstance(table, str) and isinstance(table, Sequence):
        if len(table) != 1:
            raise ParibusError(
                "one table is judged; files of predictions, one for each arm, by --predictions",
                got=len(table),
            )
        table = table[0]
    levels: Levels = {}
    labels: Labels = {}
    with opened(table) as rows:
        if wanted.factors:
            rows = with_cells(rows, wanted.factors, levels)
            wanted = replace(wanted, arm_column=COLUMN)
        if wanted.datasets:
            rows = set_apart(rows, wanted.datasets, labels)
        sample = list(itertools.islice(rows.rows, _SAMPLED))
        if not sample:
            raise rows.wrong(0, Message("there is a header, and no row below it"))
        roles = roles_of(rows, wanted, sample)
        found = _wide(rows, roles, itertools.chain(sample, rows.rows)) if roles.wide else _long(
            rows, roles, wanted, itertools.chain(sample, rows.rows)
        )  # fmt: skip
        given = _given(rows, roles, wanted, found, labels)
    if not levels:
        return given
    factors, cells = crossing(wanted.factors, levels)
    arms = {cell.arm: given.arms[cell.arm] for cell in cells}
    return replace(given, arms=arms, factor=" × ".join(wanted.factors), factors=factors, cells=tuple(cells))


def _long(rows: Rows, roles: Roles, wanted: Wanted, cells: Iterator[Row]) -> _Read:
    place, only = roles.arm or 0, set(wanted.arms)
    names: dict[str, int] = {}
    arms, lines = array("i"), array("q")
    seeds, epochs, figures = _columns(rows, roles)
    places = [(roles.figures[name], column.add) for name, column in figures.items()]
    if seeds is not None and roles.seed is not None:
        places.append((roles.seed, seeds.add))
    if epochs is not None and roles.epoch is not None:
        places.append((roles.epoch, epochs.add))
    for line, row in cells:
        arm = row[place].strip()
        if only and arm not in only:
            continue
        number = names.get(arm)
        if number is None:
            number = names[arm] = _new_arm(rows, arm, line, names, bool(only))
        arms.append(number)
        lines.append(line)
        for at, add in places:
            add(row[at], line)
    missing = [arm for arm in wanted.arms if arm not in names]
    if missing:
        raise ParibusError(
            "{path}: there is no arm {name!q}", path=rows.name, name=missing[0], hint=nearest(missing[0], names)
        )
    return _read(names, arms, lines, seeds, epochs, figures)


def _new_arm(rows: Rows, arm: str, line: int, names: dict[str, int], chosen: bool) -> int:
    if not arm:
        raise rows.wrong(line, Message("the cell that names the arm is empty"))
    if arm.startswith("="):
        raise rows.wrong(line, Message("the cell that names the arm has a formula, {cell!q}; save its value", cell=arm))
    if len(names) >= MOST_ARMS and not chosen:
        rule = Message(
            "this is arm {n}, and a comparison has 2 to {most}; --arms A,B chooses", n=len(names) + 1, most=MOST_ARMS
        )
        raise rows.wrong(line, rule)
    return len(names)


def _wide(rows: Rows, roles: Roles, cells: Iterator[Row]) -> _Read:
    """A row of it has a run of every arm."""
    names = {arm: number for number, arm in enumerate(roles.wide)}
    arms, lines = array("i"), array("q")
    seeds, epochs, _ = _columns(rows, roles)
    column = FigureColumn(rows, roles.metrics[0].name)
    places = list(roles.wide.values())
    for line, row in cells:
        for number, place in enumerate(places):
            arms.append(number)
            lines.append(line)
            column.add(row[place], line)
            if seeds is not None and roles.seed is not None:
                seeds.add(row[roles.seed], line)
            if epochs is not None and roles.epoch is not None:
                epochs.add(row[roles.epoch], line)
    return _read(names, arms, lines, seeds, epochs, {column.name: column})


def _columns(rows: Rows, roles: Roles) -> tuple[SeedColumn | None, FigureColumn | None, dict[str, FigureColumn]]:
    seeds = None if roles.seed is None else SeedColumn(rows, rows.columns[roles.seed])
    epochs = None if roles.epoch is None else FigureColumn(rows, rows.columns[roles.epoch])
    return seeds, epochs, {name: FigureColumn(rows, name) for name in roles.figures}


def _read(
    names: dict[str, int],
    arms: array[int],
    lines: array[int],
    seeds: SeedColumn | None,
    epochs: FigureColumn | None,
    figures: dict[str, FigureColumn],
) -> _Read:
    numbers, called = seeds.seeds() if seeds else (None, {})
    return _Read(
        names=names,
        arms=np.frombuffer(arms, dtype=np.int32) if arms else np.zeros(0, np.int32),
        lines=np.frombuffer(lines, dtype=np.int64) if lines else np.zeros(0, np.int64),
        seeds=numbers,
        seed_names=called,
        epochs=epochs.figures() if epochs else None,
        figures={name: column.figures() for name, column in figures.items()},
        percent=next(iter(figures.values())).percent,
    )


def _given(rows: Rows, roles: Roles, wanted: Wanted, read: _Read, labels: Labels) -> Given:
    if len(read.names) < 2:
        raise ParibusError(
            "{path}: there must be two arms or more; got {names}", path=rows.name, names=list(read.names)
        )
    paired = wanted.paired is not False and (bool(wanted.paired) or read.seeds is not None)
    datasets = {name: _arms(rows, roles, wanted, part, paired) for name, part in _by_dataset(read, labels).items()}
    arms = merged(datasets) if labels else _arms(rows, roles, wanted, read, paired)
    first = roles.metrics[0]
    if read.percent:
        first = first.model_copy(update={"unit": "share"})
    given = Given(
        arms={name: arms[name] for name in wanted.arms or read.names},
        metrics=(first, *roles.metrics[1:]),
        paired=paired,
        factor=rows.columns[roles.arm] if roles.arm is not None else "arm",
        source=_source(rows, roles, read),
        notes=tuple(_notes(rows, roles, first, paired)),
    )
    return on_datasets(given, datasets, wanted.datasets) if labels else given


def _by_dataset(read: _Read, labels: Labels) -> dict[str, _Read]:
    """The rows of each data set, in the order in which they come."""
    if not labels:
        return {}
    of_rows = np.array([labels[line] for line in read.lines.tolist()])
    found = {}
    for name in dict.fromkeys(of_rows.tolist()):
        own = of_rows == name
        found[name] = replace(
            read,
            arms=read.arms[own],
            lines=read.lines[own],
            seeds=None if read.seeds is None else read.seeds[own],
            epochs=None if read.epochs is None else read.epochs[own],
            figures={column: values[own] for column, values in read.figures.items()},
        )
    return found


def _arms(rows: Rows, roles: Roles, wanted: Wanted, read: _Read, paired: bool) -> dict[str, GivenArm]:
    """Those that have rows."""
    arms = {name: _arm(rows, roles, read, n, paired) for name, n in read.names.items() if (read.arms == n).any()}
    sizes = {name: len(arm.seeds) for name, arm in arms.items()}
    if wanted.paired and read.seeds is None and len(set(sizes.values())) > 1:
        raise ParibusError(
            "{path}: arms that are paired by place must have the same number of runs; got {sizes}",
            path=rows.name,
            sizes=[f"{name}: {size}" for name, size in sizes.items()],
        )
    return arms


def _arm(rows: Rows, roles: Roles, read: _Read, number: int, paired: bool) -> GivenArm:
    places = np.flatnonzero(read.arms == number)
    seeds = (
        read.seeds[places]
        if read.seeds is not None and (paired or read.epochs is not None)
        else (np.arange(len(places)))
    )
    if read.epochs is not None:
        run = np.zeros(len(places), np.int64) if read.seeds is None else seeds  # without seeds, each arm is one run
        order = np.lexsort((read.epochs[places], run))
        _refuse_twice(rows, roles, read, places[order], run[order], read.epochs[places][order])
        return _last_rows(read, places[order], run[order])
    if paired and read.seeds is not None:
        order = np.argsort(seeds, kind="stable")
        _refuse_twice(rows, roles, read, places[order], seeds[order], None)
    return GivenArm(seeds.astype(np.int64), {name: values[places] for name, values in read.figures.items()})


def _last_rows(read: _Read, places: Places, runs: NDArray[np.int64]) -> GivenArm:
    """Of each run the last row that has a figure, metric by metric. `places` are by run, and within one by epoch."""
    seeds, inverse = np.unique(runs, return_inverse=True)
    figures = {}
    for name, values in read.figures.items():
        ours = values[places]
        last = np.full(len(seeds), np.nan)
        known = ~np.isnan(ours)
        last[inverse[known]] = ours[known]  # of several the last stays
        figures[name] = last
    return GivenArm(seeds.astype(np.int64), figures)


def _refuse_twice(
    rows: Rows,
    roles: Roles,
    read: _Read,
    places: Places,
    runs: NDArray[np.int64],
    epochs: NDArray[np.float64] | None,
) -> None:
    """A run that has two rows; `places` are in the order of runs, and of epochs within one."""
    same = runs[1:] == runs[:-1]
    if epochs is not None:
        same &= epochs[1:] == epochs[:-1]
    if not same.any():
        return
    at = int(np.flatnonzero(same)[0])
    first, second = sorted((int(places[at]), int(places[at + 1])))
    judged = next(iter(read.figures.values()))
    arm = next(name for name, number in read.names.items() if number == read.arms[first])
    seed = read.seed_names.get(str(runs[at]), str(runs[at]))
    values = (float(judged[first]), float(judged[second]))
    if epochs is None:
        raise rows.wrong(
            int(read.lines[second]),
            Message(
                "{arm}, seed {seed}, has a second figure, {later:g}; line {earlier_line} has {earlier:g}",
                arm=arm, seed=seed, later=values[1], earlier_line=int(read.lines[first]), earlier=values[0],
            ),
        )  # fmt: skip
    raise rows.wrong(
        int(read.lines[second]),
        Message(
            "{arm} has {column} {epoch:g} of one run again, after line {earlier_line}; --pair-by names the column that "
            "tells its runs apart",
            arm=arm,
            column=rows.columns[roles.epoch or 0],
            epoch=float(epochs[at]),
            earlier_line=int(read.lines[first]),
        ),
    )


def _source(rows: Rows, roles: Roles, read: _Read) -> dict[str, Any]:
    said: dict[str, Any] = {"table": rows.name}
    for name, place in (("arm_column", roles.arm), ("pair_by", roles.seed), ("epoch_column", roles.epoch)):
        if place is not None:
            said[name] = rows.columns[place]
    if roles.epoch is not None:
        said["row"] = "last"
    return said | ({"seed_names": read.seed_names} if read.seed_names else {})


def _notes(rows: Rows, roles: Roles, metric: Metric, paired: bool) -> Iterator[Message]:
    column = rows.columns[roles.arm] if roles.arm is not None else ", ".join(roles.wide)
    if roles.seed is not None and paired:
        pairs = Message("paired by {column}", column=rows.columns[roles.seed])
    else:
        pairs = Message("paired by their order") if paired else Message("not paired")
    yield Message("Arms by {column}, {pairs}, judged by {metric}.", column=column, pairs=pairs, metric=metric.text)
    if roles.epoch is not None:
        yield Message(
            "Rows are by {column}: of each run the last row with a figure is taken, not the best.",
            column=rows.columns[roles.epoch],
        )
