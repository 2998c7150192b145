"""Two columns of a table as one: the arm of a row is the cell of two factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.factorial import Cell, Factor
from paribus.tables.rows import Row, Rows

COLUMN = "cell of two factors"

Levels = dict[str, tuple[str, str]]


def with_cells(rows: Rows, factors: tuple[str, ...], levels: Levels) -> Rows:
    """The table with one column more, which names the row's cell. `levels`: gets what each name stands for."""
    if len(set(factors)) != 2:
        raise ParibusError("--factors takes two columns, A,B", got=list(factors))
    for name in factors:
        if name not in rows.columns:
            others = Message("the columns are {choices}", choices=rows.columns)
            hint = nearest(name, rows.columns, others)
            raise ParibusError("{path}: there is no column {name!q}", path=rows.name, name=name, hint=hint)
    first, second = (rows.columns.index(name) for name in factors)

    def cells() -> Iterator[Row]:
        for line, row in rows.rows:
            both = (row[first].strip(), row[second].strip())
            if not all(both):
                raise rows.wrong(line, Message("the cell that names a factor's level is empty"))
            name = " × ".join(both)
            levels[name] = both
            yield line, [*row, name]

    return replace(rows, columns=(*rows.columns, COLUMN), rows=cells())


def crossing(factors: tuple[str, ...], levels: Mapping[str, tuple[str, str]]) -> tuple[tuple[Factor, ...], list[Cell]]:
    """The factors with their levels, numbers in order, and the cells. Raises ParibusError where one is missing."""
    found = [
        Factor(name=name, values=_ordered(dict.fromkeys(both[place] for both in levels.values())))
        for place, name in enumerate(factors)
    ]
    arms = {both: name for name, both in levels.items()}
    wanted = list(product(found[0].values, found[1].values))
    missing = [" × ".join(both) for both in wanted if both not in arms]
    if missing:
        raise ParibusError("every level of {a} is needed with every level of {b}; missing are {names}", a=factors[0],
                           b=factors[1], names=missing)  # fmt: skip
    if any(len(factor.values) < 2 for factor in found):
        raise ParibusError("a factor needs two levels or more", got=[list(factor.values) for factor in found])
    return tuple(found), [Cell(arm=arms[both], levels=both) for both in wanted]


def _ordered(levels: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        return tuple(sorted(levels, key=float))
    except ValueError:
        return tuple(levels)
