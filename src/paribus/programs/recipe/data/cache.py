"""The cache: data sets unpacked once, so that every process maps the same pages of the same files.

An entry is a folder of `.npy` arrays and a `facts.json`. It appears under its name in one rename, complete or not at
all, and is never written to again. Of one group, such as the states of a folder over time, the newest entry is kept.
One that was damaged or changed since is made again: a file's time and size tell that it may have been, its digest
whether it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from platformdirs import user_cache_path

from paribus.core.errors import DataError, reason_of

_FACTS = "facts.json"


@dataclass(frozen=True)
class Content:
    """What an entry holds: arrays by name, and facts as plain JSON values."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Entry(Content):
    """Content that lies in `folder`; its arrays are memory-mapped and read-only."""

    folder: Path


def cache_root() -> Path:
    """The folder for everything that can be unpacked or downloaded again: $PARIBUS_CACHE, or the user's cache."""
    chosen = os.environ.get("PARIBUS_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("paribus")


def entry_folder(group: str, state: str) -> Path:
    """Where an entry lies, or will lie."""
    return cache_root() / "arrays" / group / state


def entry(group: str, state: str, build: Callable[[], Content]) -> Entry:
    """The entry of `group` in `state`, built and stored by the first process that asks for it.

    Raises DataError where the cache cannot be written, and whatever `build` raises, which leaves nothing behind.
    """
    folder = entry_folder(group, state)
    try:
        found = _load(folder)
        if found is None:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / ".lock"):
                found = _load(folder)  # another process may have built it while this one waited
                if found is None:
                    _store(folder, build())
                    found = _load(folder)
    except OSError as error:
        raise DataError(
            "{path}, the cache of unpacked data sets, cannot be used ({reason}). Set PARIBUS_CACHE to a folder "
            "that can be written to, with about 100 MB free for a set of MNIST's size.",
            path=folder,
            reason=reason_of(error),
        ) from None
    if found is None:
        raise DataError(
            "{path} cannot be read back after it was written. Is another program changing the cache?", path=folder
        )
    return found


def _load(folder: Path) -> Entry | None:
    """The stored entry, or None where there is none or a file of it is missing or not as it was written."""
    try:
        noted = json.loads((folder / _FACTS).read_bytes())
        if noted.pop("digest") != _digest(noted):
            return None
        arrays: dict[str, NDArray[Any]] = {}
        for name, kept in noted["files"].items():
            path = folder / f"{name}.npy"
            if _stamp(path) != kept["stamp"] and _file_digest(path) != kept["digest"]:
                return None
            arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False)
        return Entry(arrays, noted["facts"], folder)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, EOFError):
        return None


def _store(folder: Path, content: Content) -> None:
    """Write an entry and take away the group's others, among them what a killed process left. Needs the lock."""
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    try:
        kept = {name: _save(partial / f"{name}.npy", array) for name, array in content.arrays.items()}
        sizes = {name: of["stamp"][0] for name, of in kept.items()}  # what version 0.1.0 looks at
        noted = json.loads(json.dumps({"bytes": sizes, "files": kept, "facts": dict(content.facts)}))  # as read back
        (partial / _FACTS).write_text(json.dumps({**noted, "digest": _digest(noted)}, indent=1), encoding="utf-8")
        if folder.exists():  # a damaged entry
            shutil.rmtree(folder)
        partial.replace(folder)
    finally:
        for other in folder.parent.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other, ignore_errors=True)  # on Windows a file that is still mapped stays


def _digest(noted: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(noted, sort_keys=True).encode()).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]


def _save(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    """Write one array to the disk, not only to its buffers: the rename must not come before it. What is noted of it."""
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return {"stamp": _stamp(path), "digest": _file_digest(path)}
