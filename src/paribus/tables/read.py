"""A table of results as what is to be judged: one pass, and of each run the figures alone are kept."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.given import Given
from paribus.records.program import Metric
from paribus.tables.arm_runs import ReadRows, arms_of, by_dataset
from paribus.tables.by_dataset import Labels, merged, on_datasets, set_apart
from paribus.tables.cells import FigureColumn, SeedColumn
from paribus.tables.columns import Roles, Wanted, roles_of
from paribus.tables.factor_cells import COLUMN, Levels, crossing, with_cells
from paribus.tables.rows import Row, Rows, opened

MOST_ARMS = 20
_SAMPLED = 200  # rows by which columns are told


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


def _long(rows: Rows, roles: Roles, wanted: Wanted, cells: Iterator[Row]) -> ReadRows:
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


def _wide(rows: Rows, roles: Roles, cells: Iterator[Row]) -> ReadRows:
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
) -> ReadRows:
    numbers, called = seeds.seeds() if seeds else (None, {})
    return ReadRows(
        names=names,
        arms=np.frombuffer(arms, dtype=np.int32) if arms else np.zeros(0, np.int32),
        lines=np.frombuffer(lines, dtype=np.int64) if lines else np.zeros(0, np.int64),
        seeds=numbers,
        seed_names=called,
        epochs=epochs.figures() if epochs else None,
        figures={name: column.figures() for name, column in figures.items()},
        percent=next(iter(figures.values())).percent,
    )


def _given(rows: Rows, roles: Roles, wanted: Wanted, read: ReadRows, labels: Labels) -> Given:
    if len(read.names) < 2:
        raise ParibusError(
            "{path}: there must be two arms or more; got {names}", path=rows.name, names=list(read.names)
        )
    paired = wanted.paired is not False and (bool(wanted.paired) or read.seeds is not None)
    datasets = {name: arms_of(rows, roles, wanted, part, paired) for name, part in by_dataset(read, labels).items()}
    arms = merged(datasets) if labels else arms_of(rows, roles, wanted, read, paired)
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


def _source(rows: Rows, roles: Roles, read: ReadRows) -> dict[str, Any]:
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
