"""Which files of a clean checkout a command reads: those whose time of access moved, whatever language it is in."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

from paribus.runs.store import files

READS = "reads.json"
_LARGEST = 1 << 26  # bytes
_LONG_AGO = 10 * 24 * 3600  # seconds: file systems note the first access after a day, and after a change, at least


def mark(checkout: Path) -> dict[Path, int]:
    """Have every file say that it was last read long ago. Gives what each says, by its path."""
    marked = {}
    for folder, folders, names in os.walk(checkout):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(folder) / name for name in names):
            with contextlib.suppress(OSError):
                if not path.is_symlink():
                    marked[path] = _mark_one(path)
    return marked


def read_since(marked: dict[Path, int], checkout: Path) -> list[str] | None:
    """The files that were read since they were marked, by their paths in the checkout.

    None where the file system notes no access (noatime): then nobody can tell.
    """
    if not _notes_access(checkout):
        return None
    found = []
    for path, then in marked.items():
        with contextlib.suppress(OSError):
            if path.stat().st_atime_ns != then:
                found.append(str(path.relative_to(checkout)))
    return sorted(found)


def note(folder: Path, marked: dict[Path, int], checkout: Path) -> None:
    """Keep in a run's folder what it read."""
    files.write_whole(folder / READS, json.dumps(read_since(marked, checkout)).encode(), durable=False)


def noted(folder: Path) -> list[str] | None:
    """What a run was seen to read; None where that was not, or could not be, looked at."""
    with contextlib.suppress(ValueError):
        found = json.loads(files.read_bytes(folder / READS, _LARGEST) or b"null")
        return None if found is None else [str(name) for name in found]
    return None


def _notes_access(checkout: Path) -> bool:
    probe = checkout / ".git" / "paribus-probe"
    probe.write_bytes(b"x")
    then = _mark_one(probe)
    probe.read_bytes()
    return probe.stat().st_atime_ns != then


def _mark_one(path: Path) -> int:
    os.utime(path, ns=(time.time_ns() - _LONG_AGO * 10**9, path.stat().st_mtime_ns))
    return path.stat().st_atime_ns
