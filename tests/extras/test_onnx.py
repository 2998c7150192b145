"""The extra `onnx`: a run's network answers in onnxruntime as it does in PyTorch, on every test image."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import paribus as pb
from paribus.results import Run
from tests.digits import write_digits

if os.environ.get("PARIBUS_EXTRA") != "onnx":
    pytest.skip("`make extras` runs it where ONNX is installed", allow_module_level=True)

import onnx
import onnxruntime

OWN = """
from torch import nn


def net(classes):
    return nn.Sequential(nn.LazyConv2d(4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(classes))
"""
SETTINGS = {"epochs": 1, "batch_size": 40}


def trained(tmp_path: Path, **settings: object) -> Run:
    digits = tmp_path / "digits"
    if not digits.exists():
        write_digits(digits, 400)
    changed = {"dataset": str(digits), **SETTINGS, **settings}
    return pb.train("fair", settings=changed, out=tmp_path / "lab")


@pytest.mark.parametrize("model", ["lenet", "mlp", "resnet"])
def test_our_own_networks(tmp_path: Path, model: str) -> None:
    run = trained(tmp_path, model=model, batch_norm=model != "lenet")
    path = run.export("onnx")
    made = onnx.load(path)
    facts = {entry.key: entry.value for entry in made.metadata_props}
    mean, std, scale = (json.loads(facts[name]) for name in ("mean", "std", "scale"))
    data = pb.open_dataset(run.record.fields["dataset"])
    images = ((data.test_images / np.float32(255) - mean) / std * scale).astype(np.float32)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"images": images})
    kept = run.folder.result()
    assert kept is not None
    assert logits.argmax(1).tolist() == kept.items["classes"].tolist()


def test_ones_own_network_is_built_where_ones_own_command_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(OWN, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    run = trained(tmp_path, model="mine:net")
    onnx.checker.check_model(onnx.load(run.export("onnx", tmp_path / "mine.onnx")))
    (run.folder.path / "seal").unlink()
    with pytest.raises(pb.ParibusError, match="which is code"):
        run.export("onnx", tmp_path / "again.onnx")
    assert not (tmp_path / "again.onnx").exists()
