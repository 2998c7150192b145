"""CSV: one image a line, its label in one column and its pixels in the others, as Kaggle's and OpenML's files are.

With a heading, the label's column is the one called label, class, target or y; without one it is the first. Where the
other columns have names of their own, and not numbers as pixels have, they are features and no image. Whole numbers up
to three digits, which is what nearly every image's file holds, are read many at a time.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import MAX_BYTES
from paribus.programs.recipe.data.raw import Grown, RawSet, Values, has_fractions, regular

LABELS = ("label", "labels", "class", "target", "y", "digit", "character")
_CHUNK = 1 << 20
_LINE = 1 << 22  # the longest line that is read, in bytes
_ROW_NUMBERS = ("", "unnamed: 0", "id", "index")  # columns that are no features
_PIXEL = re.compile(r"(pixel|pix|px|p)?[\W_]*\d+([x_,.\s-]\d+)*")
_MOST = 0.9  # of columns that are called so are those of images
_NO_NAME = "(no name)"
_LARGEST = 3e38  # of four bytes
_PLAIN = np.isin(np.arange(256), np.frombuffer(b"0123456789.,+-eE\n", np.uint8))


@dataclass(frozen=True)
class _Heading:
    """What the first line says. names: of all columns; none without a heading. label: the label's column.

    left_out: columns of row numbers, under no name as pandas writes its index, or `id`. features: whether the others
    have names of their own, and are no pixels: pixel0, 1x1, 783.
    """

    columns: int
    label: int
    names: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    features: bool = False

    @property
    def apart(self) -> list[int]:
        """The columns that are no values."""
        return [self.label, *self.left_out]


def read_csv(path: Path, test: Path | None = None) -> RawSet:
    """The data set of one file, or of two. Raises DataError, naming the file and the line."""
    heading, labels, values = _table(path)
    _, test_labels, test_values = _table(test) if test else (None, None, None)
    called = (str(path), str(path), str(test or path), str(test or path))
    pixels = not heading.features and (bool(heading.names) or not has_fractions(values))
    return RawSet(
        "csv",
        values,
        labels,
        test_values,
        test_labels,
        called=called,
        left_out=tuple(heading.names[place] or _NO_NAME for place in heading.left_out),
        table=True if heading.features else False if pixels else None,
    )


def has_labels(path: Path) -> bool:
    """Whether a file's heading names a column of labels: Kaggle's test.csv has none."""
    try:
        with path.open("rb") as file:
            return _label_column(_cells(file.readline(_LINE))) is not None
    except OSError:
        return False


def _table(path: Path) -> tuple[_Heading, Values, Values]:
    """Labels [N], and pixels or features [N, columns]."""
    regular(path)
    try:
        with path.open("rb") as file:
            heading = _heading(path, _cells(file.readline(_LINE + 1)))
            if not heading.names:
                file.seek(0)
            return heading, *_rows(file, path, heading)
    except (OSError, ValueError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def _heading(path: Path, cells: list[str]) -> _Heading:
    if len(cells) < 2:
        raise DataError(
            "{path} is no table of images: its first line has {count} columns. Commas separate columns.",
            path=path,
            count=1,
        )
    if all(_is_number(cell) for cell in cells[1:]):
        return _Heading(len(cells), 0)
    counts = Counter(cell.lower() for cell in cells if cell)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise DataError("{path} has several columns called {name!q}.", path=path, name=twice[0][:40])
    column = _label_column(cells)
    if column is None:
        raise DataError(
            "{path} has no column of labels: one must be called {choices}; the first is {first}.",
            path=path,
            choices=LABELS,
            first=cells[0][:40],
        )
    left_out = tuple(place for place, name in enumerate(cells) if name.lower() in _ROW_NUMBERS and place != column)
    others = [name for place, name in enumerate(cells) if place not in (column, *left_out)]
    pixels = sum(_PIXEL.fullmatch(name.lower()) is not None for name in others)
    return _Heading(len(cells), column, tuple(cells), left_out, pixels < _MOST * len(others))


def _rows(file: BinaryIO, path: Path, heading: _Heading) -> tuple[Values, Values]:
    labels: list[Values] = []
    values = Grown()
    line = 2 if heading.names else 1
    for part in _parts(file, path):
        read = _small_numbers(part, heading.columns)
        if read is not None:
            found, rest = read[:, heading.label].copy(), np.delete(read, heading.apart, axis=1)
        else:
            found, rest = _numbers(part, heading) or _slowly(part, path, heading, line)
        labels.append(found)
        values.add(rest)
        line += part.count(b"\n")
        if values.count > MAX_BYTES:
            raise DataError("{path} holds more than the {most:,} values that are read.", path=path, most=MAX_BYTES)
    if not values.count:
        raise DataError("{path} holds no image.", path=path)
    labels = [part for part in labels if len(part)]
    if any(part.dtype.kind == "U" for part in labels):
        labels = [part.astype(str) for part in labels]
    return np.concatenate(labels), values.array((heading.columns - len(heading.apart),))


def _parts(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The file in whole lines, some megabytes at a time, with line ends as Unix has them."""
    rest = b""
    while chunk := file.read(_CHUNK):
        head, end, tail = (rest + chunk).rpartition(b"\n")
        if not end and len(tail) > _LINE:
            raise DataError("{path} is no table of images: a line has more than {most:,} bytes.", path=path, most=_LINE)
        rest = tail
        if end:
            yield head.replace(b"\r", b"") + b"\n"
    if rest.strip():
        yield rest.replace(b"\r", b"") + b"\n"


