"""A table with a column that says which data set a row is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.given import Given, GivenArm
from paribus.tables.rows import Row, Rows

Labels = dict[int, str]  # by line


def set_apart(rows: Rows, column: str, labels: Labels) -> Rows:
    """The table without that column. `labels`: gets what it says of each line."""
    if column not in rows.columns:
        others = Message("the columns are {choices}", choices=rows.columns)
        hint = nearest(column, rows.columns, others)
        raise ParibusError("{path}: there is no column {name!q}", path=rows.name, name=column, hint=hint)
    place = rows.columns.index(column)

    def cells() -> Iterator[Row]:
        for line, row in rows.rows:
            labels[line] = row[place].strip()
            if not labels[line]:
                raise rows.wrong(line, Message("the cell that names the data set is empty"))
            yield line, [*row[:place], *row[place + 1 :]]

    columns = (*rows.columns[:place], *rows.columns[place + 1 :])
    return replace(rows, columns=columns, rows=cells())


def on_datasets(given: Given, datasets: Mapping[str, Mapping[str, GivenArm]], column: str) -> Given:
    """The results by data set, all of each arm's together besides. Raises ParibusError where there is one alone."""
    if len(datasets) < 2:
        raise ParibusError("a verdict over data sets needs two data sets or more; got {names}", names=list(datasets))
    if not any(len(of) > 1 for of in datasets.values()):
        raise ParibusError("no data set has runs of two arms, so there is nothing to compare")
    return replace(given, arms=merged(datasets), datasets=datasets, dataset_column=column)


def merged(datasets: Mapping[str, Mapping[str, GivenArm]]) -> dict[str, GivenArm]:
    """All runs of each arm."""
    names = dict.fromkeys(name for of in datasets.values() for name in of)
    return {name: _together([of[name] for of in datasets.values() if name in of]) for name in names}


def _together(arms: list[GivenArm]) -> GivenArm:
    figures = {name: np.concatenate([arm.figures[name] for arm in arms]) for name in arms[0].figures}
    return GivenArm(np.concatenate([arm.seeds for arm in arms]), figures)
