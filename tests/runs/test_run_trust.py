"""A run's network where its model is somebody's code, and where the run was interrupted."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

import paribus as pb
from paribus.results import Run
from tests.recipe.test_run_model import TINY

CODE = """
from pathlib import Path
from torch import nn

Path("was-run").touch()


def make(in_channels, image_size, classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(in_channels * image_size[0] * image_size[1], classes))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return pb.train("lesson", settings=TINY, epochs=1, device="cpu", out=tmp_path_factory.mktemp("lab"))


def test_code_of_somebodys_own_is_run_only_where_it_is_trusted(
    trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs_of_trust.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    recipe = trained.recipe.with_field("model", "theirs_of_trust:make")
    sent = dataclasses.replace(trained, record=trained.record.model_copy(update={"fields": recipe.as_fields()}))
    with pytest.raises(pb.ParibusError, match=r"theirs_of_trust:make.*model\(trust=True\)"):
        sent.model()
    assert not Path("was-run").exists()
    with pytest.raises(pb.ParibusError, match="do not fit"):  # LeNet's weights; but the code was called
        sent.model(trust=True)
    assert Path("was-run").exists()


def test_an_interrupted_run_has_a_model_though_its_record_has_no_digest_yet(trained: Run) -> None:
    record = trained.record.model_copy(update={"status": "running", "weights_digest": None})
    (one, other) = (run.model().state_dict() for run in (trained, dataclasses.replace(trained, record=record)))
    assert all(torch.equal(one[name], other[name]) for name in one)
