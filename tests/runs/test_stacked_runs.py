"""Runs made together leave in the store what each leaves when it is made alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from paribus.core.errors import ParibusError
from paribus.programs.recipe import worker
from paribus.programs.recipe.kernels import PLAIN, STACKED, kernel_for
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.programs.recipe.stack_groups import LARGEST_BUNDLE
from paribus.programs.recipe.worker import perform, perform_together
from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.runs.execute import execute
from paribus.runs.registry import default_program
from paribus.runs.stopping import Stopped
from paribus.runs.store import Store
from tests.recipe.idx_files import small_set, write
from tests.tasks import recipe_task

RATES = {"small": 0.05, "fast": 0.2, "wild": 1e30}

PROGRAM = default_program()


@pytest.fixture(scope="module")
def arms(tmp_path_factory):
    """Recipes on a small data set of noise. SGD leaves rounding as small as it was, and Adam does not."""
    data = write(tmp_path_factory.mktemp("data"), small_set(train=200, test=30, shape=(14, 14)))
    fields = {"dataset": str(data), "optimizer": "sgd", "weight_decay": 1e-3, "activation": "tanh", "epochs": 2}
    return {arm: Recipe(**fields, batch_size=32, learning_rate=rate) for arm, rate in RATES.items()}


@pytest.fixture
def job(arms, tmp_path):
    """Makes tasks for a store of this test's own."""
    return lambda arm, seed: task(tmp_path, arms, arm, seed)


def task(store, arms, arm, seed, kernel=STACKED):
    recipe = arms[arm]
    return recipe_task(store, recipe, seed, kernel=kernel, run_id=f"{arm}-s{seed}", arm=arm)


@pytest.fixture(scope="module")
def alone(tmp_path_factory, arms):
    """The same runs, made one by one."""
    store = tmp_path_factory.mktemp("alone")
    for arm in RATES:
        for seed in (0, 1):
            perform(task(store, arms, arm, seed, PLAIN))
    return Store(store)


def assert_like_alone(store, run_id, alone):
    """Records, metrics, traces, weights and answers, to rounding; and the same files."""
    mine, other = (where.open_run(run_id) for where in (store, alone))
    assert files_of(mine) == files_of(other)
    assert figures(mine.record()) == pytest.approx(figures(other.record()), rel=1e-4)
    for a, b in zip(mine.epochs(), other.epochs(), strict=True):
        assert a.figures == pytest.approx(b.figures, rel=1e-4, nan_ok=True)
    for a, b in zip(mine.trace(), other.trace(), strict=True):
        assert numbers(a) == pytest.approx(numbers(b), rel=1e-2, abs=1e-4)
    for checkpoint in other.checkpoints():
        weights, _ = other.read_checkpoint(checkpoint.name)
        for name, value in mine.read_checkpoint(checkpoint.name)[0].items():
            np.testing.assert_allclose(value, weights[name], rtol=1e-4, atol=1e-6)


def files_of(folder):
    return sorted(p.relative_to(folder.path).as_posix() for p in folder.path.rglob("*") if p.is_file())


def figures(record):
    """The numbers that the training decides."""
    return record.figures


def numbers(seen):
    """Every number in a line of a trace."""
    if isinstance(seen, dict):
        return [n for value in seen.values() for n in numbers(value)]
    if isinstance(seen, (bool, int, float)):
        return [float(seen)]
    return numbers(seen.model_dump()) if hasattr(seen, "model_dump") else []


def test_stacked_runs_leave_what_single_ones_leave(tmp_path, job, alone):
    store = Store(tmp_path)
    tasks = [job(arm, seed) for seed in (0, 1) for arm in ("small", "fast")]
    assert perform_together(tasks) == ("finished",) * 4
    for one in tasks:
        assert_like_alone(store, one.run_id, alone)
    assert store.record("small-s0").environment.kernel == STACKED
    assert perform_together(tasks) == ("finished",) * 4  # nothing is left to train


def test_a_diverged_run_ends_and_the_others_go_on(tmp_path, job, alone):
    tasks = [job("small", 0), job("wild", 0), job("small", 1)]
    assert perform_together(tasks) == ("finished", "diverged", "finished")
    store = Store(tmp_path)
    assert_like_alone(store, "small-s0", alone)
    assert_like_alone(store, "small-s1", alone)
    wild, other = store.record("wild-s0"), alone.record("wild-s0")
    assert (wild.status, wild.epochs_done, wild.note) == (other.status, other.epochs_done, other.note)


def test_a_stack_goes_on_where_it_was_stopped(tmp_path, job, alone, monkeypatch):
    tasks = [job("small", 0), job("small", 1)]
    store = Store(tmp_path)

    def stop():
        if len(store.epochs("small-s0")) == 1:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(worker, "check", stop)
        with pytest.raises(Stopped):
            perform_together(tasks)
    assert [len(store.epochs(one.run_id)) for one in tasks] == [1, 1]
    assert perform_together(tasks[1:]) == ("finished",)  # alone for the rest
    tasks.append(job("fast", 0))  # not as far as the first
    assert perform_together(tasks) == ("finished",) * 3
    for one in tasks:
        assert_like_alone(store, one.run_id, alone)


def test_every_run_of_a_stack_is_reported(tmp_path, job):
    tasks, events = [job("small", seed) for seed in (0, 1)], []
    with ThreadPoolExecutor(1) as executor:
        execute(tasks, Store(tmp_path), 1, events.append, executor)
    for seed in (0, 1):
        kinds = [type(event) for event in events if event.seed == seed]
        assert kinds == [RunStarted, EpochDone, EpochDone, RunEnded]


def test_a_worker_is_handed_what_can_be_stacked_and_no_worker_is_idle(tmp_path, job, arms):
    ten = [job("small", seed) for seed in range(10)]
    assert [len(handed) for handed in PROGRAM.bundles(ten, 1)] == [10]
    many = [replace(one, run_id=f"{one.run_id}{n}") for one in ten for n in range(101)]
    assert [len(handed) for handed in PROGRAM.bundles(many, 1)] == [LARGEST_BUNDLE, 10]
    assert [len(handed) for handed in PROGRAM.bundles(ten, 5)] == [2] * 5
    plain = [replace(one, how=replace(one.how, kernel=PLAIN)) for one in ten]
    assert [len(handed) for handed in PROGRAM.bundles(plain, 1)] == [1] * 10
    adam = replace(ten[0], fields=ten[0].fields.replace(optimizer="adam"))
    assert PROGRAM.bundles([ten[0], adam, job("fast", 0)], 1) == [(ten[0], job("fast", 0)), (adam,)]


def test_runs_are_stacked_off_the_cpu_or_where_it_is_asked_for():
    recipe = LESSON
    assert kernel_for([recipe], "cuda") == STACKED
    assert kernel_for([recipe], "cuda", PLAIN) == PLAIN
    assert kernel_for([recipe], "cpu", STACKED) == STACKED
    assert kernel_for([recipe], "cpu") != STACKED
    dropping = recipe.with_field("dropout", 0.5)
    assert kernel_for([recipe, dropping], "cuda") == PLAIN
    with pytest.raises(ParibusError, match="an arm has dropout"):
        kernel_for([recipe, dropping], "cpu", STACKED)
