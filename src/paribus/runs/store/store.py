"""The store: a folder a run, a folder a comparison, and locks. Opening anything of it executes nothing.

ROOT/runs/ID/          one run (run_folder.py)
ROOT/comparisons/ID/   comparison.json, the report, the history of looks, and the runs that it needs
ROOT/maps/ID/          map.json, and the runs that it needs (maps.py)
ROOT/locks/            one a run, held while it is trained; the system lets go of it when its holder dies
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from paribus.core.errors import StoreError
from paribus.records.program import Epoch
from paribus.records.run import RunRecord, RunResult
from paribus.runs.store import comparisons, files, safe_names
from paribus.runs.store.comparisons import COMPARISON, Comparisons
from paribus.runs.store.locks import RunLocks
from paribus.runs.store.maps import Maps
from paribus.runs.store.run_folder import RECORD, RunFolder
from paribus.runs.store.run_writer import RunWriter
from paribus.runs.store.tensors import Arrays

if TYPE_CHECKING:
    from paribus.records.comparison import Comparison


@dataclass(frozen=True)
class Found:
    """What a name means: a run's folder or a comparison's."""

    kind: Literal["run", "comparison"]
    path: Path

    @property
    def id(self) -> str:
        """The full name."""
        return self.path.name


class Store(Comparisons, Maps, RunLocks):
    """All runs and comparisons below one folder, which need not exist yet: only writing makes it.

    Every method raises StoreError, naming the file, for what cannot be read, written, or trusted to be what it says.
    """

    # Runs

    def run_folder(self, run_id: str) -> Path:
        """Where a run lies, or will lie."""
        return self.below("runs") / safe_names.safe_name(run_id, "run")

    def begin(self, record: RunRecord, replaced: str = "", brief: bool = False) -> RunWriter:
        """The folder of a run to be trained, made or found as an earlier process left it. Hold the lock for this.

        replaced: the stamp of an ended run that it takes the place of. brief: see `Task`.
        """
        path = self.run_folder(record.id)
        files.make_folder(path)
        folder = RunWriter(path)
        folder.begin(record, anew=bool(replaced) and self.stamp(record.id) == replaced, brief=brief)
        return folder

    def has_run(self, run_id: str) -> bool:
        """Whether a run was begun."""
        return os.path.exists(os.path.join(self.root, "runs", safe_names.safe_name(run_id, "run"), RECORD))  # noqa: PTH110, PTH118 - asked for each run of a plan

    def run_names(self) -> frozenset[str]:
        """The names of all runs that have a folder: one look for many questions."""
        return frozenset(files.subfolders(self.below("runs")))

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
        return self.survey_of("runs", self.record, lambda record: (record.started, record.id))

    def open_run(self, name: str) -> RunFolder:
        """The folder of a run: by its id, by the beginning of that, or by a path, also to one outside this store."""
        return RunFolder(self._resolve(name, "run").path)

    def load_comparison(self, name: str) -> Comparison:
        """A comparison: by its id, by the beginning of that, or by a path, also to one outside this store."""
        return comparisons.load(self._resolve(name, "comparison").path)

    def planned_runs(self) -> frozenset[str]:
        """The ids of the runs that any comparison or map needs, also one that was begun and not ended."""
        below = [self.below(kind) for kind in ("comparisons", "maps")]
        folders = [folder / name for folder in below for name in files.subfolders(folder)]
        return frozenset(run for folder in folders for run in comparisons.load_plan(folder).runs)

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
        if (match := safe_names.find(name, known)) is not None:
            return known[match]
        if (found := _at(name)) is not None and kind in (None, found.kind):
            return found
        raise safe_names.not_found(kind or "run or comparison", name, known, self.root)

    def _run_ids(self) -> list[str]:
        return [name for name in files.subfolders(self.below("runs")) if safe_names.is_safe(name)]

    def _comparison_ids(self) -> list[str]:
        return [
            name
            for name in files.subfolders(self.below("comparisons"))
            if safe_names.is_safe(name) and (self.root / "comparisons" / name / COMPARISON).exists()
        ]


def _at(path: str) -> Found | None:
    """The run or comparison whose folder lies at a path, or None."""
    try:
        folder = Path(path).absolute()
        if (folder / RECORD).is_file():
            return Found("run", folder)
        if (folder / COMPARISON).is_file():
            return Found("comparison", folder)
    except (OSError, ValueError):  # a name too long for a path, or with a NUL in it
        pass
    return None
