"""CSV: one image a line, its label in one column and its pixels in the others, as Kaggle's and OpenML's files are.

Which columns are what, `csv_heading` says. Where they have names of their own, and not numbers as pixels have, they are
features and no image. Whole numbers up to three digits, which is what nearly every image's file holds, are read many at
a time.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.csv_heading import Heading, cells_of, is_number, read_heading
from paribus.programs.recipe.data.idx import MAX_BYTES
from paribus.programs.recipe.data.idx_names import UPRIGHT, transposed
from paribus.programs.recipe.data.raw import Grown, RawSet, Values, has_fractions, is_square, regular

LINE = 1 << 22  # the longest line that is read, in bytes
_CHUNK = 1 << 20
_LOOKED = 1000  # lines that are looked at for other columns of words
_LARGEST = 3e38  # of four bytes
_PLAIN = np.isin(np.arange(256), np.frombuffer(b"0123456789.,+-eE\n", np.uint8))


def read_csv(path: Path, test: Path | None = None, choice: str = "") -> RawSet:
    """The data set of one file, or of two. choice: the columns that are learned and left out, `price-town`.

    EMNIST's files of this kind have its images transposed as well. Raises DataError, naming the file and the line.
    """
    heading, labels, values = _table(path, choice)
    _, test_labels, test_values = _table(test, choice) if test else (None, None, None)
    called = (str(path), str(path), str(test or path), str(test or path))
    drawn = bool(heading.names) or (is_square(values.shape[1]) and not has_fractions(values))
    pixels = not heading.features and drawn
    notes, side = heading.notes(path), math.isqrt(values.shape[1])
    if pixels and "emnist" in path.name.lower() and side**2 == values.shape[1]:
        notes, values = (*notes, UPRIGHT), transposed(values.reshape(-1, side, side))
        test_values = None if test_values is None else transposed(test_values.reshape(-1, side, side))
    return RawSet(
        "csv",
        values,
        labels,
        test_values,
        test_labels,
        called=called,
        notes=notes,
        table=True if heading.features else False if pixels else None,
    )


def _table(path: Path, choice: str) -> tuple[Heading, Values, Values]:
    """Labels [N] or [N, k], and pixels or features [N, columns]."""
    regular(path)
    try:
        with path.open("rb") as file:
            first = file.readline(LINE + 1)
            second = file.readline(LINE + 1)
            if max(len(first), len(second)) > LINE:
                raise _too_long(path)
            heading = read_heading(path, first, second, choice)
            file.seek(len(first) if heading.names else 0)
            return heading, *_rows(file, path, heading)
    except (OSError, ValueError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def _rows(file: BinaryIO, path: Path, heading: Heading) -> tuple[Values, Values]:
    labels: list[Values] = []
    values = Grown()
    line = 2 if heading.names else 1
    for lines in _parts(file, path):
        part = heading.commas(lines, path)
        plain = part.replace(b'"', b"").replace(b", ", b",") if b'"' in part or b", " in part else part
        read = _small_numbers(plain, heading.columns)
        if read is not None:
            found, rest = _column(read, heading).copy(), _others(read, heading)
        else:
            found, rest = _numbers(plain, heading) or _slowly(part, path, heading, line)
        labels.append(found)
        values.add(rest)
        line += part.count(b"\n")
        if values.count > MAX_BYTES:
            raise DataError("{path} holds more than the {most:,} values that are read.", path=path, most=MAX_BYTES)
    if not values.count:
        raise DataError("{path} has no line but its heading.", path=path)
    labels = [part for part in labels if len(part)]
    if any(part.dtype.kind == "U" for part in labels):
        labels = [part.astype(str) for part in labels]
    return np.concatenate(labels), values.array((heading.columns - len(heading.apart),))


def _column(rows: Values, heading: Heading) -> Values:
    """What is learned: [N] of one column, [N, k] of several, floats."""
    if len(heading.targets) == 1:
        return np.asarray(rows[:, heading.targets[0]])
    return np.asarray(rows[:, heading.targets], np.float64)


def _others(rows: Values, heading: Heading) -> Values:
    """The values of the other columns; a view where one at an end is apart, as in nearly every file."""
    if heading.apart == [0]:
        return np.asarray(rows[:, 1:])
    return np.asarray(rows[:, :-1]) if heading.apart == [heading.columns - 1] else np.delete(rows, heading.apart, 1)


def _parts(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The file in whole lines, some megabytes at a time, with line ends as Unix has them."""
    rest = b""
    while chunk := file.read(_CHUNK):
        head, end, tail = (rest + chunk).rpartition(b"\n")
        if not end and len(tail) > LINE:
            raise _too_long(path)
        rest = tail
        if end:
            yield (head.replace(b"\r", b"") if b"\r" in head else head) + b"\n"
    if rest.strip():
        yield rest.replace(b"\r", b"") + b"\n"


