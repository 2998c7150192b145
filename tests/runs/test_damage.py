"""One bit flipped, or a file cut: never other figures without a word.

A tiny run of the real training, unfinished and finished. Whatever is damaged, going on gives the figures of the whole
run, or a refusal that names the file; and a run whose beginning was damaged says so.
"""

import dataclasses
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.worker import perform
from paribus.runs.store import RunWriter, Store
from paribus.runs.task import Task
from tests.recipe.idx_files import small_set, write
from tests.runs.test_growing import task

FEW, MANY = 16, 160  # damages of a run: of each of its files one, or ten
DAMAGES = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.exhaustive)])


@pytest.fixture(scope="module", autouse=True)
def _no_power_cut():
    """What is not durable is quicker, and damage is not a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Task:
    """A run of three epochs on few small images."""
    data = write(tmp_path_factory.mktemp("data") / "set", small_set(60, 20, (12, 12)))
    fields = {"conv_channels": (2, 2), "dense_widths": (4,), "batch_size": 16, "weight_decay": 0.0}
    return task(tmp_path_factory.mktemp("none"), Recipe(dataset=str(data), epochs=3, **fields))


def at(root: Path, made: Task) -> Task:
    return dataclasses.replace(made, store=str(root))


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory) -> Path:
    """The store in which it is finished."""
    root = tmp_path_factory.mktemp("whole")
    assert perform(at(root, tiny)) == "finished"
    return root


@pytest.fixture(scope="module")
def begun(tiny, whole, tmp_path_factory) -> Path:
    """The store in which it was stopped after its second epoch."""
    root = tmp_path_factory.mktemp("begun")
    real = RunWriter.write_state

    class Kill(Exception):
        """In place of one by the system."""

    def write_state(self, tensors, meta):
        real(self, tensors, meta)
        if meta["epochs"] == "2":
            raise Kill

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunWriter, "write_state", write_state)
        with pytest.raises(Kill):
            perform(at(root, tiny))
    assert len(Store(root).epochs(tiny.run_id)) == 2
    return root


def left(root: Path, run_id: str) -> object:
    """All that the run says, but for times; raises StoreError where a file is refused."""
    folder = Store(root).open_run(run_id)
    result = folder.result()
    assert result is not None
    record = result.record.model_dump(exclude={"started", "ended", "seconds", "digests", "damaged"})
    metrics = [m.model_dump(exclude={"seconds"}) for m in result.epochs]
    kept = {c.name: {n: a.tolist() for n, a in folder.read_checkpoint(c.name)[0].items()} for c in folder.checkpoints()}
    return (
        record,
        metrics,
        {name: array.tolist() for name, array in result.items.items()},
        [seen.model_dump() for seen in folder.trace()],
        {name: array.tolist() for name, array in folder.weights().items()},
        kept,
    )


def damages(root: Path, seed: int, count: int):
    """Each file in turn, so that none is spared: a bit flipped, or the file cut."""
    draws = random.Random(seed)
    names = sorted(p.relative_to(root) for p in (root / "runs").rglob("*") if p.is_file() and p.suffix != ".toml")
    for number in range(count):
        name = names[number % len(names)]
        data = bytearray((root / name).read_bytes())
        place = draws.randrange(len(data))
        if draws.random() < 0.3:
            yield name, bytes(data[:place])
        else:
            data[place] ^= 1 << draws.randrange(8)
            yield name, bytes(data)


@DAMAGES
def test_going_on_from_a_damaged_beginning_gives_the_whole_runs_figures_or_a_refusal(
    begun, whole, tiny, tmp_path, count
):
    expected = left(whole, tiny.run_id)
    told = {"refused": 0, "anew": 0, "harmless": 0}
    for number, (name, data) in enumerate(damages(begun, 1, count)):
        root = tmp_path / str(number)
        shutil.copytree(begun, root)
        (root / name).write_bytes(data)
        try:
            assert perform(at(root, tiny)) == "finished"
        except StoreError as refusal:
            assert name.name in str(refusal)
            told["refused"] += 1
            continue
        assert left(root, tiny.run_id) == expected, name
        anew = json.loads((root / "runs" / tiny.run_id / "record.json").read_text())["damaged"]
        told["anew" if anew else "harmless"] += 1
        # which file; where lines are gone, the state that counts on them
        assert anew in ("", name.name, name.parent.name, "state.safetensors")
        shutil.rmtree(root)
    assert told["anew"] > told["harmless"], told
    assert told["refused"], told


@DAMAGES
def test_damaged_results_are_refused_by_name_or_as_they_were(whole, tiny, tmp_path, count):
    expected = left(whole, tiny.run_id)
    refused = 0
    for number, (name, data) in enumerate(damages(whole, 2, count)):
        root = tmp_path / str(number)
        shutil.copytree(whole, root)
        (root / name).write_bytes(data)
        try:
            found = left(root, tiny.run_id)
        except StoreError as refusal:
            assert name.name in str(refusal)
            refused += 1
        else:
            assert found == expected, name
        shutil.rmtree(root)
    assert refused > 0.8 * count * 15 / 16  # but for the state, which nobody reads of a finished run
