"""A run's network, opened again: only with the weights that the run ended with."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file, save_file

import paribus as pb
from paribus.core.errors import StoreError
from paribus.results import Run
from tests.runs.store_cases import rewrite

TINY = {"train_size": 128, "validation_fraction": 0.02}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    lab = tmp_path_factory.mktemp("lab")
    return pb.train("lesson", settings=TINY, epochs=1, device="cpu", out=lab)


@pytest.fixture
def copy(trained: Run, tmp_path: Path) -> Run:
    lab = trained.folder.path.parents[1]
    shutil.copytree(lab, tmp_path / "lab")
    return pb.load_run(trained.record.id, out=tmp_path / "lab")


def test_the_model_has_the_weights_of_the_final_checkpoint(copy: Run) -> None:
    stored = load_file(copy.folder.path / "checkpoints" / "epoch-0001.safetensors")
    model = copy.model()
    assert not model.training
    state = model.state_dict()
    assert state.keys() == stored.keys()
    assert all(torch.equal(state[name], torch.from_numpy(array)) for name, array in stored.items())


def test_one_weight_changed_by_the_least_is_refused(copy: Run) -> None:
    path = copy.folder.path / "checkpoints" / "epoch-0001.safetensors"
    arrays = load_file(path)
    array = next(iter(arrays.values()))
    array.view("int32").flat[0] ^= 1
    save_file(arrays, path)
    with pytest.raises(StoreError, match="was damaged, or changed since it was written") as caught:
        copy.model()
    assert str(copy.folder.path) in str(caught.value)
    described = path.with_suffix(".json")  # with a digest that fits: the record has one of its own
    rewrite(described, json.loads(described.read_text()) | {"file_digest": sha256(path.read_bytes()).hexdigest()})
    with pytest.raises(StoreError, match="not those that its record tells of") as caught:
        copy.model()
    assert str(copy.folder.path) in str(caught.value)