def _too_long(path: Path) -> DataError:
    return DataError("{path} is no table: a line has more than {most:,} bytes.", path=path, most=LINE)


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


def _numbers(part: bytes, heading: Heading) -> tuple[Values, Values] | None:
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
    fractions = len(heading.targets) > 1 or (np.searchsorted(ends, points) % columns == heading.targets[0]).any()
    labels, values = _column(rows, heading), _others(rows, heading).astype(np.float32)
    return labels.copy() if fractions else labels.astype(np.int64), values


def _slowly(part: bytes, path: Path, heading: Heading, line: int) -> tuple[Values, Values]:
    """Labels that may be words, and pixels that may be fractions."""
    labels, rows, apart = [], [], set(heading.apart)
    lines = part.split(b"\n")
    for number, text in enumerate(lines, line):
        if not text.strip():  # a blank line, or after the last one
            continue
        cells = cells_of(text, path)
        if len(cells) != heading.columns:
            raise DataError(
                "{path}, line {line:,}, has {count:,} columns; the first has {most:,}.",
                path=path,
                line=number,
                count=len(cells),
                most=heading.columns,
            )
        labels.append([cells[place] for place in heading.targets])
        if not all(labels[-1]):
            raise DataError("{path}, line {line:,}, has no label.", path=path, line=number)
        kept = {place: cell for place, cell in enumerate(cells) if place not in apart}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                rows.append(np.array(list(kept.values()), dtype=np.float32))
        except (ValueError, RuntimeWarning):
            raise _no_number(path, number, heading, kept, lines[number - line + 1 :]) from None
    if not labels:
        return np.empty(0, np.int64), np.empty((0, heading.columns - len(heading.apart)), np.uint8)
    if len(heading.targets) == 1:
        return _label_array([label for (label,) in labels]), np.stack(rows)
    try:
        return np.array(labels, np.float64), np.stack(rows)
    except ValueError:
        raise DataError("{path} has words where there are several numbers to learn.", path=path) from None


def _no_number(path: Path, line: int, heading: Heading, cells: Mapping[int, str], below: Sequence[bytes]) -> DataError:
    """Which columns have other cells than numbers, here or in the lines below, and how to leave them out."""
    bad = [place for place, cell in cells.items() if not is_number(cell)] or [next(iter(cells))]
    what = f'"{cells[bad[0]][:40]}"'
    if not heading.features:
        return DataError("{path}, line {line:,}, has {what} where a pixel must be.", path=path, line=line, what=what)
    rows = [row for text in below[:_LOOKED] if len(row := cells_of(text, path)) == heading.columns]
    every = [place for place in cells if place in bad or not all(is_number(row[place]) for row in rows)]
    values: dict[str, Any] = {"path": path, "line": line, "what": what, "name": heading.names[bad[0]][:40]}
    if len(every) == len(cells):
        return DataError(
            "{path}, line {line:,}, has {what} in the column {name!q}, where a number must be, and no other column has "
            "numbers: write words as numbers and fill what is missing.",
            **values,
        )
    if len(every) == 1:
        return DataError(
            "{path}, line {line:,}, has {what} in the column {name!q}, where a number must be: write words as numbers "
            "and fill what is missing, or leave the column out: {choice}",
            choice=heading.without(path, every),
            **values,
        )
    return DataError(
        "{path}, line {line:,}, has {what} in the column {name!q}, where a number must be. Columns that are not of "
        "numbers: {listed}. Write words as numbers and fill what is missing, or leave these columns out: {choice}",
        listed=[heading.names[place][:40] for place in every],
        choice=heading.without(path, every),
        **values,
    )


def _label_array(labels: list[str]) -> Values:
    """Whole numbers, numbers with a point, or words."""
    for kind in (int, float):
        try:
            return np.array([kind(label) for label in labels], dtype=np.int64 if kind is int else np.float64)
        except (ValueError, OverflowError):
            continue
    return np.array(labels)
