"""A run that goes on from a shorter one leaves what it would have left, had it been trained from its first step."""

import dataclasses
import json

import numpy as np
import pytest

from paribus.programs.recipe.data import open_dataset
from paribus.programs.recipe.data.idx import idx_header
from paribus.programs.recipe.kernels import PLAIN, native_kernel
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.worker import perform
from paribus.runs.engines.worker import perform_together
from paribus.runs.store import Store
from paribus.runs.warm_start import begin, with_beginning
from tests.tasks import recipe_task

KERNEL = native_kernel() or PLAIN


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The first 500 training and 100 test images of MNIST."""
    folder, mnist = tmp_path_factory.mktemp("digits"), open_dataset("mnist")
    for part, count, images, labels in (
        ("train", 500, mnist.train_images, mnist.train_labels),
        ("t10k", 100, mnist.test_images, mnist.test_labels),
    ):
        for kind, array in (("images-idx3", images[:count, 0]), ("labels-idx1", labels[:count].astype(np.uint8))):
            (folder / f"{part}-{kind}-ubyte").write_bytes(idx_header(array.shape) + array.tobytes())
    return str(folder)


def task(store, recipe, kernel=KERNEL):
    return recipe_task(store, recipe, kernel=kernel, arm="a")


def left(store, name):
    """All files of a run but for times of day and how long it took."""
    folder = Store(store).open_run(name).path
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    record = json.loads(found.pop("record.json"))
    metrics = [json.loads(line) for line in found.pop("metrics.jsonl").splitlines()]
    for entry in (record, *metrics):
        for field in ("started", "ended", "seconds", "digest", "digests"):  # which is also of those
            entry.pop(field, None)
    return record, metrics, found


@pytest.mark.parametrize(
    ("kernel", "changes"),
    [
        (KERNEL, {"batch_order": "shuffled", "warmup_epochs": 1.5}),
        (PLAIN, {"dropout": 0.1, "batch_norm": True, "optimizer": "adamw"}),
    ],
)
def test_it_leaves_what_it_would_have_left(tmp_path, digits, kernel, changes):
    short, long = (Recipe(dataset=digits, batch_size=64, epochs=n, **changes) for n in (1, 2))
    whole = task(tmp_path / "whole", long, kernel)
    perform(whole)
    perform(task(tmp_path / "grown", short, kernel))
    told = with_beginning(task(tmp_path / "grown", long, kernel), Store(tmp_path / "grown"))
    begin(told)
    assert [m.epoch for m in Store(tmp_path / "grown").epochs(told.run_id)] == [1]
    assert perform_together((told,)) == ("finished",)
    assert left(tmp_path / "grown", told.run_id) == left(tmp_path / "whole", whole.run_id)
    states = [Store(root).open_run(told.run_id).read_state() for root in (tmp_path / "grown", tmp_path / "whole")]
    assert states[0][1] == states[1][1]
    assert states[0][0].keys() == states[1][0].keys()
    assert all(np.array_equal(states[0][0][name], states[1][0][name]) for name in states[0][0])


def test_which_runs_are_a_beginning(tmp_path, digits):
    recipe = Recipe(dataset=digits, batch_size=64, epochs=4)
    for epochs in (1, 2):
        perform(task(tmp_path, recipe.with_field("epochs", epochs)))
    store, long = Store(tmp_path), task(tmp_path, recipe)
    assert with_beginning(long, store).beginning == task(tmp_path, recipe.with_field("epochs", 2)).run_id
    assert with_beginning(task(tmp_path, recipe.with_field("learning_rate", 0.1)), store).beginning == ""
    assert (
        with_beginning(dataclasses.replace(long, how=dataclasses.replace(long.how, probes="full")), store).beginning
        == ""
    )
    cosine = recipe.with_field("schedule", "cosine")  # whose rate falls the faster the fewer epochs there are
    perform(task(tmp_path, cosine.with_field("epochs", 1)))
    assert with_beginning(task(tmp_path, cosine), store).beginning == ""


def test_a_beginning_that_is_gone_is_done_without(tmp_path, digits):
    lost = dataclasses.replace(task(tmp_path, Recipe(dataset=digits, batch_size=64, epochs=1)), beginning="lenet-gone")
    assert perform_together((lost,)) == ("finished",)


@pytest.mark.parametrize("damaged", ["state.safetensors", "record.json", "metrics.jsonl", "trace.jsonl"])
def test_a_damaged_run_is_no_beginning(tmp_path, digits, damaged):
    short = Recipe(dataset=digits, epochs=1, batch_size=50)
    store = Store(tmp_path)
    perform(task(tmp_path, short))
    told = with_beginning(task(tmp_path, short.model_copy(update={"epochs": 2})), store)
    assert told.beginning
    (store.open_run(told.beginning).path / damaged).write_bytes(b"not what it was")
    assert perform_together((told,)) == ("finished",)
    record = store.open_run(told.run_id).record()
    assert record.epochs_done == 2
    # of a damaged record nobody knows whether it was that run
    assert record.damaged == ("" if damaged == "record.json" else f"{told.beginning}/{damaged}")
