"""CSV: one image a line, its label in one column and its pixels in the others, as Kaggle's and OpenML's files are.

With a heading, the label's column is the one called label, class, target or y; without one it is the first. Whole
numbers up to three digits, which is what nearly every such file holds, are read many at a time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import MAX_BYTES
from paribus.programs.recipe.data.raw import RawSet, Values, regular

LABELS = ("label", "labels", "class", "target", "y", "digit", "character")
_CHUNK = 1 << 22
_LINE = 1 << 22  # the longest line that is read, in bytes


def read_csv(path: Path, test: Path | None = None) -> RawSet:
    """The data set of one file, or of two. Raises DataError, naming the file and the line."""
    labels, images = _table(path)
    test_labels, test_images = _table(test) if test else (None, None)
    called = (str(path), str(path), str(test or path), str(test or path))
    return RawSet("csv", images, labels, test_images, test_labels, called=called)


def has_labels(path: Path) -> bool:
    """Whether a file's heading names a column of labels: Kaggle's test.csv has none."""
    try:
        with path.open("rb") as file:
            return _label_column(_cells(file.readline(_LINE))) is not None
    except OSError:
        return False


def _table(path: Path) -> tuple[Values, Values]:
    """Labels [N] and pixels [N, columns - 1]."""
    regular(path)
    try:
        with path.open("rb") as file:
            first = file.readline(_LINE + 1)
            cells = _cells(first)
            if len(cells) < 2:
                raise DataError("{path} is no table of images: its first line has {count} columns.", path=path, count=1)
            heading = not all(_is_number(cell) for cell in cells[1:])
            column = _label_column(cells) if heading else 0
            if column is None:
                raise DataError(
                    "{path} has no column of labels: one must be called {choices}; the first is {first}.",
                    path=path,
                    choices=LABELS,
                    first=cells[0][:40],
                )
            if not heading:
                file.seek(0)
            return _rows(file, path, len(cells), column, 2 if heading else 1)
    except (OSError, ValueError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def _rows(file: BinaryIO, path: Path, columns: int, column: int, line: int) -> tuple[Values, Values]:
    labels: list[Values] = []
    pixels: list[Values] = []
    count = 0
    for part in _parts(file, path):
        numbers = _small_numbers(part, columns)
        if numbers is not None:
            found, rest = numbers[:, column].copy(), np.delete(numbers, column, axis=1)
        else:
            found, rest = _slowly(part, path, columns, column, line)
        labels.append(found)
        pixels.append(rest)
        line += len(found)
        count += rest.size
        if count > MAX_BYTES:
            raise DataError("{path} holds more than the {most:,} values that are read.", path=path, most=MAX_BYTES)
    if not labels:
        raise DataError("{path} holds no image.", path=path)
    if any(part.dtype.kind == "U" for part in labels):
        labels = [part.astype(str) for part in labels]
    return np.concatenate(labels), np.concatenate(pixels)


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


def _slowly(part: bytes, path: Path, columns: int, column: int, line: int) -> tuple[Values, Values]:
    """Labels that may be words, and pixels that may be fractions."""
    labels, rows = [], []
    for number, text in enumerate(part.splitlines(), line):
        cells = _cells(text)
        if len(cells) != columns:
            raise DataError(
                "{path}, line {line:,}, has {count:,} columns; the first has {most:,}.",
                path=path,
                line=number,
                count=len(cells),
                most=columns,
            )
        labels.append(cells.pop(column))
        if not labels[-1]:
            raise DataError("{path}, line {line:,}, has no label.", path=path, line=number)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                rows.append(np.array(cells, dtype=np.float32))
        except (ValueError, RuntimeWarning):
            bad = next((cell for cell in cells if not _is_number(cell)), "")
            raise DataError(
                "{path}, line {line:,}, has {what} where a pixel must be.", path=path, line=number, what=f'"{bad[:40]}"'
            ) from None
    return _label_array(labels), np.stack(rows)


def _label_array(labels: list[str]) -> Values:
    try:
        return np.array([int(label) for label in labels], dtype=np.int64)
    except (ValueError, OverflowError):
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
