"""How often each comparison's data have been looked at: every look spends a part of the error that a verdict may have.

What each may spend is in `comparison.decision_rule.look_levels`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from filelock import FileLock

from paribus.core.frozen import Document, Frozen
from paribus.core.messages import mark
from paribus.runs.store import chained_lines, files
from paribus.runs.store.documents import read_document, write_document

LOOKS = "looks.json"
OLDER_LOOKS = "looks.jsonl"  # of 0.1.0, a look a line: a lost last line was not seen
LARGEST_LOOKS = 1 << 20  # bytes
LOOKS_SCHEMA = 2


class Look(Frozen):
    """One look at a comparison's data: with so many seeds an arm, and the margin (a fraction) of the verdict."""

    seeds: int
    margin: float = 0.001  # of lines from before margins were noted


class Looked(Document):
    """The looks at a comparison's data, in order."""

    kind: ClassVar[str] = "looks"
    schema_number: int = LOOKS_SCHEMA
    looks: tuple[Look, ...]


def recorded(folder: Path) -> tuple[Look, ...]:
    """How the data were looked at, in order; none where nobody has looked."""
    if (found := read_document(folder / LOOKS, Looked, LARGEST_LOOKS)) is not None:
        return found.looks
    wrong = mark("{path}: line {number} is not a look: {fault}")
    return chained_lines.values(
        folder / OLDER_LOOKS, LARGEST_LOOKS, lambda _, line: Look.model_validate_json(line), wrong
    )


def record(folder: Path, lock: Path, look: Look) -> int:
    """Which look at a comparison this is, from 1, and remember it; one that was made before is that look again."""
    files.make_folder(folder)
    files.make_folder(lock.parent)
    with files.writing(lock), FileLock(lock):
        earlier = recorded(folder)
        if look not in earlier:
            earlier = (*earlier, look)
            write_document(folder / LOOKS, Looked(looks=earlier), LARGEST_LOOKS)
        return earlier.index(look) + 1
