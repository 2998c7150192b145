"""Cells as figures: points and decimal commas, per cent, what is missing. Read, or refused by name; never misread."""

from __future__ import annotations

import math
import re
from array import array
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from paribus.core.messages import Message
from paribus.tables.rows import Rows

# Beside an empty cell: a run that gave no figure, whatever made the table of it.
_FAILED = {"", "na", "n/a", "null", "none", "-", "–", "—", "failed", "error", "oom", "timeout", "crashed", "killed"}
_DIVERGED = {"diverged"}
_COMMA = re.compile(r"[+-]?\d+,\d+(?:e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # or three decimals


class FigureColumn:
    """One column of figures as it is read: NaN of a run that gave none, infinite of one that is no number."""

    def __init__(self, rows: Rows, name: str) -> None:
        self.name = name
        self.values = array("d")
        self._rows = rows
        self._point = self._comma = self._doubtful = self._percent = self._bare = 0  # the first line of each

    def add(self, text: str, line: int) -> None:
        """One more cell. Raises ParibusError for what is no figure."""
        try:
            value = float(text)
        except ValueError:
            value = self._spelled(text, line)
        else:
            if "_" in text:
                raise self._no_figure(text, line)
            if not self._bare:
                self._bare = line
            if not self._point and "." in text:
                self._point = line
            if value - value != 0:  # infinite or NaN
                value = math.inf
        self.values.append(value)

    def _spelled(self, text: str, line: int) -> float:
        """A cell that is not written as a program would write a number."""
        cell = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
        if cell.lower() in _FAILED:
            return math.nan
        if cell.lower() in _DIVERGED:
            return math.inf
        number, percent = cell, cell.endswith("%")
        if percent:
            number, self._percent = cell[:-1].strip(), self._percent or line
        else:
            self._bare = self._bare or line
        if _COMMA.fullmatch(number):
            if _THOUSANDS.fullmatch(number):
                self._doubtful = self._doubtful or line
            else:
                self._comma = self._comma or line
            number = number.replace(",", ".")
        elif "." in number:
            self._point = self._point or line
        try:
            value = float(Decimal(number).scaleb(-2)) if percent else float(number)
        except (ArithmeticError, ValueError):
            raise self._no_figure(text, line) from None
        if "_" in number:
            raise self._no_figure(text, line)
        return value if math.isfinite(value) else math.inf

    def _no_figure(self, text: str, line: int) -> Exception:
        if text.lstrip().startswith("="):
            return self._rows.wrong(
                line, Message("{column} has a formula, {cell!q}; save its value", column=self.name, cell=text)
            )
        return self._rows.wrong(line, Message("{column} must be a number; got {cell!q}", column=self.name, cell=text))

    def figures(self) -> NDArray[np.float64]:
        """All of them. Raises ParibusError where some can be read in two ways."""
        comma = self._comma or self._doubtful
        if comma and self._point:
            raise self._rows.wrong(
                comma,
                Message("{column} has a comma here and a point in line {line}", column=self.name, line=self._point),
            )
        if self._doubtful and not self._comma:
            raise self._rows.wrong(
                self._doubtful,
                Message("{column}: the comma may be a decimal one, or part thousands; write a point", column=self.name),
            )
        if self._percent and self._bare:
            raise self._rows.wrong(
                self._percent,
                Message("{column} is in per cent here and not in line {line}", column=self.name, line=self._bare),
            )
        return np.frombuffer(self.values, dtype=np.float64) if self.values else np.zeros(0)

    @property
    def percent(self) -> bool:
        """Whether its figures were written in per cent; they are fractions here."""
        return bool(self._percent)


class SeedColumn:
    """One column of seeds as it is read: whole numbers, or names that are numbered in the order of their coming."""

    def __init__(self, rows: Rows, name: str) -> None:
        self.name = name
        self.values = array("q")
        self._rows = rows
        self._names: dict[str, int] = {}

    def add(self, text: str, line: int) -> None:
        """One more cell. Raises ParibusError where it is empty."""
        try:
            self.values.append(int(text) if text.isdecimal() else self._number(text, line))
        except (OverflowError, ValueError):  # larger than the machine's numbers, or longer than Python reads
            self.values.append(self._named(text.strip()))

    def _number(self, text: str, line: int) -> int:
        cell = text.strip()
        if not cell:
            raise self._rows.wrong(line, Message("{column} is empty", column=self.name))
        if cell.startswith("="):
            raise self._rows.wrong(
                line, Message("{column} has a formula, {cell!q}; save its value", column=self.name, cell=cell)
            )
        if re.fullmatch(r"-?\d+(?:\.0*)?", cell):
            return int(cell.partition(".")[0])
        return self._named(cell)

    def _named(self, cell: str) -> int:
        return self._names.setdefault(cell, _FIRST_NAME + len(self._names))

    def seeds(self) -> tuple[NDArray[np.int64], dict[str, str]]:
        """All of them, and what they are called where not all are numbers."""
        found = np.frombuffer(self.values, dtype=np.int64) if self.values else np.zeros(0, np.int64)
        if not self._names:
            return found, {}
        called = {number: name for name, number in self._names.items()}
        kinds, places = np.unique(found, return_inverse=True)
        return places.astype(np.int64), {str(i): called.get(kind, str(kind)) for i, kind in enumerate(kinds.tolist())}


_FIRST_NAME = 2**62
