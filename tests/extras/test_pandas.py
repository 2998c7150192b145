"""The extra `pandas`: a comparison as a table."""

import os

import pytest

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
