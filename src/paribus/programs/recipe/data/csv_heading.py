"""What the first lines of a CSV say: its separator, whether it has a heading, and which column is learned of which.

The labels' column is the one called label, class, target or y, else the only one of words; without a heading and
words it is the first. Or it is named after the file's path: houses.csv:price, or houses.csv:3 for the third column. So
are columns to leave out: houses.csv:price-town-street, or houses.csv:-town.
"""

from __future__ import annotations

import csv
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
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

    dropped: columns that the user leaves out. left_out: these, and row numbers, under no name as pandas writes its
    index, or `id`. features: whether the others
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
    dropped: tuple[int, ...] = ()

    @property
    def apart(self) -> list[int]:
        """The columns that are no values."""
        return [*self.targets, *self.left_out]

    def without(self, path: Path, places: Iterable[int]) -> str:
        """How the same data set is called without these columns either, as a shell takes it."""
        names = self.names or [str(place) for place in range(1, self.columns + 1)]
        left = "".join(f"-{names[place]}" for place in (*self.dropped, *places))
        return shlex.quote(f"{path}:{'+'.join(names[place] for place in self.targets)}{left}")

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


def read_heading(path: Path, first: bytes, second: bytes, choice: str = "") -> Heading:
    """By the first two lines. choice: what the user said of columns, `price-town`. Raises DataError."""
    separator = next((one for one in _SEPARATORS if one in first), b",")
    form = Heading(0, (), separator=separator)
    cells, below = (cells_of(form.commas(line, path), path) for line in (first, second))
    if len(cells) < 2:
        raise DataError(
            "{path} is no table: its first line has one column. Commas, semicolons or tabs separate columns.", path=path
        )
    if not _is_heading(cells, below):
        wanted, dropped = _chosen(path, choice, cells, ())
        rest = [place for place in range(len(cells)) if place not in dropped]
        words = [place for place in rest if not is_number(cells[place])]
        return Heading(
            len(cells), wanted or tuple((words or rest)[:1]), (), dropped, False, separator, bool(wanted), dropped
        )
    counts = Counter(cell.lower() for cell in cells if cell)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise DataError("{path} has several columns called {name!q}.", path=path, name=twice[0][:40])
    wanted, dropped = _chosen(path, choice, cells, cells)
    targets = wanted or _found(path, cells, below, dropped)
    numbering = (p for p, name in enumerate(cells) if _ROW_NUMBER.fullmatch(name) and p not in (*targets, *dropped))
    left_out = (*dropped, *numbering)
    others = [name for place, name in enumerate(cells) if place not in (*targets, *left_out)]
    if not others:
        raise DataError("{path} has no column left to learn from.", path=path)
    pixels = sum(_PIXEL.fullmatch(name.lower()) is not None for name in others)
    features = pixels < _MOST * len(others)
    return Heading(len(cells), targets, tuple(cells), left_out, features, separator, bool(wanted), dropped)


def _is_heading(cells: list[str], below: list[str]) -> bool:
    """Words, more of them than the next line has; or numbers that only count, as those of columns without names."""
    if label_column(cells) is not None:
        return True
    numbers = [float(cell) for cell in cells if is_number(cell)]
    if len(numbers) > _SHOWN and numbers in ([*range(len(numbers))], [*range(1, len(numbers) + 1)]):
        return True
    words = len(cells) - len(numbers)
    return words > sum(not is_number(cell) for cell in below) if len(below) == len(cells) else words > 1


def _chosen(path: Path, choice: str, cells: list[str], names: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The places of the columns that are to be learned and to be left out: `price`, `low+high`, `price-town`, `-town`.

    By heading, in which a name may have a minus or a plus itself, or by number from 1.
    """
    lower, parts = [name.lower() for name in names], re.split("([+-])", choice)
    learned: list[int] = []
    dropped: list[int] = []
    at = 0 if parts[0].strip() else 2  # nothing before the first minus
    while at < len(parts):
        longest = range(len(parts), at, -2)
        words = (("".join(parts[at:end]).strip().lower(), end) for end in longest)
        found = [(place, end) for word, end in words if (place := _place(word, lower, len(cells))) is not None]
        if not found or found[0][0] in (*learned, *dropped):
            listed = list(names[:_SHOWN]) if names else Message("1 to {count}", count=len(cells))
            raise DataError(
                "{path} has no column {name!q}; its columns are {listed}.",
                path=path,
                name=parts[at].strip()[:40],
                listed=listed,
            )
        (dropped if at and parts[at - 1] == "-" else learned).append(found[0][0])
        at = found[0][1] + 1
    return tuple(learned), tuple(dropped)


def _place(word: str, lower: list[str], columns: int) -> int | None:
    if word in lower:
        return lower.index(word)
    return int(word) - 1 if word.isdecimal() and 1 <= int(word) <= columns else None


def _found(path: Path, cells: list[str], below: list[str], dropped: Sequence[int]) -> tuple[int, ...]:
    column = label_column(["" if place in dropped else cell for place, cell in enumerate(cells)])
    words = [place for place, cell in enumerate(below) if cell and not is_number(cell) and place not in dropped]
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


def has_labels(path: Path, line: int, choice: str = "") -> bool:
    """Whether a file's heading has the columns that the user chose, or one of labels: Kaggle's test.csv has none.

    line: its longest, in bytes.
    """
    try:
        with path.open("rb") as file:
            first = file.readline(line)
        cells = cells_of(first.replace(b";", b",").replace(b"\t", b","), path)
        wanted, _ = _chosen(path, choice, cells, cells)
    except (OSError, DataError):
        return False
    return bool(wanted) or label_column(cells) is not None


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
