"""Many runs at once, through any process-based executor, watched through the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from paribus.core.errors import ParibusError
from paribus.core.exit_codes import INTERRUPTED
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.run import RunRecord, Status
from paribus.runs.perform import perform_together
from paribus.runs.pool import GRACE_SECONDS, Pool
from paribus.runs.registry import program_of_task
from paribus.runs.stopping import CtrlC, Stopped
from paribus.runs.store import Store
from paribus.runs.task import Task

POLL_SECONDS = 0.2

Results = Future[tuple[Status, ...]]  # of the runs that a worker was handed together


class Interrupted(ParibusError):
    """Ctrl-C. Everything but the epochs in progress is kept; the same command goes on."""

    exit_code = INTERRUPTED


def execute(
    tasks: Sequence[Task],
    store: Store,
    workers: int,
    on_event: Callable[[Event], None],
    executor: Executor | None = None,
    meanwhile: Sequence[Callable[[], object]] = (),
    then: Callable[[], Sequence[Task]] = lambda: (),
) -> None:
    """Make every run that is not yet finished. Raises the first failure once all others have been made.

    `meanwhile`: what would otherwise be waited for at the end, piece by piece. Each is called once, from when the first
    runs have begun for as long as any is under way.
    `then` gives more runs, where it has some: it is asked whenever a run has ended and a worker would be idle.

    Progress is read from the store, not sent by the workers: so it works with any executor whose workers share the
    store's folder, and shows runs that another process is making.
    """
    todo = _missing(tasks, store, on_event) or _missing(then(), store, on_event)
    if not todo:
        return
    with CtrlC() as ctrl_c:
        if executor is not None:
            runs = _Runs(store, workers, on_event, executor.submit, _first_done)
            runs.follow(todo, meanwhile, then, ctrl_c, patience=0.0)
            return
        with Pool(workers, program_of_task(todo[0]).preload) as pool:
            runs = _Runs(store, workers, on_event, pool.submit, pool.wait)
            runs.follow(todo, meanwhile, then, ctrl_c, patience=GRACE_SECONDS)


def _missing(tasks: Sequence[Task], store: Store, on_event: Callable[[Event], None]) -> list[Task]:
    """Those that are still to be made; the others are told of."""
    todo = []
    for task in tasks:
        if (record := store.ended(task.run_id, task.replaces)) is not None:
            _report_reused(task, record, store, on_event)
        else:
            todo.append(task)
    return todo


def _first_done(pending: set[Results], timeout: float) -> tuple[set[Results], set[Results]]:
    """Of an executor's runs."""
    return wait(pending, timeout=timeout, return_when=FIRST_COMPLETED)


