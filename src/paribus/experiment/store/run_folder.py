"""One run's folder: what a training writes as it goes on, and what others read of it.

Only the holder of the run's lock writes. `record.json` with a status other than `running` is the one commit point:
it comes last, so a folder that says *finished* is complete.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from paribus.experiment.store import files
from paribus.experiment.store.documents import faults_of, read_document, read_of_folder, to_json
from paribus.experiment.store.names import safe_name
from paribus.experiment.store.seal import write_sealed
from paribus.experiment.store.tensors import Arrays, read_tensors, write_tensors
from paribus.matter.factories import is_code
from paribus.values.errors import StoreError
from paribus.values.frozen import Document
from paribus.values.messages import Message, mark
from paribus.values.recipe_text import recipe_to_toml
from paribus.values.records import EpochMetrics, RunRecord, RunResult
from paribus.values.trace import StepTrace

RECORD, METRICS, TRACE, RECIPE = "record.json", "metrics.jsonl", "trace.jsonl", "recipe.toml"
STATE, PREDICTIONS, CHECKPOINTS = "state.safetensors", "predictions.safetensors", "checkpoints"

# Bounds in bytes on what is read, far above what is ever written: a folder may come from anybody.
LARGEST_RECORD = 1 << 20
LARGEST_METRICS = 1 << 26
LARGEST_TRACE = 1 << 28
LARGEST_PREDICTIONS = 1 << 28
LARGEST_WEIGHTS = 1 << 31

CHECKPOINT_SCHEMA = 2
_WEIGHTS_IN_STATE = "model/"  # how the engine's state names the weights among its arrays


class Checkpoint(Document):
    """Weights kept at some step of a run. `meta` holds at least `step`, the number of steps made (decimal)."""

    kind: ClassVar[str] = "checkpoint"
    schema_number: int = CHECKPOINT_SCHEMA
    name: str
    meta: dict[str, str]

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
        return read_of_folder(self.path / RECORD, RunRecord, LARGEST_RECORD, missing, _incoherent)

    def metrics(self) -> tuple[EpochMetrics, ...]:
        """One entry an epoch, from epoch 1. A last line that a killed writer left torn does not count."""
        path = self.path / METRICS
        found = []
        for number, line in enumerate(files.read_lines(path, LARGEST_METRICS), start=1):
            try:
                metrics = EpochMetrics.model_validate_json(line)
            except ValidationError as error:
                raise StoreError(
                    "{path}: line {number} is not an epoch's metrics: {fault}",
                    path=path,
                    number=number,
                    fault=faults_of(error),
                ) from None
            if metrics.epoch != number:
                raise StoreError(
                    "{path}: line {number} must be of epoch {count}",
                    path=path,
                    number=number,
                    count=number,
                    got=metrics.epoch,
                )
            found.append(metrics)
        return tuple(found)

    def result(self) -> RunResult | None:
        """Everything that analysis takes of a run; None as long as it is not finished."""
        record = self.record()
        if record.status == "running":
            return None
        metrics = self.metrics()
        if len(metrics) != record.epochs_done:
            raise StoreError(
                "{path}: must have {count} epochs, as the record says",
                path=self.path / METRICS,
                count=record.epochs_done,
                got=len(metrics),
            )
        if record.status == "diverged":
            return RunResult(record, metrics)
        classes, probabilities = self._predictions(record)
        return RunResult(record, metrics, classes, probabilities)

    def _predictions(self, record: RunRecord) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        path = self.path / PREDICTIONS
        read = read_tensors(path, LARGEST_PREDICTIONS)
        if read is None:
            raise StoreError("{path}: missing, though the run is finished", path=path)
        arrays, _ = read
        if set(arrays) != {"classes", "probabilities"}:
            raise StoreError("{path}: must hold the arrays classes and probabilities", path=path)
        if fault := _answers_fault(arrays["classes"], arrays["probabilities"], record.test_count):
            raise StoreError("{path}: {fault}", path=path, fault=fault)
        return arrays["classes"], arrays["probabilities"]

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

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The complete checkpoints, by step."""
        folder = self.path / CHECKPOINTS
        if not folder.exists() and not folder.is_symlink():
            return ()
        folder = self._checkpoints()
        names = {path.stem for path in folder.glob("*.json") if not path.name.startswith(".")}
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
        read = read_tensors(path, LARGEST_WEIGHTS)
        if read is None:
            raise StoreError("{path}: missing", path=path)
        return read[0], checkpoint.meta

    def read_state(self) -> tuple[Arrays, dict[str, str]] | None:
        """What a training goes on from, with the number of `epochs` done (decimal); None before the first one's end."""
        path = self.path / STATE
        read = read_tensors(path, LARGEST_WEIGHTS)
        if read is None:
            return None
        epochs = read[1].get("epochs")
        if not _is_count(epochs) or int(epochs or 0) > len(self.metrics()):
            raise StoreError(
                "{path}: must say after how many of the epochs in {name} it was taken; got {given!a}",
                path=path,
                name=METRICS,
                given=epochs,
            )
        return read

    def trace(self) -> tuple[StepTrace, ...]:
        """What the probes saw, a step a line; empty without probes."""
        path = self.path / TRACE
        return tuple(
            _trace_line(path, n, line) for n, line in enumerate(files.read_lines(path, LARGEST_TRACE), start=1)
        )

    # What the training writes

    def begin(self, record: RunRecord) -> None:
        """Make the folder ready for a training: a new run's record, and no half-written files of a killed one."""
        files.remove_temporaries(self.path)
        if (self.path / RECORD).exists():
            self._check_same_run(record)
        else:
            files.write_whole(self.path / RECIPE, recipe_to_toml(record.recipe).encode())
            self._write_record(record)
        files.make_folder(self.path / CHECKPOINTS)
        files.remove_temporaries(self.path / CHECKPOINTS)

    def _check_same_run(self, record: RunRecord) -> None:
        there = self.record()
        if there.status != "running":
            raise StoreError(
                "{path}: this run is {status}; nothing is trained twice", path=self.path, status=Message(there.status)
            )
        for field in ("recipe", "seed", "data_digest", "code_identity"):
            if getattr(there, field) != getattr(record, field):
                raise StoreError(
                    "{path}: is of a run with another {name}. Move this folder away",
                    path=self.path / RECORD,
                    name=field,
                )

    def append_metrics(self, metrics: EpochMetrics) -> None:
        """Add an epoch, durably."""
        files.append_line(self.path / METRICS, metrics.model_dump_json().encode(), durable=True)

    def truncate_metrics(self, epochs: int) -> None:
        """Keep the first `epochs` epochs: what lies beyond the last saved state is trained again."""
        path = self.path / METRICS
        if len(self.metrics()) > epochs:
            files.keep_lines(path, files.read_lines(path, LARGEST_METRICS)[:epochs])

    def append_trace(self, seen: StepTrace) -> None:
        """Add what a probe saw at a step; `write_state` makes it durable."""
        files.append_line(self.path / TRACE, seen.model_dump_json(exclude_none=True).encode(), durable=False)

    def truncate_trace(self, steps: int) -> None:
        """Keep what was seen in the first `steps` steps (steps count from 0)."""
        path = self.path / TRACE
        lines = files.read_lines(path, LARGEST_TRACE)
        kept = [line for n, line in enumerate(lines, start=1) if _trace_line(path, n, line).step < steps]
        if len(kept) < len(lines):
            files.keep_lines(path, kept)

    def write_checkpoint(self, name: str, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        """Keep weights under a name. The description comes last: a checkpoint that has one is complete."""
        path = self._checkpoints() / safe_name(name, "checkpoint")
        # Without the description, whose order safetensors leaves to chance: equal weights are equal files.
        write_tensors(path.with_name(f"{name}.safetensors"), tensors, {})
        files.write_whole(path.with_name(f"{name}.json"), to_json(Checkpoint(name=name, meta=dict(meta))))

    def write_state(self, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        """Replace what a training goes on from; `meta` has `epochs`, how many are done (decimal)."""
        files.sync_file(self.path / TRACE)
        write_tensors(self.path / STATE, tensors, meta)

    def finish(
        self, record: RunRecord, classes: NDArray[np.int64] | None, probabilities: NDArray[np.float32] | None
    ) -> None:
        """Commit the run: its answers (none if it diverged), then its record, and nothing after that."""
        if record.status == "running":
            raise ValueError("a run is committed as finished or diverged")
        if fault := _incoherent(record):
            raise ValueError(fault)
        if record.status == "finished":
            if classes is None or probabilities is None:
                raise ValueError("a finished run has answers to every test image")
            if fault := _answers_fault(classes, probabilities, record.test_count):
                raise ValueError(fault)
            answers: dict[str, NDArray[Any]] = {"classes": classes, "probabilities": probabilities}
            write_tensors(self.path / PREDICTIONS, answers, {"run": record.id})
        self._write_record(record)

    def _write_record(self, record: RunRecord) -> None:
        write = write_sealed if is_code(record.recipe.model) else files.write_whole
        write(self.path / RECORD, to_json(record))


def final_checkpoint(epochs_done: int) -> str:
    """What the checkpoint at the end of an epoch is called."""
    return f"epoch-{epochs_done:04d}"


def _is_count(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit() and len(text) <= 18


def _incoherent(record: RunRecord) -> str | None:
    """What in a record contradicts itself, or None."""
    if not 0 <= record.epochs_done <= record.recipe.epochs:
        return f"epochs_done must be from 0 to the recipe's {record.recipe.epochs}; got {record.epochs_done}"
    if record.seed < 0:
        return f"seed must be at least 0; got {record.seed}"
    figures = ("test_loss", "test_accuracy", "test_count", "prior_entropy", "output_spread")
    missing = [name for name in (*figures, "val_loss", "val_accuracy") if getattr(record, name) is None]
    if record.status == "finished" and missing:
        return f"a finished run has {', '.join(missing)}"
    losses = (record.val_loss, record.test_loss)
    if record.status == "finished" and not all(loss is not None and math.isfinite(loss) for loss in losses):
        return "a finished run's val_loss and test_loss must be finite; where a loss was not, the run has diverged"
    return None


def _answers_fault(classes: NDArray[Any], probabilities: NDArray[Any], count: int | None) -> str | None:
    """What is wrong with answers to the test set, or None."""
    if classes.dtype != np.int64 or probabilities.dtype != np.float32:
        return f"classes must be int64 and probabilities float32; got {classes.dtype} and {probabilities.dtype}"
    if classes.shape != (count,) or probabilities.ndim != 2 or len(probabilities) != count:
        return (
            f"must answer the {count} test images that the record counts; got classes of shape "
            f"{classes.shape} and probabilities of shape {probabilities.shape}"
        )
    if classes.size and not 0 <= classes.min() <= classes.max() < probabilities.shape[1]:
        return f"classes must be from 0 to {probabilities.shape[1] - 1}; got {classes.min()} to {classes.max()}"
    if not ((probabilities >= 0) & (probabilities <= 1.001)).all():  # also where one is NaN
        return "probabilities must be from 0 to 1"
    return None


def _trace_line(path: Path, number: int, line: bytes) -> StepTrace:
    try:
        return StepTrace.model_validate_json(line)
    except ValidationError as error:
        raise StoreError(
            "{path}: line {number} is not what a probe writes: {fault}",
            path=path,
            number=number,
            fault=faults_of(error),
        ) from None
