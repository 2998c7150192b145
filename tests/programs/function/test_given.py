"""What a function may give beside yielding rows: what libraries keep of a training, and `pb.log` in a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.programs.function.returned_metrics import followed
from paribus.runs.failing import RunFailed
from tests.programs.function.making import make


def told(given: Any, *metrics: str) -> tuple[list[dict[str, float]], dict[str, float]]:
    rows: list[dict[str, float]] = []
    figures = followed(given, metrics, rows.append)
    return rows, figures


def test_a_list_of_rows_is_a_curve_of_those_that_have_the_metric() -> None:
    history = [{"loss": 2.0, "step": 1}, {"x": 0.5, "step": 1}, {"loss": 1.0}, {"x": np.float32(0.75)}, {"runtime": 9}]
    assert told(history, "x") == ([{"x": 0.5, "step": 1.0}, {"x": 0.75}], {})
    assert told(history, "y")[0] == history  # so that their names can be told


def test_a_list_for_each_name_is_a_curve_beside_what_is_one_figure() -> None:
    history = {"x": [0.5, 0.75], "loss": [2.0, 1.0], "batch": [1.0, 2.0, 3.0], "seconds": 4.0, "name": "mine"}
    rows = [{"x": 0.5, "loss": 2.0}, {"x": 0.75, "loss": 1.0}]
    assert told(history, "x") == (rows, {"seconds": 4.0})
    assert told(SimpleNamespace(history=history), "x", "loss") == (rows, {"seconds": 4.0})
    assert told({"x": 0.5, "loss": [2.0]}, "x") == ([], {"x": 0.5})
    assert told({"loss": [2.0]}, "x") == ([{"loss": 2.0}], {})


@pytest.mark.parametrize(
    "given",
    [
        {"x": np.array([0.5, 0.6])},
        {"x": [0.5], "y": [0.5, 0.6]},
        [0.5, 0.6],
        [],
        SimpleNamespace(history=SimpleNamespace()),
        [{"x": 1}, 2],
        {"x": [[1], [2]]},
    ],
    ids=repr,
)
def test_what_may_be_no_curve_is_refused(given: Any) -> None:
    with pytest.raises(RunFailed):
        told(given, "x", "y")


def library(on_epoch: Callable[[int, dict[str, Any]], None]) -> None:
    for epoch in range(3):
        on_epoch(epoch, {"x": np.float64(epoch), "stage": "fit"})


def called_back(seed: int, *, a: int = 1) -> None:
    library(lambda epoch, figures: pb.log(figures | {"loss": seed}))


def both(seed: int, *, a: int = 1) -> Iterator[dict[str, float]]:
    pb.log({"x": 1})
    yield {"x": 2}


def test_what_is_logged_in_a_callback_is_a_curve(tmp_path: Path) -> None:
    made = make(called_back, tmp_path)
    assert [epoch.figures for epoch in made.first.epochs] == [{"x": float(epoch), "loss": 0.0} for epoch in range(3)]
    assert made.first.record.figures == {"x": 2.0, "loss": 0.0}
    assert [epoch.figures for epoch in make(both, tmp_path).first.epochs] == [{"x": 1.0}, {"x": 2.0}]


def wrong(seed: int, *, a: int = 1) -> None:
    pb.log({"x": "good"})


def nothing(seed: int, *, a: int = 1) -> None: ...


@pytest.mark.parametrize(("function", "said"), [(wrong, "x must be a number"), (nothing, "this one returned nothing")])
def test_no_figures_are_told(function: Any, said: str, tmp_path: Path) -> None:
    record = make(function, tmp_path).first.record
    assert record.status == "failed"
    assert record.failure is not None
    assert said in str(record.failure.message)


def test_it_needs_a_run() -> None:
    with pytest.raises(ParibusError, match=r"pb\.log is for a function while Paribus runs it"):
        pb.log({"x": 1})
