"""What a cluster's worker does with the runs that it is handed: each bundle in a process of its own.

So a run is made as at home: in the main thread of a process that may have children, which stops at SIGINT and ends
with its worker, whatever kind of thread or process the cluster calls from. Such processes are kept for further runs.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import pickle
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError
from paribus.core.temporary import temporary_folder
from paribus.records.program import Epoch
from paribus.records.run import Status
from paribus.runs.engines.wanted_lock import Watch
from paribus.runs.engines.worker import perform_together
from paribus.runs.pool import GRACE_SECONDS, Pool
from paribus.runs.registry import program_of_task
from paribus.runs.stopping import Stopped
from paribus.runs.store import Store
from paribus.runs.store.packages import packed
from paribus.runs.task import Task

_LOOK_SECONDS = 0.5  # how often a worker looks whether its runs are still wanted, and what is new of them
_PACKAGES = ("paribus", "torch", "numpy", "pydantic")


@dataclass(frozen=True)
class Order:
    """Runs to be made. versions: of whoever planned them. session: the file of their command. tasks: pickled."""

    versions: Mapping[str, str]
    session: str
    tasks: bytes


@dataclass(frozen=True)
class Answer:
    """What came of them. fault: what went wrong; None where nothing did. packages: the runs, where no folder is shared.

    lost: the process that made them was killed. lacking: the worker has not the data that the plan has.
    """

    statuses: tuple[Status, ...] = ()
    packages: tuple[bytes, ...] = ()
    fault: BaseException | None = None
    lost: bool = False
    lacking: bool = False


def versions() -> dict[str, str]:
    """What must be alike here and where runs are planned, by name; of what is not installed nothing."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def check_versions(planned: Mapping[str, str], here: Mapping[str, str], where: str) -> None:
    """Raise ParibusError where a worker would make other runs than those that were planned."""
    other = [name for name in {**planned, **here} if planned.get(name) != here.get(name)]
    if other:
        raise ParibusError(
            "the worker {where} has {theirs}, and here is {ours}: install the same there",
            where=where,
            theirs=[f"{name} {here.get(name, '–')}" for name in other],
            ours=[f"{name} {planned.get(name, '–')}" for name in other],
        )


def made(
    order: Order,
    data: bytes | None,
    where: str,
    wanted: Callable[[], bool],
    tell: Callable[[str, Epoch], None],
) -> Answer:
    """Make the runs. data: the plan's, where this worker lacks them. tell: is told of epochs that no store shows."""
    try:
        check_versions(order.versions, versions(), where)
        tasks: tuple[Task, ...] = pickle.loads(order.tasks)
        if order.session and Path(order.session).exists():  # its name is a secret of this command: the folder is shared
            watch = Watch(order.session)
            return _performed(tasks, lambda: wanted() and not watch.over(), lambda: None)
        with temporary_folder("runs") as folder:
            return _made_apart(tasks, data, folder, wanted, tell)
    except Exception as error:
        return Answer(fault=error)


def _made_apart(
    tasks: Sequence[Task],
    data: bytes | None,
    folder: Path,
    wanted: Callable[[], bool],
    tell: Callable[[str, Epoch], None],
) -> Answer:
    """In a store of its own, from which the runs go back as packages."""
    program = program_of_task(tasks[0])
    if data is not None:
        program.take_data(data, tasks[0].data_digest)
    if any(program.lacks_data(task) for task in tasks):
        return Answer(lacking=True)
    here = [replace(task, store=str(folder), replaces="", beginning="") for task in tasks]
    store, told = Store(folder), dict.fromkeys((task.run_id for task in here), 0)

    def look() -> None:
        for run_id, count in told.items():
            for epoch in store.epochs(run_id)[count:]:
                tell(run_id, epoch)
                told[run_id] = epoch.epoch

    answer = _performed(here, wanted, look)
    if not answer.statuses:
        return answer
    return replace(answer, packages=tuple(packed(store.run_folder(task.run_id)) for task in here))


def _performed(tasks: Sequence[Task], wanted: Callable[[], bool], look: Callable[[], None]) -> Answer:
    with _own_process(program_of_task(tasks[0]).preload) as pool:
        with _starting:
            future = pool.submit(perform_together, tasks)
        asked: float | None = None
        while not future.done():
            pool.wait({future}, _LOOK_SECONDS)
            look()
            if asked is None and not wanted():
                asked = time.monotonic()
                pool.ask_to_stop()
            if asked is not None and time.monotonic() > asked + GRACE_SECONDS:
                pool.kill()
        if (fault := future.exception()) is None:
            return Answer(statuses=future.result())
        if lost := isinstance(fault, BrokenProcessPool | Stopped):
            pool.kill()  # who was asked to stop makes no other runs
        return Answer(fault=fault, lost=lost)


_starting = threading.Lock()  # processes are started one after the other, whatever thread wants one
_idle: list[Pool] = []


@contextlib.contextmanager
def _own_process(preload: Sequence[str]) -> Iterator[Pool]:
    """A pool of one process, kept when it is over for the next that asks."""
    with _starting:
        _may_have_children()
        if not _idle:
            atexit.register(end_processes)
        pool = _idle.pop() if _idle else Pool(1, preload)
    try:
        yield pool
    except BaseException:
        pool.kill()
        raise
    finally:
        _idle.append(pool)


def end_processes() -> None:
    """End those that are kept."""
    while _idle:
        _idle.pop().kill()


def _may_have_children() -> None:
    """A cluster's worker may be a process that multiprocessing would not let start another."""
    process: Any = multiprocessing.current_process()
    if process.daemon:
        process.daemon = False
