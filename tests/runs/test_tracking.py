"""What trackers are told while runs are made; one that fails is left out, and the runs go on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.records.program import Epoch
from paribus.runs.tracking import Tracking, check_log


class Recording:
    def __init__(self, fails_at: int = 99) -> None:
        self.told: list[tuple[Any, ...]] = []
        self._fails_at = fails_at

    def begin(self, arm: str, seed: int, run_id: str) -> bool:
        self.told.append(("begin", arm, seed))
        return run_id != "known"

    def log(self, arm: str, seed: int, step: int, figures: Mapping[str, float]) -> None:
        if step == self._fails_at:
            raise OSError(28, "No space left on device")
        self.told.append((arm, seed, step, dict(figures)))

    def end(self, arm: str, seed: int, well: bool) -> None:
        self.told.append(("end", arm, seed, well))


EVENTS = [
    RunStarted("a", 0, "new", 2),
    RunStarted("b", 0, "known", 2, reused=True),
    EpochDone("a", 0, Epoch(epoch=1, figures={"loss": 2.0}, seconds=1), 2),
    EpochDone("b", 0, Epoch(epoch=1, figures={"loss": 9.0}, seconds=1), 2),
    EpochDone("a", 0, Epoch(epoch=2, figures={"loss": 1.0}, seconds=1), 2),
    RunEnded("a", 0, "finished", run_id="new"),
    RunEnded("b", 0, "finished", True, "known"),
]


def tracking(heard: list[Any], **trackers: Recording) -> Tracking:
    record = SimpleNamespace(figures={"acc": 0.5}, epochs_done=2)
    store: Any = SimpleNamespace(ended=lambda name: record)
    return Tracking(trackers, store, heard.append)


def test_figures_go_on_epoch_by_epoch_and_at_the_end() -> None:
    heard: list[Any] = []
    one = Recording()
    told = tracking(heard, one=one)
    for event in EVENTS:
        told.event(event)
    assert heard == EVENTS
    assert one.told == [
        ("begin", "a", 0),
        ("begin", "b", 0),
        ("a", 0, 1, {"loss": 2.0}),
        ("a", 0, 2, {"loss": 1.0}),
        ("a", 0, 2, {"final/acc": 0.5}),
        ("end", "a", 0, True),
    ]


def test_one_that_fails_is_left_out_and_said() -> None:
    heard: list[Any] = []
    full, fine = Recording(fails_at=2), Recording()
    told = tracking(heard, full=full, fine=fine)
    for event in EVENTS:
        told.event(event)
    assert [str(said) for said in told.failed] == ["full: no more figures could be written: No space left on device"]
    assert full.told[-1] == ("a", 0, 1, {"loss": 2.0})
    assert fine.told[-1] == ("end", "a", 0, True)
    assert heard == EVENTS


@pytest.mark.parametrize("name", ["runs", "tensorbord:runs", "tensorboard:", ":x"])
def test_what_names_no_tracker_is_told_before_anything_is_trained(name: str, tmp_path: Path) -> None:
    with pytest.raises(ParibusError, match="a log is tensorboard:FOLDER or mlflow:ADDRESS"):
        check_log(name)
    with pytest.raises(ParibusError, match="a log is tensorboard:FOLDER"):
        pb.train("fair", out=tmp_path, log=name)
