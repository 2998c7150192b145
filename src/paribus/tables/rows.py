"""Files as rows of cells: CSV and its relatives, JSON lines, Parquet, DataFrames. Nothing is taken for a number yet."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, reason_of, shown
from paribus.core.messages import Message
from paribus.tables.trackers import tracked_rows

Row = tuple[int, Sequence[str]]  # the line that it begins at, and its cells

_DELIMITERS = "\t;,|"
_MARKS = (  # what a file begins with that is no table of text
    (b"PK\x03\x04", Message("an Excel workbook or another zip file; save the table as CSV")),
    (b"\x1f\x8b", Message("compressed; unpack it first")),
    (b"\x89PNG", Message("an image")),
    (b"%PDF", Message("a PDF")),
)
_SAMPLED = 10_000  # rows of JSON whose keys are the columns


@dataclass(frozen=True)
class Rows:
    """A table: what it is called, its columns, and its rows in order, read as they are asked for."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Row]

    def wrong(self, line: int, rule: Message) -> ParibusError:
        """The error for what is wrong in that line."""
        return wrong(self.name, line, rule)


def wrong(name: str, line: int, rule: Message) -> ParibusError:
    """What is wrong with a table, with the line where that is known (0: it is not)."""
    if not line:
        return ParibusError("{path}: {fault}", path=name, fault=rule)
    return ParibusError("{path}, line {line}: {fault}", path=name, line=line, fault=rule)


@contextmanager
def opened(table: Any) -> Iterator[Rows]:
    """A file by its path, or a DataFrame, as rows. Raises ParibusError for what is no table."""
    if not isinstance(table, str | Path):
        yield _of_frame("DataFrame", table)
        return
    path, name = Path(table), str(table)
    if path.is_dir() or "://" in name:
        tracked = tracked_rows(name)
        columns = tuple(dict.fromkeys(column for row in tracked for column in row))
        yield Rows(
            name, columns, ((n, [row.get(column, "") for column in columns]) for n, row in enumerate(tracked, 1))
        )
        return
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, a device has no end
            raise ParibusError("{path}: not a file", path=name)
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"PAR1" or path.suffix == ".parquet":
            yield _of_frame(name, _parquet(path))
            return
        for mark, what in _MARKS:
            if start.startswith(mark):
                raise ParibusError("{path}: a table is a text file; this is {what}", path=name, what=what)
        encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as text:
            yield _of_text(name, path.suffix.lower(), _lines(name, text))
    except UnicodeError:
        raise wrong(name, _undecodable(path), Message("the file is not in UTF-8; save it as CSV in UTF-8")) from None
    except OSError as error:
        raise ParibusError("{path}: cannot be read: {reason}", path=name, reason=reason_of(error)) from None


def _lines(name: str, text: io.TextIOBase) -> Iterator[str]:
    for number, line in enumerate(text, 1):
        if "\0" in line:
            raise wrong(name, number, Message("a NUL byte: the file is binary, or in UTF-16 without its mark"))
        yield line


