"""The extra `tensorboard`: event files, judged as a table of epochs."""

import os

import pytest

import paribus as pb

if os.environ.get("PARIBUS_EXTRA") != "tensorboard":
    pytest.skip("`make extras` runs it where TensorBoard is installed", allow_module_level=True)

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar import metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto

FIGURES = {"adam": (0.91, 0.93, 0.92, 0.94), "sgd": (0.81, 0.82, 0.8, 0.83)}


def as_pytorch_writes(tag, value):
    return Summary.Value(tag=tag, simple_value=value)


def as_tensorflow_writes(tag, value):
    return Summary.Value(
        tag=tag, tensor=make_tensor_proto(value, dtype="float32"), metadata=metadata.create_summary_metadata(tag, "")
    )


def write(folder, rows, value=as_pytorch_writes):
    writer = EventFileWriter(str(folder))
    for step, row in enumerate(rows):
        summary = Summary(value=[value(tag, figure) for tag, figure in row.items()])
        writer.add_event(Event(step=step, wall_time=float(step), summary=summary))
    writer.close()


@pytest.mark.parametrize("value", [as_pytorch_writes, as_tensorflow_writes])
@pytest.mark.parametrize("name", ["{arm}/seed-{seed}/version_0", "{arm}_seed{seed}", "{arm}/{seed}"])
def test_the_last_of_each_run_is_judged_by_seed(tmp_path, name, value):
    for arm, figures in FIGURES.items():
        for seed, last in enumerate(figures):
            rows = [{"val/acc": 0.1, "loss": 3.0}, {"val/acc": last, "loss": 1.0}]
            write(tmp_path / name.format(arm=arm, seed=seed), rows, value)
    write(tmp_path / name.format(arm="adam", seed=9), [{"val/acc": float("nan")}])
    found = pb.judge(tmp_path, metric="val/acc")
    assert found.verdict == pb.judge(FIGURES, metric="acc", paired=True).verdict
    assert found.difference == pytest.approx(0.815 - 0.925)
    adam = found.comparison.arms[0]
    assert [run.figures["val/acc"] for run in adam.runs[:4]] == list(FIGURES["adam"])
    assert adam.runs[4].status == "diverged"


def test_what_is_missing_is_told(tmp_path):
    with pytest.raises(pb.ParibusError, match="neither event files of TensorBoard nor runs of MLflow"):
        pb.judge(tmp_path, metric="acc")
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "adam", [{"acc": 0.5}])
    with pytest.raises(pb.ParibusError, match="must name the run's arm and its seed, such as adam/seed-0"):
        pb.judge(tmp_path, metric="acc")


def train(seed: int, *, lr: float = 0.1):
    for step in range(1, 4):
        pb.log({"acc": lr * step + seed / 100})
    return {"acc": 3 * lr + seed / 100}


def test_what_is_logged_while_it_trains_is_read_back_to_the_same_verdict(tmp_path):
    log = f"tensorboard:{tmp_path / 'tb'}"
    pb.compare("lr", [0.1, 0.2], program=train, metric="acc", seeds=4, out=tmp_path / "lab", log=log)
    read = pb.judge(tmp_path / "tb", metric="final/acc")
    assert read.difference == pytest.approx(0.3, abs=1e-6)  # three times 0.2 less three times 0.1
    files = sorted((tmp_path / "tb").rglob("*tfevents*"))
    assert len(files) == 8
    pb.compare("lr", [0.1, 0.2], program=train, metric="acc", seeds=4, out=tmp_path / "lab", log=log)
    assert sorted((tmp_path / "tb").rglob("*tfevents*")) == files  # what is there is not written again
