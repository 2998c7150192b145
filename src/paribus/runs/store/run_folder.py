"""One run's folder, as others read it: bounded, checked against the digests that were noted as it was written.

`run_writer` has the writing side.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from paribus.core.errors import StoreError
from paribus.core.frozen import Document
from paribus.core.messages import mark
from paribus.records.program import Epoch
from paribus.records.run import RunRecord, RunResult
from paribus.runs.store import chained_lines, files
from paribus.runs.store.digests import changed
from paribus.runs.store.documents import read_document, read_of_folder
from paribus.runs.store.migrations import epoch_of_any_program
from paribus.runs.store.run_checks import incoherent, items_fault
from paribus.runs.store.safe_names import safe_name
from paribus.runs.store.tensors import Arrays, read_tensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from paribus.records.trace import StepTrace

RECORD, METRICS, TRACE, RECIPE = "record.json", "metrics.jsonl", "trace.jsonl", "recipe.toml"
STATE, PREDICTIONS, CHECKPOINTS = "state.safetensors", "predictions.safetensors", "checkpoints"
ERROR = "error.txt"

# Bounds in bytes on what is read, far above what is ever written: a folder may come from anybody.
LARGEST_RECORD = 1 << 20
LARGEST_ERROR = 1 << 18
LARGEST_METRICS = 1 << 26
LARGEST_TRACE = 1 << 28
LARGEST_PREDICTIONS = 1 << 28
LARGEST_WEIGHTS = 1 << 31
LARGEST_STATE = 4 * LARGEST_WEIGHTS  # an optimiser keeps two numbers beside each weight

CHECKPOINT_SCHEMA = 2
DIGEST, LOOKS = "digest", "looks"  # what a state notes of itself, and how many lines the trace had
_WEIGHTS_IN_STATE = "model/"  # how the engine's state names the weights among its arrays


class Checkpoint(Document):
    """Weights kept at some step of a run. `meta` holds at least `step`, the number of steps made (decimal)."""

    kind: ClassVar[str] = "checkpoint"
    schema_number: int = CHECKPOINT_SCHEMA
    name: str
    meta: dict[str, str]
    file_digest: str | None = None

    @property
    def step(self) -> int:
        """How many steps had been made."""
        return int(self.meta["step"])


class RunFolder:
    """The folder of one run, which exists. Every method raises StoreError, naming the file, for what it cannot use."""

    def __init__(self, path: Path) -> None:
        files.check_folder(path)
        self.path = path

    # What others read

    def record(self) -> RunRecord:
        """The record, checked to be of this folder."""
        missing = mark("{path}: missing. A run begins by writing it: this folder holds no run")
        return read_of_folder(self.path / RECORD, RunRecord, LARGEST_RECORD, missing, incoherent)

    def epochs(self) -> tuple[Epoch, ...]:
        """One entry an epoch, from epoch 1. A last line that a killed writer left torn does not count."""
        path = self.path / METRICS

        def parse(number: int, line: bytes) -> Epoch:
            epoch = Epoch.model_validate(_of_today(line))
            if epoch.epoch != number:
                raise StoreError(
                    "{path}: line {number} must be of epoch {count}",
                    path=path,
                    number=number,
                    count=number,
                    got=epoch.epoch,
                )
            return epoch

        wrong = mark("{path}: line {number} is not an epoch's metrics: {fault}")
        return chained_lines.values(path, LARGEST_METRICS, parse, wrong, self._noted(METRICS))

    def _noted(self, name: str) -> str | None:
        """The digest that the record of an ended run notes of a file; None while it runs, or for want of one."""
        ended = (self.path / RECORD).exists() and self.record()
        return ended.digests.get(name) if ended and ended.status != "running" else None

    def result(self) -> RunResult | None:
        """Everything that analysis takes of a run; None as long as it is not finished."""
        record = self.record()
        if record.status == "running":
            return None
        epochs = self.epochs()
        if len(epochs) != record.epochs_done:
            raise StoreError(
                "{path}: must have {count} epochs, as the record says",
                path=self.path / METRICS,
                count=record.epochs_done,
                got=len(epochs),
            )
        return RunResult(record, epochs, self._items(record) if record.status == "finished" else {})

    def _items(self, record: RunRecord) -> Arrays:
        path = self.path / PREDICTIONS
        read = read_tensors(path, LARGEST_PREDICTIONS, record.digests.get(PREDICTIONS))
        items = {} if read is None else read[0]
        if fault := items_fault(record, items):
            if read is None:
                raise StoreError("{path}: missing, though the run is finished", path=path)
            raise StoreError("{path}: {fault}", path=path, fault=fault)
        return items

    def weights(self) -> Arrays:
        """The weights that the run ended with, or has reached, by the names of the model's `state_dict`."""
        final = final_checkpoint(self.record().epochs_done)
        if any(checkpoint.name == final for checkpoint in self.checkpoints()):
            return self.read_checkpoint(final)[0]
        state = self.read_state()
        if state is None:
            raise StoreError("{path}: has no weights yet; the end of the first epoch leaves some", path=self.path)
        start = len(_WEIGHTS_IN_STATE)
        return {name[start:]: array for name, array in state[0].items() if name.startswith(_WEIGHTS_IN_STATE)}

    def recorded_weights(self) -> Arrays:
        """`weights`, those of an ended run held against its record. Raises StoreError where they are not these."""
        from paribus.runs.weights import weights_digest

        record, found = self.record(), self.weights()
        if record.status != "running" and weights_digest(found) != record.weights_digest:
            raise StoreError("{path}: its weights are not those that its record tells of", path=self.path)
        return found

    def damaged(self) -> str | None:
        """The first damaged one of the files that an unfinished run would go on from; None where all are whole."""
        reads: list[tuple[str, Callable[[], object]]] = [(METRICS, self.epochs), (TRACE, self.trace)]
        reads += [(STATE, self._state_of_epochs), (CHECKPOINTS, self._read_checkpoints)]
        for name, read in reads:
            try:
                read()
            except StoreError:
                return name
        return None

    def _state_of_epochs(self) -> None:
        """The state is replaced after each epoch: only that of the first may be missing, where epochs have a length."""
        if self.read_state() is None and len(self.epochs()) > 1 and self.record().program.length is not None:
            raise StoreError("{path}: missing", path=self.path / STATE)

    def _read_checkpoints(self) -> None:
        for checkpoint in self.checkpoints():
            self.read_checkpoint(checkpoint.name)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The complete checkpoints, by step."""
        folder = self.path / CHECKPOINTS
        if not folder.exists() and not folder.is_symlink():
            return ()
        folder = self._checkpoints()
        names = files.names_in(folder, ".json")
        found = [self._checkpoint(safe_name(name, "checkpoint")) for name in names]
        return tuple(sorted(found, key=lambda c: (c.step, c.name)))

    def _checkpoints(self) -> Path:
        folder = self.path / CHECKPOINTS
        files.check_folder(folder)
        return folder

    def _checkpoint(self, name: str) -> Checkpoint:
        path = self._checkpoints() / f"{name}.json"
        checkpoint = read_document(path, Checkpoint, LARGEST_RECORD)
        if checkpoint is None:
            raise StoreError("{path}: missing", path=path)
        if checkpoint.name != name or not _is_count(checkpoint.meta.get("step")):
            raise StoreError("{path}: must give the checkpoint's own name, and its step as a whole number", path=path)
        return checkpoint

    def read_checkpoint(self, name: str) -> tuple[Arrays, dict[str, str]]:
        """The weights of a checkpoint and what was noted with it."""
        checkpoint = self._checkpoint(safe_name(name, "checkpoint"))
        path = self.path / CHECKPOINTS / f"{name}.safetensors"
        read = read_tensors(path, LARGEST_WEIGHTS, checkpoint.file_digest)
        if read is None:
            raise StoreError("{path}: missing", path=path)
        return read[0], checkpoint.meta

    def read_state(self) -> tuple[Arrays, dict[str, str]] | None:
        """What a training goes on from, with the number of `epochs` done (decimal); None before the first one's end."""
        path = self.path / STATE
        read = read_tensors(path, LARGEST_STATE)
        if read is None:
            return None
        epochs = read[1].get("epochs")
        if not _is_count(epochs) or int(epochs or 0) > len(self.epochs()):
            raise StoreError(
                "{path}: must say after how many of the epochs in {name} it was taken; got {given!a}",
                path=path,
                name=METRICS,
                given=epochs,
            )
        digest = read[1].pop(DIGEST, None)
        if digest is not None and digest != state_digest(*read):
            raise changed(path)
        looks = read[1].pop(LOOKS, "0")
        if not _is_count(looks) or len(chained_lines.read(self.path / TRACE, LARGEST_TRACE).bodies) < int(looks):
            raise StoreError(
                "{path}: must have {count} lines at least, as {name} says",
                path=self.path / TRACE,
                count=looks,
                name=STATE,
            )
        return read

    def error(self) -> str:
        """A failed run's last words: its traceback, or the last of what it printed; empty where there are none."""
        read, noted = files.read_bytes(self.path / ERROR, LARGEST_ERROR) or b"", self._noted(ERROR)
        if noted is not None and hashlib.sha256(read).hexdigest() != noted:
            raise changed(self.path / ERROR)
        return read.decode("utf-8", "replace")

    def trace(self) -> tuple[StepTrace, ...]:
        """What the probes saw, a step a line; empty without probes."""
        wrong = mark("{path}: line {number} is not what a probe writes: {fault}")
        from paribus.records.trace import StepTrace

        parse = StepTrace.model_validate_json
        return chained_lines.values(
            self.path / TRACE, LARGEST_TRACE, lambda _, line: parse(line), wrong, self._noted(TRACE)
        )


def state_digest(arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> str:
    """SHA-256 (hex) of a state: every array, and what is noted with them."""
    from paribus.runs.weights import weights_digest

    noted = json.dumps({name: value for name, value in meta.items() if name != DIGEST}, sort_keys=True)
    return hashlib.sha256(f"{weights_digest(arrays)} {noted}".encode()).hexdigest()


def final_checkpoint(epochs_done: int) -> str:
    """What the checkpoint at the end of an epoch is called."""
    return f"epoch-{epochs_done:04d}"


def _is_count(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit() and len(text) <= 18


def _of_today(line: bytes) -> dict[str, Any]:
    """An epoch's line, as this version has it. Raises ValueError where it is no JSON object."""
    with contextlib.suppress(ValueError, RecursionError):
        if isinstance(read := json.loads(line), dict):
            return epoch_of_any_program(read)
    raise ValueError("not a JSON object")
