"""What a run leaves: its record, its metrics by epoch, and its answers on the test set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from paribus.values.frozen import Document, Frozen
from paribus.values.recipe import Recipe

RECORD_SCHEMA = 2

Status = Literal["running", "finished", "diverged"]


class EpochMetrics(Frozen):
    """One epoch: losses in nats, accuracies as fractions. `epoch` counts from 1.

    The training figures are means over the samples as they were trained on, before each one's step; the
    validation figures are those of the weights at the epoch's end. NaN and infinities are kept as they are.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


class Environment(Frozen):
    """What a run's figures may depend on besides recipe, seed and code."""

    paribus: str
    python: str
    torch: str
    numpy: str
    platform: str
    processor: str
    device: str
    device_name: str
    kernel: str
    threads: int
    git_revision: str | None = None
    git_dirty: bool | None = None


class RunRecord(Document):
    """record.json: a run is finished once this file says so (status `finished` or `diverged`).

    `prior_entropy`: entropy in nats of the label frequencies of the validation set, the loss of the best constant
    predictor. `output_spread`: standard deviation over validation images of a class's predicted probability,
    averaged over classes; 0 for a network that ignores its input. `damaged`: the file of an earlier
    beginning that was damaged, so that the run was begun anew. `digests`: SHA-256 (hex) of the run's files, by name.
    """

    kind: ClassVar[str] = "run"
    schema_number: int = RECORD_SCHEMA
    id: str
    recipe: Recipe
    recipe_digest: str
    seed: int
    status: Status
    epochs_done: int = 0
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_count: int | None = None
    prior_entropy: float | None = None
    output_spread: float | None = None
    started: str
    ended: str | None = None
    seconds: float = 0.0
    environment: Environment
    data_digest: str
    code_identity: str
    weights_digest: str | None = None
    probes: str = "light"
    note: str = ""
    damaged: str = ""
    digests: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """A finished run as analysis takes it.

    classes: [images] predicted class of every test image; probabilities: [images, classes] float32; both None for
    a run that diverged.
    """

    record: RunRecord
    metrics: tuple[EpochMetrics, ...]
    classes: NDArray[np.int64] | None = None
    probabilities: NDArray[np.float32] | None = None
