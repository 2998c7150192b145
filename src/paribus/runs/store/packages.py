"""A run as one piece of bytes, from a worker that shares no folder: taken into the store by its digests.

A first line of JSON names the files with their sizes and SHA-256, and the SHA-256 of all of them; then come the files.
Taking one in executes nothing of it. What it may hold is known beforehand: files of a run's folder, each within the
bounds that a reader has, of the very run that was asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from paribus.core.bounded_read import files_below
from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.records.run import RunRecord
from paribus.runs.registry import code_of
from paribus.runs.store import files
from paribus.runs.store import run_folder as names
from paribus.runs.store.authorship import write_sealed
from paribus.runs.store.digests import digest_of
from paribus.runs.store.run_folder import RunFolder
from paribus.runs.store.safe_names import is_safe
from paribus.runs.store.store import Store
from paribus.runs.task import Task

_BOUNDS = {
    names.RECORD: names.LARGEST_RECORD,
    names.RECIPE: names.LARGEST_RECORD,
    names.METRICS: names.LARGEST_METRICS,
    names.TRACE: names.LARGEST_TRACE,
    names.ERROR: names.LARGEST_ERROR,
    names.PREDICTIONS: names.LARGEST_PREDICTIONS,
    names.STATE: names.LARGEST_STATE,
    **dict.fromkeys(("output.txt", "stdout.txt", "stderr.txt"), names.LARGEST_TRACE),  # of functions, commands
}
# Of what a function left in its own folder: no name that leads elsewhere, or that is another one on another system.
_NOT_IN_NAMES = r"\x00-\x1f\ud800-\udfff/\\:*?\"<>|"
_OWN_NAME = re.compile(rf"[^{_NOT_IN_NAMES}.~ ]([^{_NOT_IN_NAMES}]{{0,120}}[^{_NOT_IN_NAMES}. ])?")
_OWN_DEPTH = 8
_MOST_FILES = 10_000
_LARGEST_HEAD = 1 << 22
LARGEST = 1 << 32  # bytes of a whole package
_FORMAT = 1


def packed(folder: Path) -> bytes:
    """The package of a run's folder: the record last, as it was written last."""
    found = [path for path in files_below(folder) if path.is_file() and not path.is_symlink()]
    kept = {name: path for path in found if _bound(name := path.relative_to(folder).as_posix()) is not None}
    if names.RECORD not in kept:
        raise StoreError("{path}: missing. A run begins by writing it: this folder holds no run", path=folder)
    kept[names.RECORD] = kept.pop(names.RECORD)
    contents = {name: path.read_bytes() for name, path in kept.items()}
    listed = [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in contents.items()]
    head = {"format": _FORMAT, "files": listed, "digest": digest_of({"files": listed})}
    return json.dumps(head).encode() + b"\n" + b"".join(contents.values())


def taken_in(store: Store, task: Task, package: bytes) -> RunRecord:
    """Put the run into the store, unless it has ended there: then that one stands. Gives the store's record.

    Raises StoreError for whatever is not exactly a run of this task that has ended; the store is then as it was.
    """
    with store.lock(task.run_id):
        if (there := store.ended(task.run_id, task.replaces)) is not None:
            return there
        incoming = store.root / "incoming" / task.run_id
        files.remove_folder(incoming)
        files.make_folder(incoming / names.CHECKPOINTS)
        try:
            contents = _contents(package, task)
            record = contents.pop(names.RECORD)
            for name, data in contents.items():
                files.make_folder((incoming / name).parent)
                files.write_whole(incoming / name, data, settled=False)
            taken = _checked(incoming, task, record)
            _put(store, incoming, task.run_id)
            return taken
        finally:
            files.remove_folder(incoming)
            with contextlib.suppress(OSError):
                incoming.parent.rmdir()


def _contents(package: bytes, task: Task) -> dict[str, bytes]:
    """The files by name, each with the digest that the head says. Raises StoreError."""
    end = package.find(b"\n", 0, _LARGEST_HEAD)
    try:
        head: Any = json.loads(package[: max(0, end)])
        listed = [(str(name), int(size), str(digest)) for name, size, digest in head["files"]]
        sealed = head["format"] == _FORMAT and head["digest"] == digest_of({"files": head["files"]})
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise _refused(task, Message("it is no package")) from None
    if not sealed or len(package) > LARGEST or len(listed) > _MOST_FILES or len({n for n, *_ in listed}) < len(listed):
        raise _refused(task, Message("it is no package"))
    contents, at = {}, end + 1
    for name, size, digest in listed:
        most = _bound(name)
        if most is None or not 0 <= size <= most:
            raise _refused(task, Message("{name!a} is no file of a run, or too large", name=name[:100]))
        contents[name], at = package[at : at + size], at + size
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise _refused(task, Message("{name} has not the digest that it should have", name=name))
    if at != len(package) or names.RECORD not in contents:
        raise _refused(task, Message("it is no package"))
    return contents


def _checked(folder: Path, task: Task, record: bytes) -> RunRecord:
    """The record, put in its place, of a run that can be read as any other, and is the one of the task."""
    files.write_whole(folder / names.RECORD, record)
    read = RunFolder(folder).record()
    asked = {
        "id": task.run_id,
        "fields": task.fields,
        "seed": task.seed,
        "data_digest": task.data_digest,
        "code_identity": task.code_identity,
        "program": task.program,
    }
    if other := [name for name, value in asked.items() if getattr(read, name) != value]:
        raise _refused(task, Message("it is of a run with another {name}", name=other[0]))
    if RunFolder(folder).result() is None:
        raise _refused(task, Message("its run has not ended"))
    if (damaged := RunFolder(folder).damaged()) is not None:
        raise _refused(task, Message("{name} has not the digest that it should have", name=damaged))
    if code_of(read.program, read.fields):  # this user's own command named that code
        write_sealed(folder / names.RECORD, record)
    return read


def _put(store: Store, incoming: Path, run_id: str) -> None:
    """In one rename; what an earlier process left unfinished goes."""
    place = store.run_folder(run_id)
    files.make_folder(place.parent)
    with files.writing(place):
        if place.exists():
            old = incoming.with_name(f"{incoming.name}.old")
            files.remove_folder(old)
            place.replace(old)
            incoming.replace(place)
            files.remove_folder(old)
        else:
            incoming.replace(place)


def _bound(name: str) -> int | None:
    """The most bytes that a file of this name may have; None of a name that no file of a run has."""
    if name in _BOUNDS:
        return _BOUNDS[name]
    folder, *parts = name.split("/")
    checkpoint = folder == names.CHECKPOINTS and len(parts) == 1 and is_safe(parts[0])
    own = folder == "files" and 0 < len(parts) <= _OWN_DEPTH and all(_OWN_NAME.fullmatch(part) for part in parts)
    return names.LARGEST_WEIGHTS if checkpoint or own else None


def _refused(task: Task, why: Message) -> StoreError:
    return StoreError("the package that came for run {name} is refused: {why}", name=task.run_id, why=why)
