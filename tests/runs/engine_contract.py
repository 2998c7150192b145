"""What every engine must hold: the same runs as at home, each once in effect, with progress, Ctrl-C and refusals.

`tests/runs/test_engines.py` has it for engines that need nothing; `tests/extras/` for the real Dask and executorlib.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paribus.comparison.fair_design import design_from_factor
from paribus.core.errors import ParibusError
from paribus.records.events import EpochDone, RunEnded, RunStarted
from paribus.runs.engines.worker import perform_together
from paribus.runs.execute import Interrupted, execute
from paribus.runs.planning import Settings, make_plan
from paribus.runs.store import Store
from paribus.runs.task import Task
from tests.programs.polynomial import made_known

Opened = Callable[[Path], AbstractContextManager[Any]]  # of a store's folder: an executor or an engine


def tasks_in(store: Path, steps: int = 12, seeds: int = 3) -> tuple[Task, ...]:
    program = made_known()
    design = design_from_factor(program, "degree", (1, 3), program.fields({"steps": steps}), "polynomial", range(seeds))
    return make_plan(design, Settings(store, workers=2)).tasks


def at_home(folder: Path, steps: int = 12, seeds: int = 3) -> dict[str, Any]:
    """The runs as this process makes them, by name: figures and all epochs' figures."""
    for task in tasks_in(folder, steps, seeds):
        perform_together([task])
    return bits(folder)


def bits(folder: Path) -> dict[str, Any]:
    store = Store(folder)
    found = {record.id: store.result(record.id) for record in store.runs()}
    return {name: (r.record.figures, [e.figures for e in r.epochs]) for name, r in found.items() if r is not None}


class Contract:
    """A class of tests: `opened` gives the engine for a store. live: whether epochs are told before a run's end."""

    opened: Opened

    def test_runs_are_those_of_home_in_every_bit_and_told_as_they_go(self, tmp_path: Path) -> None:
        tasks, events = tasks_in(tmp_path / "lab"), []
        with self.opened(tmp_path / "lab") as engine:
            execute(tasks, Store(tmp_path / "lab"), 2, events.append, engine)
        assert bits(tmp_path / "lab") == at_home(tmp_path / "home")
        for task in tasks:
            own = [e for e in events if e.arm == task.arm and e.seed == task.seed]
            assert [type(e) for e in own] == [RunStarted, *[EpochDone] * 12, RunEnded]
            assert [e.epoch.epoch for e in own if isinstance(e, EpochDone)] == [*range(1, 13)]
        left = {path.name for path in (tmp_path / "lab" / "locks").iterdir()} - {f"{t.run_id}.lock" for t in tasks}
        assert not left

    def test_an_engine_that_makes_runs_twice_makes_them_once_in_effect(self, tmp_path: Path) -> None:
        tasks, ended = tasks_in(tmp_path / "lab", seeds=2), []
        with self.opened(tmp_path / "lab") as engine, twice(engine):
            execute(tasks, Store(tmp_path / "lab"), 2, lambda e: ended.append(e), engine)
        assert bits(tmp_path / "lab") == at_home(tmp_path / "home", seeds=2)
        assert sum(isinstance(e, RunEnded) for e in ended) == 4

    def test_epochs_are_told_while_a_run_goes_on_and_ctrl_c_ends_it(self, tmp_path: Path) -> None:
        tasks, events = tasks_in(tmp_path / "lab", steps=20_000, seeds=1), []

        def hear(event: object) -> None:
            events.append(event)
            if sum(isinstance(one, EpochDone) for one in events) == 1:
                os.kill(os.getpid(), signal.SIGINT)

        store = Store(tmp_path / "lab")
        with self.opened(tmp_path / "lab") as engine, pytest.raises(Interrupted):
            execute(tasks, store, 2, hear, engine)
        assert not any_ended(events)
        wait_until(lambda: not any(store.is_locked(task.run_id) for task in tasks))
        assert not [path for path in (tmp_path / "lab" / "locks").iterdir() if path.name.startswith("session")]
        assert all(store.ended(task.run_id) is None for task in tasks)  # nobody went on with them

    def test_runs_of_other_code_are_refused_with_what_to_do(self, tmp_path: Path) -> None:
        tasks = [replace(task, code_identity="q" * 64) for task in tasks_in(tmp_path / "lab", seeds=1)]
        with self.opened(tmp_path / "lab") as engine, pytest.raises(ParibusError, match="not those of the plan"):
            execute(tasks, Store(tmp_path / "lab"), 2, lambda event: None, engine)


def any_ended(events: list[Any]) -> bool:
    return any(isinstance(event, RunEnded) for event in events)


def wait_until(there: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def twice(engine: Any) -> Iterator[None]:
    """Whatever is handed to the engine is handed to it once more."""
    submit, others = engine.submit, []

    def both(*args: Any) -> Any:
        others.append(submit(*args))
        return submit(*args)

    engine.submit = both
    try:
        yield
        wait_until(lambda: all(one.done() for one in others))
    finally:
        del engine.submit


def threads_left(before: set[threading.Thread]) -> set[str]:
    return {one.name for one in threading.enumerate() if one not in before}
