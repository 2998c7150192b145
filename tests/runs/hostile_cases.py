"""What is in a run's folder, and all that a reader may ask of it."""

from paribus.core.errors import StoreError
from paribus.runs.store import RunFolder, Store

FILES = (
    "record.json",
    "metrics.jsonl",
    "trace.jsonl",
    "state.safetensors",
    "predictions.safetensors",
    "checkpoints/epoch-0003.json",
    "checkpoints/epoch-0003.safetensors",
)


def read_everything(folder: RunFolder) -> list[str]:
    """All that a reader may ask of a run. Gives the errors."""
    store, name = Store(folder.path.parents[1]), folder.path.name
    errors = []
    for read in (
        folder.record,
        folder.epochs,
        folder.result,
        folder.trace,
        folder.read_state,
        folder.weights,
        folder.checkpoints,
        lambda: folder.read_checkpoint("epoch-0003"),
        lambda: store.result(name),
        lambda: store.open_run(name).record(),
        store.survey,
        store.comparisons,
    ):
        try:
            read()
        except StoreError as error:
            assert str(folder.path) in str(error)
            assert str(error).isprintable(), "control codes of a file must not reach the terminal"
            assert len(str(error)) < 1500
            errors.append(str(error))
    return errors
