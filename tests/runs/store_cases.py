"""Small runs and comparisons for the store's tests. Imports no torch, so that a process of its own starts at once."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.records.program import Epoch
from paribus.records.run import RunRecord
from paribus.records.trace import LayerTrace, StepTrace
from paribus.runs.store import RunFolder, Store
from paribus.runs.store.digests import digest_of
from tests.synthetic_runs import ENVIRONMENT, make_epoch

IMAGES, CLASSES = 40, 10


def rewrite(path: Path, content: dict[str, Any]) -> None:
    """Put the content in the document's place, with the digest that it should have."""
    content = {name: value for name, value in content.items() if name != "digest"}
    path.write_text(json.dumps(content | {"digest": digest_of(content)}))


def note_digests(folder: RunFolder) -> None:
    """As if the run's files had been written as they are now."""
    record = json.loads((folder.path / "record.json").read_text())
    digests = {name: hashlib.sha256((folder.path / name).read_bytes()).hexdigest() for name in record["digests"]}
    rewrite(folder.path / "record.json", record | {"digests": digests})


def new_record(run_id: str = "lenet-relu-0123abcd-s0", epochs: int = 3, seed: int = 0, **fields: object) -> RunRecord:
    recipe = Recipe(epochs=epochs)
    return RunRecord(
        id=run_id,
        program=RECIPE,
        fields=recipe.as_fields(),
        fields_digest=recipe.as_fields().digest(),
        seed=seed,
        status="running",
        started="2025-01-01T09:00:00+00:00",
        environment=ENVIRONMENT,
        data_digest="d" * 64,
        code_identity="c" * 64,
    ).model_copy(update=fields)


def metrics_of(epoch: int, loss: float | None = None) -> Epoch:
    return make_epoch(
        epoch=epoch,
        train_loss=1 / epoch if loss is None else loss,
        train_accuracy=0.9,
        val_loss=1.1 / epoch,
        val_accuracy=0.9 + epoch / 1000,
        learning_rate=0.001,
        seconds=0.25,
    )


def weights_of(epoch: int) -> dict[str, np.ndarray]:
    """Arrays in which every number is the epoch: a mixture of two states would show."""
    return {"fc.weight": np.full((30, 40), epoch, np.float32), "fc.bias": np.full(30, epoch, np.float32)}


def state_of(epoch: int) -> dict[str, np.ndarray]:
    moments = {"optimizer/0/exp_avg": np.full((30, 40), epoch, np.float32)}
    steps = {"optimizer/0/step": np.float32(epoch * 10).reshape(())}
    return {f"model/{name}": array for name, array in weights_of(epoch).items()} | moments | steps


def answers_of(seed: int = 0) -> dict[str, np.ndarray]:
    draws = np.random.Generator(np.random.PCG64(seed))
    raw = draws.random((IMAGES, CLASSES), dtype=np.float32) + 0.01
    probabilities = (raw / raw.sum(1, keepdims=True)).astype(np.float32)
    return {"classes": probabilities.argmax(1).astype(np.int64), "probabilities": probabilities}


def finished(record: RunRecord, epochs: int) -> RunRecord:
    return record.model_copy(
        update={
            "status": "finished",
            "epochs_done": epochs,
            "figures": {
                "val_loss": 0.3,
                "val_accuracy": 0.9,
                "test_loss": 0.31,
                "test_accuracy": 0.89,
                "test_count": IMAGES,
                "prior_entropy": 2.3,
                "output_spread": 0.2,
            },
            "trained": True,
            "ended": "2025-01-01T09:01:00+00:00",
        }
    )


def train_epoch(folder: RunFolder, epoch: int) -> None:
    """What a training leaves of an epoch, in the order in which it does."""
    layer = LayerTrace(weight_norm=float(epoch), gradient_norm=1.0)
    folder.append_trace(StepTrace(step=(epoch - 1) * 10, layers={"fc": layer}))
    if epoch == 1:
        folder.write_checkpoint("step-000002", weights_of(0), {"step": "2"})
    folder.append_epoch(metrics_of(epoch))
    folder.write_checkpoint(f"epoch-{epoch:04d}", weights_of(epoch), {"epoch": str(epoch), "step": str(epoch * 10)})
    folder.write_state(state_of(epoch), {"epochs": str(epoch)})


def resume(folder: RunFolder) -> int:
    """Go back to the last saved state, as a worker does; the number of epochs that it has."""
    state = folder.read_state()
    done = 0 if state is None else int(state[1]["epochs"])
    folder.truncate_epochs(done)
    folder.truncate_trace(done * 10)
    return done


def write_run(root: Path, record: RunRecord, epochs: int | None = None) -> RunFolder:
    """Train to the end, or take up where another process was killed."""
    store = Store(root)
    epochs = record.fields["epochs"] if epochs is None else epochs
    with store.lock(record.id):
        folder = store.begin(record)
        for epoch in range(resume(folder) + 1, epochs + 1):
            train_epoch(folder, epoch)
        folder.finish(finished(folder.record(), epochs), answers_of(record.seed))
    return folder
