"""A table as a value: columns, and cells that have what is read and what is computed with. `writers` writes it."""

from __future__ import annotations

from dataclasses import dataclass

Value = float | int | str | None


@dataclass(frozen=True)
class Column:
    """A column. `unit`: of all its figures. `parts`: what the values of a cell are, where it has several."""

    title: str
    unit: str = ""
    number: bool = True
    parts: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The title with the unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True)
class Cell:
    """`text` for people, and the `values` in full, in the column's unit, for a program: one, or one for each part."""

    text: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """`name`: by which one asks for it. `notes`: what a reader of the figures has to know."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def words_cell(text: str) -> Cell:
    """A name, a word or a verdict."""
    return Cell(text, (text,))