def _undecodable(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 0


def _of_text(name: str, suffix: str, lines: Iterator[str]) -> Rows:
    before, first = 0, ""
    for first in lines:
        if first.strip():
            break
        before += 1
    if not first.strip():
        raise wrong(name, 0, Message("the file is empty"))
    lines = itertools.chain([first], lines)
    if first.lstrip()[0] in "{[":
        return _of_json(name, _json_rows(name, lines, before))
    delimiter = _delimiter(first, suffix)
    cells = _csv_rows(name, lines, delimiter, before)
    _, header = next(cells)
    columns = tuple(cell.strip() for cell in header)
    for column in columns:
        if column and columns.count(column) > 1:
            raise wrong(name, before + 1, Message("two columns are called {column!q}", column=column))
    return Rows(name, columns, _even(name, cells, len(columns), delimiter))


def _delimiter(header: str, suffix: str) -> str:
    """The one that parts the header into most columns."""
    if suffix == ".tsv" and "\t" in header:
        return "\t"
    try:
        return max(_DELIMITERS, key=lambda sign: len(next(csv.reader([header], delimiter=sign))))
    except csv.Error:
        return ","


def _csv_rows(name: str, lines: Iterable[str], delimiter: str, before: int) -> Iterator[Row]:
    reader, line = csv.reader(lines, delimiter=delimiter, strict=True), 0
    try:
        for cells in reader:
            yield before + line + 1, cells
            line = reader.line_num
    except csv.Error as error:
        raise wrong(name, before + line + 1, Message("the row cannot be read: {why}", why=str(error))) from None


def _even(name: str, rows: Iterator[Row], width: int, delimiter: str) -> Iterator[Row]:
    """The rows that have cells; each has as many as the header."""
    for line, cells in rows:
        if len(cells) == width and (cells[0] or any(cells)):
            yield line, cells
        elif len(cells) != width and any(cell.strip() for cell in cells):
            rule = Message("the row has {n} cells, and the header has {width}", n=len(cells), width=width)
            if len(cells) > width and delimiter == ",":
                rule = Message("{rule}; decimal commas need semicolons between the columns", rule=rule)
            raise wrong(name, line, rule)


def _json_rows(name: str, lines: Iterator[str], before: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects, one a line, or a list of them. Numbers stay as they are written."""
    first = next(lines)
    if first.lstrip().startswith("["):
        try:
            found = _loads(first + "".join(lines))
        except (ValueError, RecursionError) as error:
            raise wrong(name, getattr(error, "lineno", 1) + before, Message("the JSON cannot be read")) from None
        listed: Iterator[tuple[int, Any]] = iter(enumerate(found, 1))
    else:
        listed = _json_lines(name, itertools.chain([first], lines), before)
    for number, row in listed:
        if not isinstance(row, dict):
            raise wrong(name, number, Message("a row must be a JSON object"))
        yield number, row


def _json_lines(name: str, lines: Iterable[str], before: int) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, before + 1):
        if line.strip():
            try:
                yield number, _loads(line)
            except (ValueError, RecursionError):
                raise wrong(name, number, Message("the line is no JSON object")) from None


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _of_json(name: str, rows: Iterator[tuple[int, dict[str, Any]]]) -> Rows:
    sample = list(itertools.islice(rows, _SAMPLED))
    columns = tuple(dict.fromkeys(key for _, row in sample for key in row))
    found = ((line, [_cell(row.get(key)) for key in columns]) for line, row in itertools.chain(sample, rows))
    return Rows(name, columns, found)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else shown(value)


def _parquet(path: Path) -> Any:
    try:
        import pandas as pd

        return pd.read_parquet(path)
    except ImportError:
        raise ParibusError("Parquet needs pandas and pyarrow: pip install 'paribus[pandas]'") from None
    except Exception as error:  # whatever its reader says of a damaged file
        raise ParibusError("{path}: cannot be read: {reason}", path=str(path), reason=reason_of(error)) from None


def _of_frame(name: str, frame: Any) -> Rows:
    """A DataFrame, with what its index holds where that has a name; rows are counted from 1."""
    if not type(frame).__module__.startswith("pandas"):
        raise ParibusError("a table is a file's path or a DataFrame", got=type(frame).__name__)
    named = frame.reset_index() if any(level is not None for level in frame.index.names) else frame
    columns = tuple(map(str, named.columns))
    if len(set(columns)) < len(columns):
        raise wrong(name, 0, Message("two columns have the same name"))
    cells = [_frame_cells(named.iloc[:, place]) for place in range(len(columns))]
    return Rows(name, columns, ((line, row) for line, row in enumerate(zip(*cells, strict=True), 1)))


def _frame_cells(column: Any) -> list[str]:
    missing = column.isna().tolist()
    return ["" if lost else _cell(value) if isinstance(value, bool) else str(value)
            for value, lost in zip(column.tolist(), missing, strict=True)]  # fmt: skip
