"""Runs through real processes: bit-identical whatever runs beside them, and after being killed."""

import dataclasses
import multiprocessing
import random
import time

import numpy as np
import pytest

from paribus.core.errors import ParibusError, StoreError
from paribus.programs.recipe import worker
from paribus.programs.recipe.data import open_dataset
from paribus.programs.recipe.kernels import PLAIN, native_kernel
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.worker import perform
from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.runs.execute import execute
from paribus.runs.store import Store
from tests.tasks import recipe_task

SMALL = Recipe(train_size=1024, epochs=3, weight_decay=0.0, batch_order="shuffled", dropout=0.1)


@pytest.fixture(scope="module")
def task(digits):
    """Makes tasks on a little of MNIST: answering 10,000 images takes longer than training here."""
    digest = open_dataset(str(digits)).digest

    def make(store, recipe=SMALL, seed=0, probes="light", device="cpu", kernel="pytorch"):
        here = recipe.with_field("dataset", str(digits))
        how = {"device": device, "kernel": kernel, "probes": probes, "data_digest": digest}
        return recipe_task(store, here, seed, run_id=f"run-{recipe.activation}-s{seed}", **how)

    return make


def jobs(task, store):
    """Two arms and two seeds; the second seed's on the best kernel that is here."""
    best = native_kernel() or PLAIN
    return [
        task(store, recipe.with_field("activation", activation), seed, kernel=kernel)
        for seed, recipe, kernel in ((0, SMALL, PLAIN), (1, SMALL.with_field("dropout", 0.0), best))
        for activation in ("sigmoid", "relu")
    ]


def digests(store):
    return {record.id: record.weights_digest for record in Store(store).runs()}


