"""What is remembered of files: those that a run was made with, in its store; those that runs wrote, beside the key.

A command may write where its own files lie, and what it wrote is nothing that its next run depends on, as long as
nobody changes it. So such a file does not count while its digest is the one that the last run left.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from filelock import FileLock
from platformdirs import user_state_path

from paribus.core import atomic
from paribus.core.errors import StoreError
from paribus.programs.command.sources import CODE, Digests, digests
from paribus.records.run import RunRecord
from paribus.runs.store import Store, files

LARGEST = 1 << 26  # bytes


def remember(store: Store, identity: str, made_with: Digests) -> None:
    """Note in the store which files a run of this identity is made with."""
    path = _sources(store, identity)
    if not path.exists():
        files.make_folder(path.parent)
        files.write_whole(path, json.dumps(dict(made_with), indent=0).encode())


def remembered(store: Store, identity: str) -> Digests | None:
    """The files that runs of this identity were made with; None where that was not noted."""
    return _read(_sources(store, identity))


def _sources(store: Store, identity: str) -> Path:
    return store.root / "sources" / f"{identity[:32]}.json"


def _read(path: Path) -> Digests | None:
    """None also of what is damaged: it is looked at again."""
    with contextlib.suppress(StoreError, ValueError, RecursionError):
        found = json.loads(files.read_bytes(path, LARGEST) or b"")
        if isinstance(found, dict) and all(isinstance(digest, str) for digest in found.values()):
            return found
    return None


def former(store: Store, run_id: str) -> Iterator[RunRecord]:
    """Runs of the store that are called as this one, of the same seed, but are not the same run; the latest first."""
    name = re.compile(re.sub(r"[0-9a-f]{10}(?=-s\d+$)", "[0-9a-f]{10}", re.escape(run_id).replace(r"\-", "-")))
    found = []
    for other in files.subfolders(store.root / "runs"):
        if other != run_id and name.fullmatch(other):
            with contextlib.suppress(StoreError):
                if (record := store.ended(other)) is not None:
                    found.append(record)
    return iter(sorted(found, key=lambda record: record.ended or "", reverse=True))


def changed(before: Digests, now: Digests) -> list[str]:
    """The files in which two differ."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def written(place: Path) -> Digests:
    """What runs in this folder left in it, by path, with the digests that it had then."""
    return _read(_written(place)) or {}


def note_written(place: Path, names: Iterable[str], made_with: Digests) -> None:
    """Of the files that there are after a run, note those that were not there before it: it wrote them.

    A piece of code beside others is somebody's work, and counts the next time.
    """
    folders = {Path(name).parent for name in made_with}
    new = [name for name in names if name not in made_with]
    new = [name for name in new if not CODE.search(name) or Path(name).parent not in folders]
    path = _written(place)
    if not new or (found := digests(place, new)).items() <= written(place).items():
        return
    with contextlib.suppress(OSError):  # without a place to remember it, such runs are made anew
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            atomic.write_whole(path, json.dumps({**written(place), **found}, indent=0).encode())


def _written(place: Path) -> Path:
    name = hashlib.sha256(str(place).encode(errors="surrogateescape")).hexdigest()[:20]
    return user_state_path("paribus") / "written" / f"{name}.json"