class _Runs:
    """Runs that were handed out and not yet all ended. `submit`, `wait`: a pool's, or an executor's."""

    def __init__(
        self,
        store: Store,
        workers: int,
        on_event: Callable[[Event], None],
        submit: Callable[..., Results],
        wait: Callable[[set[Results], float], tuple[set[Results], set[Results]]],
    ) -> None:
        self._store, self._workers, self._on_event, self._submit, self._wait = store, workers, on_event, submit, wait
        self._handed: dict[Results, tuple[Task, ...]] = {}
        self._shown: dict[str, int] = {}
        self._looked = 0.0  # when runs under way were last looked at
        self._failures: list[BaseException] = []

    def follow(
        self,
        todo: Sequence[Task],
        meanwhile: Sequence[Callable[[], object]],
        then: Callable[[], Sequence[Task]],
        ctrl_c: CtrlC,
        patience: float,
    ) -> None:
        """Report until all is done. After Ctrl-C wait so many seconds for the runs under way to stop."""
        pending: set[Results] = set()
        asked_at: float | None = None
        pieces = iter(meanwhile)
        try:
            pending = self._hand_out(todo)
            while pending:
                if ctrl_c.asked and asked_at is None:
                    asked_at = time.monotonic()
                    ctrl_c.pass_on()  # what no worker has begun ends as soon as one takes it up
                if asked_at is not None and time.monotonic() >= asked_at + patience:
                    break
                done, pending = self._wait(pending, POLL_SECONDS)
                self._report(done, pending)
                if done and len(pending) < self._workers and not (ctrl_c.asked or self._failures):
                    pending |= self._hand_out(_missing(then(), self._store, self._on_event))
                if pending and self._shown and (piece := next(pieces, None)):  # workers that start want all the time
                    piece()
        except OSError:  # whoever ended this process's group ended the server of its workers too
            if not ctrl_c.asked:
                raise
        if ctrl_c.asked or any(isinstance(f, Stopped) for f in self._failures):
            for future in pending:
                future.cancel()
            raise Interrupted("stopped; everything but the epochs in progress is kept")
        if self._failures:
            _raise(self._failures)

    def _hand_out(self, tasks: Sequence[Task]) -> set[Results]:
        new = {self._submit(perform_together, part): part for part in _bundles(tasks, self._workers)}
        self._handed |= new
        return set(new)

    def _report(self, done: set[Results], pending: set[Results]) -> None:
        """Of those that are done, and from time to time of those under way."""
        if time.monotonic() >= self._looked + POLL_SECONDS:
            self._looked = time.monotonic()
            for future in [one for one in self._handed if one in pending and one.running()]:
                for task in self._handed[future]:
                    _report_epochs(task, self._store, self._shown, self._on_event)
        for future in [one for one in self._handed if one in done]:
            tasks = self._handed.pop(future)
            records = [_report_epochs(task, self._store, self._shown, self._on_event) for task in tasks]
            if future.cancelled():
                continue
            if (failure := future.exception()) is None:
                for task, status, ended in zip(tasks, future.result(), records, strict=True):
                    told = RunEnded(task.arm, task.seed, status, False, task.run_id)
                    self._on_event(told if ended is None else _of(told, ended))
            else:
                self._failures.append(failure)


def _of(told: RunEnded, record: RunRecord) -> RunEnded:
    return replace(told, damaged=record.damaged, failure=record.failure, seconds=record.seconds)


def _bundles(tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
    """What each worker is handed at a time, as the program of the tasks says."""
    return program_of_task(tasks[0]).bundles(tasks, workers) if tasks else []


def _report_epochs(
    task: Task, store: Store, shown: dict[str, int], on_event: Callable[[Event], None]
) -> RunRecord | None:
    """What is new of a run; gives its record, if it was begun."""
    record = store.record(task.run_id)
    if record is None or (task.replaces and store.stamp(task.run_id) == task.replaces):
        return None
    if task.run_id not in shown:
        on_event(RunStarted(task.arm, task.seed, task.run_id, task.length))
        shown[task.run_id] = 0
    if record.status == "running" or record.epochs_done > shown[task.run_id]:
        for epoch in store.epochs(task.run_id)[shown[task.run_id] :]:
            on_event(EpochDone(task.arm, task.seed, epoch, task.length))
            shown[task.run_id] = epoch.epoch
    return record


def _report_reused(task: Task, record: RunRecord, store: Store, on_event: Callable[[Event], None]) -> None:
    on_event(RunStarted(task.arm, task.seed, task.run_id, task.length, reused=True))
    for epoch in store.epochs(task.run_id):
        on_event(EpochDone(task.arm, task.seed, epoch, task.length))
    on_event(RunEnded(task.arm, task.seed, record.status, True, task.run_id, "", record.failure, record.seconds))


def _raise(failures: list[BaseException]) -> None:
    for failure in failures:
        if isinstance(failure, BrokenProcessPool):
            raise ParibusError(
                "a worker process was killed, perhaps for want of memory (fewer --workers need less). "
                "Finished epochs are kept: the same command goes on from there"
            ) from failure
    raise failures[0]
