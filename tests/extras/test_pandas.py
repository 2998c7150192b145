"""The extra `pandas`: a comparison as a table, and tables that are judged."""

import os

import pytest

import paribus as pb
from paribus.results import ComparisonResult
from paribus.runs.store import Store
from tests.factories import make_comparison

if os.environ.get("PARIBUS_EXTRA") != "pandas":
    pytest.skip("`make extras` runs it where pandas is installed", allow_module_level=True)

import pandas as pd


def test_a_comparison_as_a_table(tmp_path):
    comparison = make_comparison("fair")
    frame = ComparisonResult(comparison, Store(tmp_path)).to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == sum(run.length for arm in comparison.arms for run in arm.runs)
    assert {"arm", comparison.factor, "seed", "epoch", "train_loss", "val_accuracy", "test_accuracy"} <= set(frame)
    means = frame.groupby("arm")["test_accuracy"].mean()
    for arm in comparison.arms:
        assert means[arm.name] == pytest.approx(arm.figures["test_accuracy"].mean)
    first = comparison.arms[0].runs[0]
    mine = frame[(frame["arm"] == comparison.arms[0].name) & (frame["seed"] == first.seed)]
    assert mine["val_loss"].tolist() == list(first.curves["val_loss"])


def test_a_data_frame_and_a_parquet_file_are_judged_as_tables(tmp_path):
    rows = [(seed, arm, 0.9 + seed / 100 + (arm == "B") / 50 + seed % 2 / 500) for arm in "AB" for seed in range(5)]
    frame = pd.DataFrame(rows, columns=["seed", "model", "acc"]).sample(frac=1, random_state=0)
    plain = {arm: {seed: x for seed, name, x in rows if name == arm} for arm in "AB"}
    expected = pb.judge(plain, metric="acc")
    frame.to_parquet(tmp_path / "results.parquet")
    indexed = frame.set_index(["seed", "model"])
    for table in (frame, indexed, tmp_path / "results.parquet"):
        found = pb.judge(table, metric="acc", arm_column="model", pair_by="seed", arms=["A", "B"])
        assert (found.p_t, found.verdict) == (pytest.approx(expected.p_t), expected.verdict)
        assert found.comparison.metric.unit == "share"
    missing = frame.assign(acc=frame["acc"].where(frame["seed"] != 3))
    assert pb.judge(missing, metric="acc").pair.runs_a == 5
    assert pb.judge(missing, metric="acc").pair.trained_a == 4
    (tmp_path / "no.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(pb.ParibusError, match="cannot be read"):
        pb.judge(tmp_path / "no.parquet")
    twice = pd.concat([frame, frame], axis=1)
    with pytest.raises(pb.ParibusError, match="two columns have the same name"):
        pb.judge(twice)
