"""Which weights a run keeps while it trains, and what disk space that takes."""

import numpy as np
import pytest

from paribus.records.trace import LayerTrace, OutputTrace, StepTrace
from paribus.runs.store import Store, early_steps, run_bytes, snapshot_epochs
from tests.runs.store_cases import finished, metrics_of, new_record


def test_snapshots_are_all_epochs_or_32_evenly_spaced():
    assert snapshot_epochs(1) == (1,)
    assert snapshot_epochs(15) == tuple(range(1, 16))
    assert snapshot_epochs(32) == tuple(range(1, 33))
    assert snapshot_epochs(64) == tuple(range(2, 65, 2))
    for epochs in (33, 50, 100, 1000, 99_991):
        kept = snapshot_epochs(epochs)
        assert len(kept) == 32
        assert kept[-1] == epochs
        gaps = np.diff((0, *kept))
        assert gaps.max() - gaps.min() <= 1


def test_early_steps_are_one_two_five_within_the_first_epoch():
    assert early_steps(750) == (1, 2, 5, 10, 20, 50, 100, 200, 500)
    assert early_steps(16) == (1, 2, 5, 10)
    assert early_steps(10) == (1, 2, 5)
    assert early_steps(2) == (1,)
    assert early_steps(1) == ()


@pytest.mark.parametrize(
    ("epochs", "images", "probes"),
    [
        (1, 10_000, "light"),
        (15, 10_000, "full"),
        (100, 10_000, "off"),
        (15, 500_000, "light"),
        (2000, 100, "light"),
        (500, 100, "full"),
    ],
)
def test_the_disk_space_told_in_the_plan_bounds_what_is_used(tmp_path, epochs, images, probes):
    """The lesson's network: 61,706 parameters in 5 layers; 750 steps an epoch; Adam."""
    parameters = 61_706
    record = new_record(epochs=epochs)
    store = Store(tmp_path)
    folder = store.begin(record)
    weights = {"w": np.zeros(parameters, np.float32)}
    for step in early_steps(750):
        folder.write_checkpoint(f"step-{step:06d}", weights, {"step": str(step)})
    seen = full_trace(layers=5)
    looks = {"off": 0, "light": epochs + len(early_steps(750)), "full": 5 * epochs + len(early_steps(750))}[probes]
    for step in range(looks):
        folder.append_trace(seen.model_copy(update={"step": step}))
    for epoch in range(1, epochs + 1):
        folder.append_epoch(metrics_of(epoch))
        if epoch in snapshot_epochs(epochs):
            folder.write_checkpoint(f"epoch-{epoch:04d}", weights, {"step": str(epoch * 750)})
    folder.write_state({f"{name}/w": weights["w"] for name in ("model", "m", "v")}, {"epochs": str(epochs)})
    probabilities = np.full((images, 10), 0.1, np.float32)
    record = finished(record, epochs)
    record = record.model_copy(update={"figures": {**record.figures, "test_count": images}})
    folder.finish(record, {"classes": np.zeros(images, np.int64), "probabilities": probabilities})
    used = sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file())
    assert used <= run_bytes(parameters, epochs, items=images, outputs=10, layers=5, probes=probes) < 2.5 * used


def full_trace(layers):
    """Every figure of a step, each as long as they get."""
    figure = -1.2345678901234567e-05

    def filled(kind):
        return kind(**dict.fromkeys(kind.model_fields, figure))

    names = [f"features.{n}.0.conv" for n in range(layers)]
    whole = dict.fromkeys(StepTrace.model_fields, figure) | {
        "step": 0,
        "decoupled": False,
        "loop": None,  # of people's own loops alone
        "batch_size": 1_000_000,
        "layers": {name: filled(LayerTrace) for name in names},
        "output": OutputTrace(**(dict.fromkeys(OutputTrace.model_fields, figure) | {"classes": 1000})),
    }
    return StepTrace(**whole)
