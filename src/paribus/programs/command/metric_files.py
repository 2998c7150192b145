"""Figures from a file that a command leaves: JSON, JSON lines, CSV or TSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, StoreError, reason_of
from paribus.programs.command.printed_metrics import Row, numbers_in, numbers_of
from paribus.runs.store.files import read_bytes

LARGEST = 1 << 26  # bytes


def rows_of(path: Path) -> list[Row]:
    """Its rows, each with all numbers that it has by name. Raises ParibusError for what cannot be read as such."""
    try:
        data = read_bytes(path, LARGEST)
    except StoreError as error:
        raise ParibusError(error.message) from None
    if data is None:
        raise ParibusError("{path}: the command left no such file", path=path)
    text = data.decode("utf-8-sig", errors="replace")
    try:
        return [row for row in _rows(text, path.suffix.lower()) if row]
    except csv.Error as error:
        raise ParibusError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None


def _rows(text: str, suffix: str) -> Iterator[Row]:
    if suffix in (".csv", ".tsv") or text.lstrip()[:1] not in ("{", "["):
        yield from _of_table(text.replace("\0", "").splitlines(), "\t" if suffix == ".tsv" else ",")
        return
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from map(numbers_of, text.splitlines())
        return
    for value in whole if isinstance(whole, list) else [whole]:
        yield from _of_lists(value)
        yield dict(numbers_in(value))


def _of_lists(value: Any) -> Iterator[Row]:
    """A history, as Keras has it: a list of numbers by name."""
    lists = {name: inner for name, inner in value.items() if isinstance(inner, list)} if isinstance(value, dict) else {}
    for row in zip_longest(*lists.values()):
        yield dict(numbers_in(dict(zip(lists, row, strict=True))))


def _of_table(lines: Sequence[str], delimiter: str) -> Iterator[Row]:
    for row in csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True):
        found = {}
        for name, cell in row.items():
            try:
                found[str(name).strip()] = float(cell)
            except (TypeError, ValueError):  # a word, an empty cell, a row that is longer than its header
                continue
        yield found
