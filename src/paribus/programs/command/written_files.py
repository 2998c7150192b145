"""Files that runs of a command wrote, remembered beside the user's key.

A command may write where its own files lie, and what it wrote is nothing that its next run depends on, as long as
nobody changes it. So such a file does not count while its digest is the one that the last run left.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock
from platformdirs import user_state_path

from paribus.core import atomic
from paribus.programs.command.sources import CODE, digests
from paribus.programs.earlier_code import Digests, read_digests


def written(place: Path) -> Digests:
    """What runs in this folder left in it, by path, with the digests that it had then."""
    return read_digests(_written(place)) or {}


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
