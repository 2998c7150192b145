"""What earlier runs were made with: noted in their store, so that a plan can say what has changed since."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.records.program import Fields
from paribus.records.run import RunRecord
from paribus.runs.store import Store, files
from paribus.runs.task import Task

Digests = Mapping[str, str]  # by a file's path, or whatever else people call a part

LARGEST = 1 << 26  # bytes
_CODE = "version"  # what a part without a name is called: all of a version of the code
_MOST_NAMED = 5


def remember(store: Store, identity: str, made_with: Digests) -> None:
    """Note in the store what a run of this identity is made with."""
    path = _sources(store, identity)
    if not path.exists():
        files.make_folder(path.parent)
        whole = json.dumps(dict(made_with), indent=0).encode()
        files.write_whole(path, whole, durable=False)  # what a power cut takes is looked at again


def remembered(store: Store, identity: str) -> Digests | None:
    """What runs of this identity were made with; None where that was not noted."""
    return read_digests(_sources(store, identity))


def _sources(store: Store, identity: str) -> Path:
    return store.root / "sources" / f"{identity[:32]}.json"


def read_digests(path: Path) -> Digests | None:
    """Those that a file has; None also of what is damaged: it is looked at again."""
    with contextlib.suppress(StoreError, ValueError, RecursionError):
        found = json.loads(files.read_bytes(path, LARGEST) or b"")
        if isinstance(found, dict) and all(isinstance(digest, str) for digest in found.values()):
            return found
    return None


def changed(before: Digests, now: Digests) -> list[str]:
    """The parts in which two differ."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def anew(new: Sequence[Task], store: Store, made_with: Callable[[Fields], Digests]) -> Iterator[Message]:
    """What changed since earlier runs with the same fields. For each arm the first of its runs tells of all."""
    firsts = {task.arm: task for task in reversed(new) if not task.replaces}
    parts: dict[str, None] = {}
    for task in firsts.values():
        for record in _former(store, task.run_id):
            before = remembered(store, record.code_identity)
            if record.fields == task.fields and record.program.name == task.program.name and before is not None:
                parts |= dict.fromkeys(
                    Path(name).name if Path(name).is_absolute() else name or _CODE
                    for name in changed(before, made_with(task.fields))
                )
                break
    if parts:
        yield Message("Runs are made anew: {files} changed since the earlier ones.", files=few(list(parts)))


def _former(store: Store, run_id: str) -> Iterator[RunRecord]:
    """Runs of the store that are called as this one, of the same seed, but are not the same run; the latest first."""
    name = re.compile(re.sub(r"[0-9a-f]{10}(?=-s\d+$)", "[0-9a-f]{10}", re.escape(run_id).replace(r"\-", "-")))
    found = []
    for other in files.subfolders(store.root / "runs"):
        if other != run_id and name.fullmatch(other):
            with contextlib.suppress(StoreError):
                if (record := store.ended(other)) is not None:
                    found.append(record)
    return iter(sorted(found, key=lambda record: record.ended or "", reverse=True))


def few(names: Sequence[str]) -> list[Message | str]:
    """The first of many names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], *([Message("{n} more", n=more)] if more > 0 else [])]
