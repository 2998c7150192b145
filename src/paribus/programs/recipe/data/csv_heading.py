"""What the first lines of a CSV say: its separator, whether it has a heading, and which column is learned of which.

The labels' column is the one called label, class, target or y, else the only one of words; without a heading and
words it is the first. Or it is named after the file's path: houses.csv:price, or houses.csv:3 for the third column.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paribus.core.errors import DataError
from paribus.core.messages import Message, mark

LABELS = ("label", "labels", "class", "target", "y", "digit", "character")
# Columns that number the rows and are no features: index, No., PassengerId, sample_id; not acid.
_ROW_NUMBER = re.compile(r"|(?i:unnamed: \d+)|(?i:id|index|no\.?|nr\.?|#|row|번호|순번)|.+[\s_-](?i:id)|.*[a-z]I[dD]")
_PIXEL = re.compile(r"'?(pixel|pix|px|p)?[\W_]*\d+([x_,.\s-]\d+)*'?")
_MOST = 0.9  # of columns that are called so are those of images
_NO_NAME = "(no name)"
_SHOWN = 12
_SEPARATORS = (b",", b";", b"\t")
_AS_COMMAS = {b";": bytes.maketrans(b",;", b".,"), b"\t": bytes.maketrans(b"\t", b",")}


@dataclass(frozen=True)
class Heading:
    """What the first lines say. names: of all columns; none without a heading. targets: the columns that are learned.

    left_out: columns of row numbers, under no name as pandas writes its index, or `id`. features: whether the others
    have names of their own, and are no pixels: pixel0, 1x1, 783. separator: between columns. chosen: whether the user
    named the targets.
    """

    columns: int
    targets: tuple[int, ...]
    names: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    features: bool = False
    separator: bytes = b","
    chosen: bool = False

    @property
    def apart(self) -> list[int]:
        """The columns that are no values."""
        return [*self.targets, *self.left_out]

    def commas(self, part: bytes, path: Path) -> bytes:
        """Lines with commas between columns, and points in numbers that have commas."""
        if self.separator == b"\t" and b"," in part:
            raise DataError("{path} has commas within its columns, which tabs separate: write points.", path=path)
        return part if self.separator == b"," else part.translate(_AS_COMMAS[self.separator])

    def notes(self, path: Path) -> tuple[Message, ...]:
        """What to tell of it: which column is learned, where the file does not say so, and how to say otherwise."""
        left = tuple(self.names[place] or _NO_NAME for place in self.left_out)
        told = [Message("Not used: {listed}.", listed=left)] if left else []
        if not self.names and not self.chosen:
            rule = mark("No heading: the labels are column {n} of {count}. {path}:{count} takes the last.")
            last = mark("No heading: the labels are column {n} of {count}.")
            at = self.targets[0] + 1
            told.append(Message(last if at == self.columns else rule, n=at, count=self.columns, path=path.name))
        elif self.names and not self.chosen and self.names[self.targets[0]].lower() not in LABELS:
            told.append(Message("The labels are the column of words, {name!q}.", name=self.names[self.targets[0]]))
        return tuple(told)


def cells_of(line: bytes, path: Path) -> list[str]:
    """The cells of a line with commas. Raises DataError where it is no text in UTF-8."""
    try:
        found = next(csv.reader([line.decode("utf-8-sig").strip()], skipinitialspace=True), [])
    except UnicodeDecodeError:
        raise DataError(
            "{path} is no text in UTF-8: save it as such (in a spreadsheet, as CSV UTF-8).", path=path
        ) from None
    except csv.Error as error:
        raise DataError("{path} is no table ({reason}).", path=path, reason=str(error)) from None
    return [cell.strip() for cell in found]


def read_heading(path: Path, first: bytes, second: bytes, wanted: Sequence[str] = ()) -> Heading:
    """By the first two lines. wanted: columns that the user named. Raises DataError."""
    separator = next((one for one in _SEPARATORS if one in first), b",")
    form = Heading(0, (), separator=separator)
    cells, below = (cells_of(form.commas(line, path), path) for line in (first, second))
    if len(cells) < 2:
        raise DataError(
            "{path} is no table: its first line has one column. Commas, semicolons or tabs separate columns.", path=path
        )
    if not _is_heading(cells, below):
        words = [place for place, cell in enumerate(cells) if not is_number(cell)]
        targets = _wanted(path, cells, (), wanted) or tuple(words[:1]) or (0,)
        return Heading(len(cells), targets, separator=separator, chosen=bool(wanted))
    counts = Counter(cell.lower() for cell in cells if cell)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise DataError("{path} has several columns called {name!q}.", path=path, name=twice[0][:40])
    targets = _wanted(path, cells, cells, wanted) or _found(path, cells, below)
    left_out = tuple(p for p, name in enumerate(cells) if _ROW_NUMBER.fullmatch(name) and p not in targets)
    others = [name for place, name in enumerate(cells) if place not in (*targets, *left_out)]
    pixels = sum(_PIXEL.fullmatch(name.lower()) is not None for name in others)
    features = pixels < _MOST * len(others)
    return Heading(len(cells), targets, tuple(cells), left_out, features, separator, bool(wanted))


def _is_heading(cells: list[str], below: list[str]) -> bool:
    """Words, more of them than the next line has; or numbers that only count, as those of columns without names."""
    if label_column(cells) is not None:
        return True
    numbers = [float(cell) for cell in cells if is_number(cell)]
    if len(numbers) > _SHOWN and numbers in ([*range(len(numbers))], [*range(1, len(numbers) + 1)]):
        return True
    words = len(cells) - len(numbers)
    return words > sum(not is_number(cell) for cell in below) if len(below) == len(cells) else words > 1


def _wanted(path: Path, cells: list[str], names: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """The places of the columns that the user named, by heading or by number from 1."""
    lower, found = [name.lower() for name in names], []
    for one in wanted:
        place = lower.index(one.lower()) if one.lower() in lower else int(one) - 1 if one.isdecimal() else -1
        if not 0 <= place < len(cells) or place in found:
            listed = list(names[:_SHOWN]) if names else Message("1 to {count}", count=len(cells))
            raise DataError(
                "{path} has no column {name!q}; its columns are {listed}.", path=path, name=one, listed=listed
            )
        found.append(place)
    return tuple(found)


def _found(path: Path, cells: list[str], below: list[str]) -> tuple[int, ...]:
    column = label_column(cells)
    words = [place for place, cell in enumerate(below) if cell and not is_number(cell)]
    if column is not None:
        return (column,)
    if len(words) == 1 and len(below) == len(cells):
        return (words[0],)
    raise DataError(
        "{path} has no column called {choices}: say which is to be learned, as {path}:{name}. Its columns are "
        "{listed}.",
        path=path,
        choices=LABELS,
        name=cells[-1][:40],
        listed=[cell[:40] for cell in cells[:_SHOWN]],
    )


def has_labels(path: Path, line: int, wanted: Sequence[str] = ()) -> bool:
    """Whether a file's heading names the columns wanted, or one of labels: Kaggle's test.csv has none.

    line: its longest, in bytes.
    """
    try:
        with path.open("rb") as file:
            first = file.readline(line)
        cells = cells_of(first.replace(b";", b",").replace(b"\t", b","), path)
    except (OSError, DataError):
        return False
    if wanted:
        return {name.lower() for name in wanted} <= {cell.lower() for cell in cells}
    return label_column(cells) is not None


def is_number(cell: str) -> bool:
    """Whether Python reads it as one."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def label_column(cells: Sequence[str]) -> int | None:
    """The place of the column whose name says labels; None where none does."""
    lower = [cell.lower() for cell in cells]
    return next((lower.index(name) for name in LABELS if name in lower), None)