def _small_numbers(part: bytes, columns: int) -> NDArray[np.uint8] | None:
    """[lines, columns], or None where anything but whole numbers from 0 to 255 or another count of columns is there.

    The last digit of a number is the byte before its comma or line end, the tens the one before that where it belongs
    to the same number, and so on.
    """
    text = np.frombuffer(part, np.uint8)
    ends = np.flatnonzero((text == 44) | (text == 10))
    if len(ends) % columns or (text[ends[columns - 1 :: columns]] != 10).any():
        return None
    if int(np.count_nonzero(text == 10)) * columns != len(ends):
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    if lengths.min() < 1 or lengths.max() > 3 or int(np.count_nonzero((text - 48) > 9)) != len(ends):
        return None
    value = (text[ends - 1] - np.uint8(48)).astype(np.uint16)
    several = np.flatnonzero(lengths >= 2)
    value[several] += np.uint16(10) * (text[ends[several] - 2] - np.uint8(48))
    three = np.flatnonzero(lengths == 3)
    value[three] += np.uint16(100) * (text[ends[three] - 3] - np.uint8(48))
    return None if value.max() > 255 else value.astype(np.uint8).reshape(-1, columns)


def _numbers(part: bytes, heading: _Heading) -> tuple[Values, Values] | None:
    """Labels and values of lines of plain numbers, `-1.5e3` say; None where any cell is none, or is missing."""
    text = np.frombuffer(part, np.uint8)
    ends = np.flatnonzero((text == 44) | (text == 10))
    columns = heading.columns
    if len(ends) % columns or (text[ends[columns - 1 :: columns]] != 10).any() or not _PLAIN[text].all():
        return None
    if int(np.count_nonzero(text == 10)) * columns != len(ends) or np.diff(ends, prepend=-1).min() < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = np.fromstring(part.replace(b"\n", b",").decode("ascii"), dtype=np.float64, sep=",")
        except (ValueError, DeprecationWarning):
            return None
    if len(found) != len(ends) or np.abs(found).max() > _LARGEST:
        return None
    rows = found.reshape(-1, columns)
    points = np.flatnonzero((text == 46) | (text == 101) | (text == 69))  # . e E
    fractions = (np.searchsorted(ends, points) % columns == heading.label).any()
    labels = rows[:, heading.label]
    return labels.copy() if fractions else labels.astype(np.int64), np.delete(rows, heading.apart, axis=1).astype(
        np.float32
    )


def _slowly(part: bytes, path: Path, heading: _Heading, line: int) -> tuple[Values, Values]:
    """Labels that may be words, and pixels that may be fractions."""
    labels, rows, apart = [], [], set(heading.apart)
    for number, text in enumerate(part.split(b"\n"), line):
        if not text.strip():  # a blank line, or after the last one
            continue
        cells = _cells(text)
        if len(cells) != heading.columns:
            raise DataError(
                "{path}, line {line:,}, has {count:,} columns; the first has {most:,}.",
                path=path,
                line=number,
                count=len(cells),
                most=heading.columns,
            )
        labels.append(cells[heading.label])
        if not labels[-1]:
            raise DataError("{path}, line {line:,}, has no label.", path=path, line=number)
        kept = {place: cell for place, cell in enumerate(cells) if place not in apart}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                rows.append(np.array(list(kept.values()), dtype=np.float32))
        except (ValueError, RuntimeWarning):
            raise _no_number(path, number, heading, kept) from None
    if not labels:
        return np.empty(0, np.int64), np.empty((0, heading.columns - len(heading.apart)), np.uint8)
    return _label_array(labels), np.stack(rows)


def _no_number(path: Path, line: int, heading: _Heading, cells: Mapping[int, str]) -> DataError:
    place = next((place for place, cell in cells.items() if not _is_number(cell)), next(iter(cells)))
    what = f'"{cells[place][:40]}"'
    if not heading.features:
        return DataError("{path}, line {line:,}, has {what} where a pixel must be.", path=path, line=line, what=what)
    return DataError(
        "{path}, line {line:,}, has {what} in the column {name!q}, where a number must be: write words as numbers and "
        "fill what is missing, or leave the column out.",
        path=path,
        line=line,
        what=what,
        name=heading.names[place][:40],
    )


def _label_array(labels: list[str]) -> Values:
    """Whole numbers, numbers with a point, or words."""
    for kind in (int, float):
        try:
            return np.array([kind(label) for label in labels], dtype=np.int64 if kind is int else np.float64)
        except (ValueError, OverflowError):
            continue
    return np.array(labels)


def _cells(line: bytes) -> list[str]:
    return [cell.strip().strip('"') for cell in line.decode("utf-8-sig", "replace").strip().split(",")]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _label_column(cells: list[str]) -> int | None:
    lower = [cell.lower() for cell in cells]
    return next((lower.index(name) for name in LABELS if name in lower), None)
