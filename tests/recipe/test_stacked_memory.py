"""Runs of a stack share the bytes of their data: the same bits as with floats of their own, in little memory each."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest
import torch

from paribus.programs.recipe.data import PreparedData, prepare
from paribus.programs.recipe.data.dataset import DataSet
from paribus.programs.recipe.data.on_device import Picked
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training import stack_memory
from paribus.programs.recipe.training.fit import TrainingRun, fit_all
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stacked import Stack
from paribus.programs.recipe.training.state_arrays import pack

CPU, SIDE, CLASSES = torch.device("cpu"), 12, 4


def data_set(count: int) -> DataSet:
    draws = np.random.default_rng(5)
    images, tests = (draws.integers(0, 256, (n, 1, SIDE, SIDE), np.uint8) for n in (count, 40))
    labels, answers = draws.integers(0, CLASSES, count), draws.integers(0, CLASSES, 40)
    return DataSet("noise", images, labels, tests, answers, CLASSES, ("a", "b", "c", "d"), 0.5, 0.29, "")


SMALL = Recipe(conv_channels=(3, 4), dense_widths=(8,), batch_size=16, epochs=2, batch_order="shuffled")


def training_run(data: DataSet, recipe: Recipe, seed: int, stacked: bool) -> TrainingRun:
    prepared = prepare(data, recipe, seed, CPU, stacked=stacked)
    model = build_model(recipe, seed, 1, (SIDE, SIDE), CLASSES)
    return TrainingRun(model, make_optimizer(model, recipe), prepared, recipe, seed)


def with_floats(run: TrainingRun) -> TrainingRun:
    """As every run had it before: its own images as float32, its labels as int64."""
    names = ("train_x", "train_y", "val_x", "val_y", "test_x")
    return replace(run, data=replace(run.data, **{name: getattr(run.data, name)[:] for name in names}))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch_order": "as_is", "drop_last": True},
        {"batch_order": "sorted", "label_noise": 0.3},
        {"label_noise": 0.5, "train_size": 200, "normalise": False},
    ],
)
def test_bits_are_those_of_runs_with_floats_of_their_own(changes: dict[str, object]) -> None:
    data, recipe = data_set(300), SMALL.model_copy(update=changes)
    other = recipe.model_copy(update={"input_scale": 3.0, "label_noise": 0.1, "learning_rate": 0.01})
    recipes = [(recipe, 0), (recipe, 1), (other, 0)]
    shared, apart = ([training_run(data, r, s, stacked) for r, s in recipes] for stacked in (True, False))
    assert all(isinstance(run.data.train_x, Picked) for run in shared)
    for runs in (shared, apart):
        fit_all(Stack(runs if runs is shared else [with_floats(run) for run in runs]))
    for mine, theirs in zip(shared, apart, strict=True):
        expected = pack(theirs.model, theirs.optimizer)
        for name, value in pack(mine.model, mine.optimizer).items():
            np.testing.assert_array_equal(value, expected[name])
        assert same_data(mine.data, theirs.data)


def same_data(a: PreparedData, b: PreparedData) -> bool:
    names = ("train_x", "train_y", "val_x", "val_y", "test_x", "test_y")
    return all(torch.equal(getattr(a, name)[:], getattr(b, name)[:]) for name in names)


def test_a_further_run_takes_its_parameters_its_states_and_a_fifth_of_a_megabyte() -> None:
    data = data_set(60_000)

    def held(runs: int) -> int:
        stack = Stack([training_run(data, SMALL, seed, stacked=True) for seed in range(runs)])
        under_way = stack.batches(0)
        next(under_way)
        gc.collect()
        tensors = [one for one in gc.get_objects() if type(one) in (torch.Tensor, torch.nn.Parameter)]
        return sum({one.untyped_storage().data_ptr(): one.untyped_storage().nbytes() for one in tensors}.values())

    parameters = sum(p.numel() for p in build_model(SMALL, 0, 1, (SIDE, SIDE), CLASSES).parameters())
    two, five = held(2), held(5)
    assert (five - two) / 3 - 4 * 4 * parameters < 0.23e6


def test_as_many_runs_as_there_is_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one = stack_memory.bytes_a_run(SMALL, (1, SIDE, SIDE), CLASSES)
    monkeypatch.setattr(stack_memory, "usable_cores", lambda: 4)
    for runs in (0, 1, 1000):
        monkeypatch.setattr(stack_memory, "free_bytes", lambda device, runs=runs: (one * runs + 8) * 8)
        assert stack_memory.runs_with_room(SMALL, (1, SIDE, SIDE), CLASSES, CPU) == max(1, runs)
    monkeypatch.undo()
    assert stack_memory.free_bytes(CPU) > 1 << 26
