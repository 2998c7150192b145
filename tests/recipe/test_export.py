"""Runs as files for other programs: read back by those, and against what the run itself says."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

import paribus as pb
from paribus.cli.main import main
from paribus.core.errors import ParibusError
from paribus.results import ComparisonResult, Run
from tests.digits import write_digits

SETTINGS = {"model": "mlp", "dense_widths": [8], "epochs": 1, "batch_size": 40}


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> ComparisonResult:
    folder = tmp_path_factory.mktemp("export")
    settings = {"dataset": str(write_digits(folder / "digits", 400)), **SETTINGS}
    return pb.compare(
        "activation", ["relu", "tanh"], recipe="fair", settings=settings, seeds=1, out=folder / "lab", workers=1
    )


@pytest.fixture
def run(compared: ComparisonResult) -> Run:
    return compared.runs_by_arm()[0][1]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors"])
def test_the_weights_are_a_state_dict(run: Run, tmp_path: Path, name: str) -> None:
    path = run.export("weights", tmp_path / name)
    if path.suffix == ".pt":
        state = torch.load(path, weights_only=True)
    else:
        from safetensors.torch import load_file

        state = load_file(path)
    own = run.model().state_dict()
    assert list(state) == sorted(own) or set(state) == set(own)
    assert all(torch.equal(state[key], own[key]) for key in own)


def test_predictions_and_confusion_are_the_runs_own(compared: ComparisonResult, run: Run, tmp_path: Path) -> None:
    data = pb.open_dataset(run.record.fields["dataset"])
    listed = rows(run.export("predictions", tmp_path / "p.csv"))
    assert [int(row["label"]) for row in listed] == data.test_labels.tolist()
    right = np.mean([row["label"] == row["prediction"] for row in listed])
    assert right == pytest.approx(run.record.figures["test_accuracy"])
    for row in listed[:20]:
        shares = [float(row[f"p({label})"]) for label in data.class_names]
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        assert str(int(np.argmax(shares))) == row["prediction"]
    table = np.array([[int(row[name]) for name in data.class_names] for row in rows(run.export("confusion"))])
    assert table.sum(1).tolist() == np.bincount(data.test_labels, minlength=10).tolist()
    assert table.trace() == round(right * 500)

    both = rows(compared.export("predictions", tmp_path / "both.csv"))
    assert [(row["arm"], row["seed"]) for row in both[::500]] == [("relu", "0"), ("tanh", "0")]
    assert len(rows(compared.export("confusion"))) == 20


def test_two_files_of_predictions_can_be_judged(compared: ComparisonResult, tmp_path: Path) -> None:
    paths = [run.export("predictions", tmp_path / f"{arm}.csv") for arm, run in compared.runs_by_arm()]
    judged = pb.judge(paths, predictions=True)
    by_run = [run.record.figures["test_accuracy"] for _, run in compared.runs_by_arm()]
    assert [arm.runs[0].figures["accuracy"] for arm in judged.comparison.arms] == pytest.approx(by_run)


def test_what_cannot_be_is_told(
    compared: ComparisonResult, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ParibusError, match=r"export must be one of weights, onnx, .*did you mean weights\?"):
        run.export("weigths")
    with pytest.raises(ParibusError, match=r"weights is of one run; those of this comparison are "):
        compared.export("weights")
    with pytest.raises(ParibusError, match="needs a folder that is there"):
        run.export("weights", tmp_path / "no" / "w.pt")
    with pytest.raises(SystemExit) as left:
        main(["export", run.record.id, "predictions", f"--out={compared.store.root}", f"--to={tmp_path / 'x.csv'}"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"{tmp_path / 'x.csv'}\n"
    Path(run.record.fields["dataset"], "t10k-labels-idx1-ubyte").write_bytes(
        Path(run.record.fields["dataset"], "t10k-labels-idx1-ubyte").read_bytes()[:-1] + b"\x00"
    )
    with pytest.raises(ParibusError, match=r"is not the data set that .* was tested on"):
        run.export("confusion")
