"""What a training writes into its run's folder as it goes on. Only the holder of the run's lock writes.

`record.json` with a status other than `running` is the one commit point: it comes last, so a folder that says
*finished* is complete. It notes the digests of all that is read of an ended run.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import StoreError
from paribus.core.field_text import fields_to_toml
from paribus.core.messages import Message
from paribus.records.program import Epoch, Fields
from paribus.records.run import RunRecord
from paribus.runs.registry import code_of
from paribus.runs.store import chained_lines, files
from paribus.runs.store.authorship import write_sealed
from paribus.runs.store.documents import write_document
from paribus.runs.store.run_checks import incoherent, items_fault
from paribus.runs.store.run_folder import (
    CHECKPOINTS,
    DIGEST,
    ERROR,
    LARGEST_ERROR,
    LARGEST_METRICS,
    LARGEST_PREDICTIONS,
    LARGEST_RECORD,
    LARGEST_STATE,
    LARGEST_TRACE,
    LARGEST_WEIGHTS,
    LOOKS,
    METRICS,
    PREDICTIONS,
    RECIPE,
    RECORD,
    STATE,
    TRACE,
    Checkpoint,
    RunFolder,
    state_digest,
)
from paribus.runs.store.safe_names import safe_name
from paribus.runs.store.tensors import write_tensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from paribus.records.trace import StepTrace


class RunWriter(RunFolder):
    """The folder of a run that is being trained. Nobody else writes it: what was written need not be read again."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._written: RunRecord | None = None
        self._brief = False
        self._ends: dict[str, tuple[int, str]] = {}  # by file: how many lines it has, and their digest

    def begin(self, record: RunRecord, anew: bool = False, brief: bool = False) -> None:
        """Make the folder ready for a training: a new run's record, and no half-written files of a killed one.

        A run whose beginning is damaged begins anew, and its record says so. anew: also one that has ended. brief: the
        record is written at the end alone.
        """
        self._brief = brief
        files.remove_temporaries(self.path)
        if (self.path / RECORD).exists():
            if anew:
                self._begin_anew(record)
            self._check_same_run(record)
            if (name := self.damaged()) is not None:
                self._begin_anew(self.record().model_copy(update={"damaged": name}))
        elif brief:
            self._written = record
        else:
            self._write_record(record)
        if not (self.path / RECIPE).exists():
            files.write_whole(self.path / RECIPE, fields_to_toml(record.fields).encode(), durable=False)
        files.make_folder(self.path / CHECKPOINTS)
        files.remove_temporaries(self.path / CHECKPOINTS)

    def _check_same_run(self, record: RunRecord) -> None:
        there = self.record()
        if there.status != "running":
            raise StoreError(
                "{path}: this run is {status}; nothing is trained twice", path=self.path, status=Message(there.status)
            )
        # A field that the program got since then stands at its default there: else the folder would have another name.
        added = {name: value for name, value in record.fields.items() if name not in there.fields}
        there = there.model_copy(update={"fields": Fields({**there.fields, **added})})
        for field in ("fields", "seed", "data_digest", "code_identity"):
            if getattr(there, field) != getattr(record, field):
                raise StoreError(
                    "{path}: is of a run with another {name}. Move this folder away",
                    path=self.path / RECORD,
                    name=field,
                )

    def _begin_anew(self, record: RunRecord) -> None:
        self._remove(STATE)  # first: without it nothing of the other files is gone on from
        self._write_record(record)
        for name in (METRICS, TRACE, PREDICTIONS, ERROR):
            self._remove(name)
        with files.writing(self.path / CHECKPOINTS):
            shutil.rmtree(self.path / CHECKPOINTS)
        self._ends.clear()

    def _remove(self, name: str) -> None:
        with files.writing(self.path / name):
            (self.path / name).unlink(missing_ok=True)

    def _append(self, name: str, limit: int, body: bytes, *, durable: bool) -> None:
        count, before = self._end(name, limit)
        self._ends[name] = count + 1, chained_lines.append(self.path / name, body, before, limit, durable=durable)

    def _end(self, name: str, limit: int) -> tuple[int, str]:
        """Read once: who holds the run's lock is the only one who writes."""
        if name not in self._ends:
            there = chained_lines.read(self.path / name, limit)
            self._ends[name] = len(there.bodies), there.digest
        return self._ends[name]

    def _keep(self, name: str, bodies: tuple[bytes, ...]) -> None:
        self._ends[name] = len(bodies), chained_lines.keep(self.path / name, bodies)

    def append_epoch(self, epoch: Epoch, durable: bool = True) -> None:
        """Add an epoch. One that is durable makes all before it so."""
        self._append(METRICS, LARGEST_METRICS, epoch.model_dump_json().encode(), durable=durable)

    def sync_epochs(self) -> None:
        """Make durable what was added without that."""
        files.sync_file(self.path / METRICS)

    def truncate_epochs(self, epochs: int) -> None:
        """Keep the first `epochs` epochs: what lies beyond the last saved state is trained again."""
        if len(self.epochs()) > epochs:
            self._keep(METRICS, chained_lines.read(self.path / METRICS, LARGEST_METRICS).bodies[:epochs])

    def append_trace(self, seen: StepTrace) -> None:
        """Add what a probe saw at a step; `write_state` makes it durable."""
        self._append(TRACE, LARGEST_TRACE, seen.model_dump_json(exclude_none=True).encode(), durable=False)

    def truncate_trace(self, steps: int) -> None:
        """Keep what was seen in the first `steps` steps (steps count from 0)."""
        there = chained_lines.read(self.path / TRACE, LARGEST_TRACE).bodies
        kept = tuple(line for line, seen in zip(there, self.trace(), strict=True) if seen.step < steps)
        if len(kept) < len(there):
            self._keep(TRACE, kept)

    def write_checkpoint(self, name: str, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        """Keep weights under a name. The description comes last: a checkpoint that has one is complete."""
        path = self._checkpoints() / safe_name(name, "checkpoint")
        digest = write_tensors(path.with_name(f"{name}.safetensors"), tensors, {}, LARGEST_WEIGHTS)
        described = Checkpoint(name=name, meta=dict(meta), file_digest=digest)
        write_document(path.with_name(f"{name}.json"), described, LARGEST_RECORD)

    def write_state(self, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        """Replace what a training goes on from; `meta` has `epochs`, how many are done (decimal)."""
        files.sync_file(self.path / TRACE)
        noted = {**meta, LOOKS: str(self._end(TRACE, LARGEST_TRACE)[0])}
        write_tensors(self.path / STATE, tensors, {**noted, DIGEST: state_digest(tensors, noted)}, LARGEST_STATE)

    def write_error(self, tail: str) -> None:
        """Keep a failed run's last words; of very many the first and the last."""
        half = LARGEST_ERROR // 8  # a letter takes four bytes at most
        kept = tail if len(tail) <= 2 * half else f"{tail[:half]}\n…\n{tail[-half + 3 :]}"
        files.write_whole(self.path / ERROR, kept.encode("utf-8", "backslashreplace"))

    def note_mended(self, hits: Mapping[str, int]) -> None:
        """Keep how often each mend of the run has changed something."""
        self._write_record(self.record().model_copy(update={"mended": dict(hits)}))

    def finish(self, record: RunRecord, items: Mapping[str, NDArray[Any]]) -> None:
        """Commit the run: what it gave by item (nothing if it gave no figures), then its record, and nothing after."""
        if record.status == "running":
            raise ValueError("a run is committed once it has ended")
        if fault := incoherent(record) or (items_fault(record, items) if record.status == "finished" else None):
            raise ValueError(str(fault))
        if items:
            write_tensors(self.path / PREDICTIONS, dict(items), {"run": record.id}, LARGEST_PREDICTIONS)
        self._write_record(record.model_copy(update={"digests": self._of_files()}))

    def _of_files(self) -> dict[str, str]:
        """SHA-256 (hex) of what others read of an ended run, but for weights, whose own files tell theirs."""
        found = {n: files.digest_of_file(self.path / n) for n in (METRICS, TRACE, PREDICTIONS, ERROR)}
        return {name: digest for name, digest in found.items() if digest is not None}

    def record(self) -> RunRecord:
        """The record."""
        return self._written or super().record()

    def _noted(self, name: str) -> str | None:
        """None: a run that has not ended notes no digest."""

    def _write_record(self, record: RunRecord) -> None:
        self._written = record
        sealed = code_of(record.program, record.fields)
        write = write_sealed if sealed else files.write_whole
        write_document(self.path / RECORD, record, LARGEST_RECORD, partial(write, settled=not self._brief))