@pytest.fixture(scope="module")
def forks():
    """Processes that have torch loaded already, so that each starts within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["paribus.programs.recipe.worker"])
    return context


@pytest.fixture(scope="module")
def alone(tmp_path_factory, forks, task):
    """All jobs, one after the other, each in one process."""
    store = tmp_path_factory.mktemp("alone")
    for job in jobs(task, store):
        run(forks, job)
    return store


def run(forks, job):
    process = forks.Process(target=perform, args=(job,))
    process.start()
    process.join()
    assert process.exitcode == 0


def test_weights_do_not_depend_on_the_number_of_workers(tmp_path, alone, task):
    tasks, events = jobs(task, tmp_path), []
    execute(tasks, Store(tmp_path), workers=2, on_event=events.append)
    assert digests(tmp_path) == digests(alone)
    assert len(set(digests(alone).values())) == 4

    assert sum(isinstance(e, RunStarted) for e in events) == 4
    assert sum(isinstance(e, EpochDone) for e in events) == 12
    assert [e.reused for e in events if isinstance(e, RunEnded)] == [False] * 4

    again = []
    execute(tasks, Store(tmp_path), workers=2, on_event=again.append)
    assert [e.reused for e in again if isinstance(e, RunEnded)] == [True] * 4


def test_weights_do_not_depend_on_probes(tmp_path, alone, forks, task):
    job = task(tmp_path, SMALL.with_field("activation", "relu"), probes="off")
    run(forks, job)
    assert digests(tmp_path)[job.run_id] == digests(alone)[job.run_id]
    folders = [Store(root).root / "runs" / job.run_id for root in (tmp_path, alone)]
    assert [(folder / "trace.jsonl").is_file() for folder in folders] == [False, True]


@pytest.mark.slow
def test_a_run_killed_at_random_points_ends_bit_identical(tmp_path, alone, forks, task):
    job = task(tmp_path, SMALL.with_field("activation", "relu"))
    clock, store, kills = random.Random(7), Store(tmp_path), 0
    for attempt in range(20):  # longer and longer: the first are killed as they begin, the last after an epoch or two
        process = forks.Process(target=perform, args=(job,))
        process.start()
        process.join(clock.uniform(0.02, 0.05 * (attempt + 2)))
        if process.exitcode is None:
            process.kill()
            process.join()
            kills += 1
        record = store.record(job.run_id)
        epochs = [m.epoch for m in store.epochs(job.run_id)]
        assert epochs == list(range(1, len(epochs) + 1))
        if record is not None and record.status == "finished":
            break
    run(forks, job)
    assert kills >= 5
    assert digests(tmp_path)[job.run_id] == digests(alone)[job.run_id]
    killed, whole = (Store(root).result(job.run_id) for root in (tmp_path, alone))
    assert [m.val_loss for m in killed.epochs] == [m.val_loss for m in whole.epochs]
    assert np.array_equal(killed.items["probabilities"], whole.items["probabilities"])
    traces = [(Store(root).root / "runs" / job.run_id / "trace.jsonl").read_text() for root in (tmp_path, alone)]
    assert traces[0] == traces[1]


def test_two_processes_on_one_run_make_it_once(tmp_path, alone, forks, task):
    job = task(tmp_path, SMALL.with_field("activation", "relu"))
    both = [forks.Process(target=perform, args=(job,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert digests(tmp_path)[job.run_id] == digests(alone)[job.run_id]
    assert [m.epoch for m in Store(tmp_path).epochs(job.run_id)] == [1, 2, 3]


def test_a_diverged_run_is_recorded_and_the_others_go_on(tmp_path, task):
    wild = SMALL.with_field("learning_rate", 1e30).with_field("activation", "identity")
    events = []
    tasks = [task(tmp_path, wild), task(tmp_path, SMALL)]
    execute(tasks, Store(tmp_path), workers=2, on_event=events.append)
    ended = {e.arm: e.status for e in events if isinstance(e, RunEnded)}
    assert ended == {"identity": "diverged", "relu": "finished"}
    result = Store(tmp_path).result(tasks[0].run_id)
    assert result.record.test_accuracy is None
    assert "no longer finite in epoch 1" in result.record.note
    assert "classes" not in result.items


def test_a_run_stopped_between_its_divergence_and_its_record_is_diverged_when_taken_up(tmp_path, monkeypatch, task):
    job = task(tmp_path, SMALL.with_field("learning_rate", 1e30).with_field("activation", "identity"))

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(worker, "_finish", die)
        with pytest.raises(Killed):
            perform(job)
    assert Store(tmp_path).record(job.run_id).status == "running"
    assert perform(job) == "diverged"
    assert Store(tmp_path).record(job.run_id).epochs_done == 1


def test_a_loss_that_is_not_finite_on_the_test_set_alone_is_a_divergence_too(tmp_path, monkeypatch, task):
    real = worker.evaluate

    def infinite_on_test(model, x, y, measured):
        found = real(model, x, y, measured)
        return dataclasses.replace(found, loss=float("inf")) if len(y) == 500 else found

    monkeypatch.setattr(worker, "evaluate", infinite_on_test)
    job = task(tmp_path, SMALL.with_field("epochs", 1))
    assert perform(job) == "diverged"
    assert "on the test set" in Store(tmp_path).record(job.run_id).note


@pytest.mark.parametrize(
    ("other", "what"), [({"data_digest": "d" * 64}, "data are"), ({"code_identity": "c" * 64}, "code, versions")]
)
def test_a_worker_that_is_not_what_the_plan_says_trains_nothing(tmp_path, other, what, task):
    job = dataclasses.replace(task(tmp_path), **other)
    with pytest.raises(StoreError, match=f"this worker's {what}"):
        perform(job)
    assert Store(tmp_path).runs() == ()


def test_a_failure_is_raised_after_the_others_are_done(tmp_path, task):
    broken = SMALL.with_field("train_size", 10**6).with_field("activation", "tanh")
    with pytest.raises(ParibusError, match="train_size"):
        execute([task(tmp_path, broken), task(tmp_path, SMALL)], Store(tmp_path), 2, lambda event: None)
    assert Store(tmp_path).record("run-relu-s0").status == "finished"


def test_the_store_keeps_snapshots_of_the_early_steps_and_every_epoch(alone):
    names = [c.name for c in Store(alone).open_run("run-relu-s0").checkpoints()]
    assert [n for n in names if n.startswith("epoch")] == ["epoch-0001", "epoch-0002", "epoch-0003"]
    assert [n for n in names if n.startswith("step")] == ["step-000001", "step-000002", "step-000005", "step-000010"]


def test_arms_are_paired_in_their_split(alone):
    """The same images are held out in both arms: an untrained guess has the same prior, and so do the labels."""
    records = {r.id: r for r in Store(alone).runs()}
    a, b = records["run-sigmoid-s0"], records["run-relu-s0"]
    assert a.prior_entropy == b.prior_entropy
    assert a.prior_entropy != records["run-relu-s1"].prior_entropy
    assert time.strptime(a.started[:19], "%Y-%m-%dT%H:%M:%S")
