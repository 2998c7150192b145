"""The store: a folder a run, a folder a comparison, and locks. Opening anything of it executes nothing.

ROOT/runs/ID/          one run (run_folder.py)
ROOT/comparisons/ID/   comparison.json, the report, the history of looks, and the runs that it needs
ROOT/maps/ID/          map.json, and the runs that it needs (maps.py)
ROOT/locks/            one a run, held while it is trained; the system lets go of it when its holder dies
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from paribus.core.errors import StoreError
from paribus.core.field_text import fields_to_toml
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.records.program import Epoch
from paribus.records.run import RunRecord, RunResult
from paribus.runs.store import comparisons, files, maps, names
from paribus.runs.store.found import Found, at
from paribus.runs.store.run_folder import RECORD, RunFolder
from paribus.runs.store.run_writer import RunWriter
from paribus.runs.store.tensors import Arrays

LOCK_SECONDS = 0.2  # how often one who waits for a lock looks up


def _go_on() -> None:
    """Nothing to do while waiting."""


class Store:
    """All runs and comparisons below one folder, which need not exist yet: only writing makes it.

    Every method raises StoreError, naming the file, for what cannot be read, written, or trusted to be what it says.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    # Runs

    def run_folder(self, run_id: str) -> Path:
        """Where a run lies, or will lie."""
        return self._below("runs") / names.safe_name(run_id, "run")

    def _below(self, name: str) -> Path:
        folder = self.root / name
        if folder.is_symlink():
            files.check_folder(folder)  # says what is wrong with that
        return folder

    @contextlib.contextmanager
    def lock(self, run_id: str, while_waiting: Callable[[], None] = _go_on) -> Iterator[None]:
        """Hold the right to write a run, waiting for another process that has it.

        `while_waiting` is called several times a second, and may raise to give up. The system frees the lock of a
        process that dies.
        """
        path = self._lock_file(run_id)
        files.make_folder(path.parent)
        lock = FileLock(path)
        while True:
            with files.writing(path):
                try:
                    lock.acquire(timeout=LOCK_SECONDS)
                    break
                except Timeout:
                    pass
            while_waiting()
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def lock_if_free(self, run_id: str) -> Iterator[bool]:
        """Hold the right to write a run if nobody else has it: gives whether that is so, without waiting."""
        path = self._lock_file(run_id)
        files.make_folder(path.parent)
        lock = FileLock(path)
        with files.writing(path), contextlib.suppress(Timeout):
            lock.acquire(timeout=0)
        try:
            yield lock.is_locked
        finally:
            lock.release()

    def is_locked(self, run_id: str) -> bool:
        """Whether some process is training this run just now."""
        if not self._lock_file(run_id).exists():
            return False
        with self.lock_if_free(run_id) as free:
            return not free

    def _lock_file(self, run_id: str) -> Path:
        return self.root / "locks" / f"{names.safe_name(run_id, 'run')}.lock"

    def begin(self, record: RunRecord, replaced: str = "") -> RunWriter:
        """The folder of a run to be trained, made or found as an earlier process left it. Hold the lock for this.

        replaced: the stamp of an ended run that it takes the place of.
        """
        path = self.run_folder(record.id)
        files.make_folder(path)
        folder = RunWriter(path)
        folder.begin(record, anew=bool(replaced) and self.stamp(record.id) == replaced)
        return folder

    def has_run(self, run_id: str) -> bool:
        """Whether a run was begun."""
        return (self.run_folder(run_id) / RECORD).exists()

    def record(self, run_id: str) -> RunRecord | None:
        """The record of a run, finished or not; None where there is no such run."""
        return RunFolder(self.run_folder(run_id)).record() if self.has_run(run_id) else None

    def ended(self, run_id: str, replaced: str = "") -> RunRecord | None:
        """The record of a run that has ended; None where it is not there, not at its end, or the one to be replaced."""
        record = self.record(run_id)
        ended = record is not None and record.status != "running" and not (replaced and self.stamp(run_id) == replaced)
        return record if ended else None

    def stamp(self, run_id: str) -> str:
        """What tells this run from one made anew in its place."""
        return files.digest_of_file(self.run_folder(run_id) / RECORD) or ""

    def epochs(self, run_id: str) -> tuple[Epoch, ...]:
        """A run's epochs so far; none where there is no such run."""
        return RunFolder(self.run_folder(run_id)).epochs() if self.has_run(run_id) else ()

    def result(self, run_id: str) -> RunResult | None:
        """A finished run as analysis takes it; None where it is not finished, or not there."""
        return RunFolder(self.run_folder(run_id)).result() if self.has_run(run_id) else None

    def weights(self, run_id: str) -> Arrays:
        """The weights that a run ended with, or has reached, by name."""
        return self.open_run(run_id).weights()

    def runs(self) -> tuple[RunRecord, ...]:
        """The records of all runs that can be read, in the order in which they were started."""
        return self.survey()[0]

    def survey(self) -> tuple[tuple[RunRecord, ...], tuple[StoreError, ...]]:
        """All runs: the records of those that can be read, and what is wrong with each of the others."""
        records, faults = [], []
        for name in files.subfolders(self._below("runs")):
            try:
                if (record := self.record(name)) is not None:
                    records.append(record)
            except StoreError as fault:
                faults.append(fault)
        return tuple(sorted(records, key=lambda r: (r.started, r.id))), tuple(faults)

    def open_run(self, name: str) -> RunFolder:
        """The folder of a run: by its id, by the beginning of that, or by a path, also to one outside this store."""
        return RunFolder(self._resolve(name, "run").path)

    # Comparisons

    def comparison_folder(self, comparison_id: str) -> Path:
        """Where a comparison lies, or will lie."""
        return self._below("comparisons") / names.safe_name(comparison_id, "comparison")

    def save_comparison(self, comparison: Comparison) -> Path:
        """Write comparison.json in one step, in place of an earlier one of the same id. Returns the file."""
        return comparisons.save(self.comparison_folder(comparison.id), comparison)

    def save_recipes(self, comparison: Comparison) -> None:
        """Write each arm's fields beside the comparison, as TOML: what makes it again."""
        folder = self.comparison_folder(comparison.id)
        for arm in comparison.arms:
            files.write_whole(folder / names.recipe_file(arm.name), fields_to_toml(arm.fields).encode())

    def load_comparison(self, name: str) -> Comparison:
        """A comparison: by its id, by the beginning of that, or by a path, also to one outside this store."""
        return comparisons.load(self._resolve(name, "comparison").path)

    def save_explanation(self, comparison_id: str, explanation: Explanation) -> Path:
        """Keep why beside the comparison. Returns the file."""
        return comparisons.save_explanation(self.comparison_folder(comparison_id), explanation)

    def explanation(self, comparison_id: str) -> Explanation | None:
        """Why, as it was last found for this comparison; None where nobody asked."""
        return comparisons.load_explanation(self.comparison_folder(comparison_id))

    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons that can be read, in the order in which they were made."""
        return self.comparison_survey()[0]

    def comparison_survey(self) -> tuple[tuple[Comparison, ...], tuple[StoreError, ...]]:
        """All comparisons that were ended: those that can be read, and what is wrong with each of the others."""
        found, faults = [], []
        for name in files.subfolders(self._below("comparisons")):
            if os.path.lexists(self.root / "comparisons" / name / comparisons.COMPARISON):
                try:
                    found.append(comparisons.load(self.comparison_folder(name)))
                except StoreError as fault:
                    faults.append(fault)
        return tuple(sorted(found, key=lambda c: (c.created, c.id))), tuple(faults)

    def record_plan(self, comparison_id: str, run_ids: Iterable[str], arms: str = "") -> None:
        """Remember which runs a comparison that begins will need: `prune` keeps them. `arms`: `arms_digest`."""
        comparisons.save_plan(self.comparison_folder(comparison_id), run_ids, arms)

    def comparisons_of(self, arms: str) -> tuple[str, ...]:
        """The names of comparisons of these arms, by their digest, and of those that do not say what they are of."""
        below, found = self._below("comparisons"), []
        for name in files.subfolders(below):
            with contextlib.suppress(StoreError):  # damaged: prune says so
                if comparisons.load_plan(below / name).arms in (arms, ""):
                    found.append(name)
        return tuple(found)

    def planned_runs(self) -> frozenset[str]:
        """The ids of the runs that any comparison or map needs, also one that was begun and not ended."""
        folders = [
            self._below(kind) / name for kind in ("comparisons", "maps") for name in files.subfolders(self._below(kind))
        ]
        return frozenset(run for folder in folders for run in comparisons.load_plan(folder).runs)

    def looks(self, comparison_id: str) -> tuple[int, ...]:
        """The numbers of seeds at which these arms were compared before, in order."""
        return tuple(look.seeds for look in comparisons.looks(self.comparison_folder(comparison_id)))

    def record_look(self, comparison_id: str, seeds: int, margin: float) -> int:
        """Which look at these arms this is, from 1, and remember it. The same seeds and margin are the same look."""
        lock = self.root / "locks" / f"looks-{names.safe_name(comparison_id, 'comparison')}.lock"
        look = comparisons.Look(seeds=seeds, margin=margin)
        return comparisons.record_look(self.comparison_folder(comparison_id), look, lock)

    # Maps

    def record_map_plan(self, map_id: str, run_ids: Iterable[str]) -> None:
        """Remember which runs a map needs, as `record_plan` does for a comparison."""
        comparisons.save_plan(maps.map_folder(self.root, map_id), run_ids)

    def save_map(self, made: VerdictMap) -> Path:
        """Write map.json in one step, in place of an earlier one of the same id. Returns the file."""
        return maps.save_map(self.root, made)

    def load_map(self, name: str) -> VerdictMap:
        """A map: by its id, or by the beginning of that."""
        return maps.load_map(self.root, name)

    def is_map(self, name: str) -> bool:
        """Whether a name means a map."""
        return maps.is_map(self.root, name)

    def map_survey(self) -> tuple[tuple[VerdictMap, ...], tuple[StoreError, ...]]:
        """All maps that were ended, in the order in which they were made, and what is wrong with the others."""
        return maps.maps_of(self.root)

    # Names

    def resolve(self, name: str) -> Found:
        """What a name means: the id of a run or comparison, a beginning that only one has, or a path to a folder."""
        return self._resolve(name, None)

    def _resolve(self, name: str, kind: Literal["run", "comparison"] | None) -> Found:
        known: dict[str, Found] = {}
        if kind != "comparison":
            known |= {n: Found("run", self.root / "runs" / n) for n in self._run_ids()}
        if kind != "run":
            known |= {n: Found("comparison", self.root / "comparisons" / n) for n in self._comparison_ids()}
        if (match := names.find(name, known)) is not None:
            return known[match]
        if (found := at(name)) is not None and kind in (None, found.kind):
            return found
        raise names.not_found(kind or "run or comparison", name, known, self.root)

    def _run_ids(self) -> list[str]:
        return [name for name in files.subfolders(self._below("runs")) if names.is_safe(name)]

    def _comparison_ids(self) -> list[str]:
        return [
            name
            for name in files.subfolders(self._below("comparisons"))
            if names.is_safe(name) and (self.root / "comparisons" / name / comparisons.COMPARISON).exists()
        ]
