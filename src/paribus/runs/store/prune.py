"""Make room: what a store can do without, shown before it is removed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from paribus.core.errors import StoreError
from paribus.runs.store import files
from paribus.runs.store.damage import Damage
from paribus.runs.store.run_folder import CHECKPOINTS, STATE, RunFolder, final_checkpoint
from paribus.runs.store.store import Store


@dataclass(frozen=True)
class Pruning:
    """What goes of one run: its `snapshots`, or the whole `run`. `bytes` is what that frees."""

    run_id: str
    what: Literal["snapshots", "run"]
    bytes: int


def to_prune(
    store: Store, *, runs: bool = False, keep: Collection[str] = (), damage: Damage | None = None
) -> tuple[Pruning, ...]:
    """What `prune` would remove; reads only.

    Of finished runs: the snapshots and the state to go on from, but never the final weights, answers and records.
    With `runs`: whole runs that are not finished, or that no comparison of the store uses; but none that a comparison
    named as it began. Nothing of a run in `keep`, of one that some process is training, or of one that cannot be read:
    that is noted in `damage`.
    Raises StoreError with `runs` where a comparison cannot be read: nobody knows which runs it uses.
    """
    planned, used = _needed(store) if runs else (frozenset(), frozenset())
    found, (records, faults) = [], store.survey()
    damage = damage or Damage()
    damage.add(*faults)
    for record in records:
        if record.id in keep or store.is_locked(record.id):
            continue
        folder = RunFolder(store.run_folder(record.id))
        if runs and record.id not in planned and (record.status == "running" or record.id not in used):
            found.append(Pruning(record.id, "run", sum(_size(p) for p in _files_below(folder.path))))
        elif record.status != "running":
            with damage.left_out():
                if spare := _spare(folder):
                    found.append(Pruning(record.id, "snapshots", sum(_size(p) for p in spare)))
    return tuple(found)


def prune(store: Store, prunings: Collection[Pruning]) -> tuple[Pruning, ...]:
    """Remove it. Returns what was removed: not that of a run which a comparison has come to need since."""
    planned = _needed(store)[0] if any(pruning.what == "run" for pruning in prunings) else frozenset()
    done = []
    for pruning in prunings:
        if pruning.what == "run" and pruning.run_id in planned:
            continue
        with store.lock_if_free(pruning.run_id) as free:
            if free and _remove(store, pruning):
                done.append(pruning)
    return tuple(done)


def _needed(store: Store) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the runs that comparisons named as they began, and of those that ended comparisons use."""
    comparisons, faults = store.comparison_survey()
    if faults:
        raise StoreError(
            "whole runs can be removed only where every comparison can be read, as a run may be one's that "
            "cannot. Remove or mend:\n{listed:lines}",
            listed=[fault.message for fault in faults],
        )
    return store.planned_runs(), frozenset(run.id for c in comparisons for arm in c.arms for run in arm.runs)


def _remove(store: Store, pruning: Pruning) -> bool:
    path = store.run_folder(pruning.run_id)
    try:
        folder = RunFolder(path)
        record = folder.record()
    except StoreError:  # gone, or no longer what was shown
        return False
    if pruning.what == "run":
        _remove_run(store, path)
        return True
    if record.status == "running":
        return False
    for spare in _spare(folder):
        with files.writing(spare):
            spare.unlink(missing_ok=True)
    return True


def _remove_run(store: Store, path: Path) -> None:
    """Out of sight in one rename, then file by file: at no time is there half a run."""
    gone = store.root / "removed" / f"{path.name}-{secrets.token_hex(4)}"
    files.make_folder(gone.parent)
    with files.writing(path):
        path.replace(gone)
        for other in gone.parent.iterdir():  # also what an earlier, killed one left
            shutil.rmtree(other)
        gone.parent.rmdir()


def _spare(folder: RunFolder) -> list[Path]:
    """Files that a finished run can do without. Descriptions first: a checkpoint without one does not count."""
    final = final_checkpoint(folder.record().epochs_done)
    names = [checkpoint.name for checkpoint in folder.checkpoints()]
    places = [folder.path / CHECKPOINTS / name for name in names if name != final]
    spare = [p.with_name(p.name + end) for p in places for end in (".json", ".safetensors")]
    if final in names:  # else the state holds the only copy of the final weights
        spare.append(folder.path / STATE)
    return [p for p in spare if p.is_file() and not p.is_symlink()]


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, followlinks=False):
        yield from (Path(parent) / name for name in names)


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.lstat().st_size
    return 0
