"""What was read of a table as arms: of each its runs, every run once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.records.given import GivenArm
from paribus.tables.by_dataset import Labels
from paribus.tables.columns import Roles, Wanted
from paribus.tables.rows import Rows

Places = NDArray[np.intp]


@dataclass(frozen=True)
class ReadRows:
    """All rows: each with its line, its arm's number, and one number a column."""

    names: dict[str, int]
    arms: NDArray[np.int32]
    lines: NDArray[np.int64]
    seeds: NDArray[np.int64] | None
    seed_names: dict[str, str]
    epochs: NDArray[np.float64] | None
    figures: dict[str, NDArray[np.float64]]
    percent: bool


def by_dataset(read: ReadRows, labels: Labels) -> dict[str, ReadRows]:
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


def arms_of(rows: Rows, roles: Roles, wanted: Wanted, read: ReadRows, paired: bool) -> dict[str, GivenArm]:
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


def _arm(rows: Rows, roles: Roles, read: ReadRows, number: int, paired: bool) -> GivenArm:
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


def _last_rows(read: ReadRows, places: Places, runs: NDArray[np.int64]) -> GivenArm:
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
    read: ReadRows,
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
