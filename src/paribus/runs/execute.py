"""Many runs at once, on any engine, watched through the store."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from paribus.core.errors import ParibusError
from paribus.core.exit_codes import INTERRUPTED
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.program import Epoch
from paribus.records.run import RunRecord, Status
from paribus.runs.engines.engine import Again, Engine, Handed
from paribus.runs.engines.local_processes import AtHome
from paribus.runs.engines.user_executor import Given
from paribus.runs.registry import program_of_task
from paribus.runs.stopping import CtrlC, Stopped
from paribus.runs.store import Store
from paribus.runs.task import Task

POLL_SECONDS = 0.2
MOST_TRIES = 4  # how often runs are handed out whose worker goes away
MOST_LOOKS = 200  # runs at a look of which nothing is known


class Interrupted(ParibusError):
    """Ctrl-C. Everything but the epochs in progress is kept; the same command goes on."""

    exit_code = INTERRUPTED


def execute(
    tasks: Sequence[Task],
    store: Store,
    workers: int,
    on_event: Callable[[Event], None],
    executor: Executor | Engine | None = None,
    meanwhile: Sequence[Callable[[], object]] = (),
    then: Callable[[], Sequence[Task]] = lambda: (),
) -> None:
    """Make every run that is not yet finished. Raises the first failure once all others have been made.

    `meanwhile`: what would otherwise be waited for at the end, piece by piece. Each is called once, from when the first
    runs have begun for as long as any is under way.
    `then` gives more runs, where it has some: it is asked whenever a run has ended and a worker would be idle.

    Progress is read from the store, not sent by the workers: so it works with any executor whose workers share the
    store's folder, and shows runs that another process is making. `executor`: in the place of processes of our own.
    """
    todo = _missing(tasks, store, on_event) or _missing(then(), store, on_event)
    if not todo:
        return
    with CtrlC() as ctrl_c, _engine(executor, store, workers, todo[0]) as engine:
        _Runs(store, workers, on_event, engine).follow(todo, meanwhile, then, ctrl_c)


@contextlib.contextmanager
def _engine(executor: Executor | Engine | None, store: Store, workers: int, task: Task) -> Iterator[Engine]:
    """Where the runs are made. An engine that somebody else opened stays open."""
    if isinstance(executor, Engine):
        yield executor
        return
    home = executor is None
    with AtHome(workers, program_of_task(task).preload) if home else Given(executor, store.root) as engine:
        yield engine


def _missing(tasks: Sequence[Task], store: Store, on_event: Callable[[Event], None]) -> list[Task]:
    """Those that are still to be made; the others are told of."""
    todo = []
    for task in tasks:
        if (record := store.ended(task.run_id, task.replaces)) is not None:
            _report_reused(task, record, store, on_event)
        else:
            todo.append(task)
    return todo


class _Runs:
    """Runs that were handed out and not yet all ended."""

    def __init__(self, store: Store, workers: int, on_event: Callable[[Event], None], engine: Engine) -> None:
        self._store, self._workers, self._on_event, self._engine = store, workers, on_event, engine
        self._handed: dict[Handed, tuple[Task, ...]] = {}
        self._tries: Counter[str] = Counter()  # by the first run of those that came to nothing by no fault of theirs
        self._shown: dict[str, int] = {}
        self._looked = 0.0  # when runs under way were last looked at
        self._next = 0  # of those that may be under way, the first to look at
        self._failures: list[BaseException] = []

    def follow(
        self,
        todo: Sequence[Task],
        meanwhile: Sequence[Callable[[], object]],
        then: Callable[[], Sequence[Task]],
        ctrl_c: CtrlC,
    ) -> None:
        """Report until all is done. After Ctrl-C wait as long as the engine says for the runs under way to stop."""
        pending: set[Handed] = set()
        asked_at: float | None = None
        pieces = iter(meanwhile)
        try:
            pending = self._hand_out(todo)
            while pending:
                if ctrl_c.asked and asked_at is None:
                    asked_at = time.monotonic()
                    ctrl_c.pass_on()  # what no worker has begun ends as soon as one takes it up
                    self._engine.stop()
                if asked_at is not None and time.monotonic() >= asked_at + self._engine.patience:
                    break
                done, pending = self._engine.wait(pending, POLL_SECONDS)
                again = self._report(done, pending)
                if not ctrl_c.asked:
                    pending |= {self._submit(part) for part in again}
                if done and len(pending) < self._workers and not (ctrl_c.asked or self._failures):
                    pending |= self._hand_out(_missing(then(), self._store, self._on_event))
                if pending and self._shown and (piece := next(pieces, None)):  # workers that start want all the time
                    piece()
        except OSError:  # whoever ended this process's group ended the server of its workers too
            if not ctrl_c.asked:
                raise
        if ctrl_c.asked or any(isinstance(f, Stopped) for f in self._failures):
            self._engine.give_up(pending)
            raise Interrupted("stopped; everything but the epochs in progress is kept")
        if self._failures:
            _raise(self._failures)

    def _hand_out(self, tasks: Sequence[Task]) -> set[Handed]:
        return {self._submit(part) for part in _bundles(tasks, self._workers)}

    def _submit(self, tasks: tuple[Task, ...]) -> Handed:
        handed = self._engine.submit(tasks)
        self._handed[handed] = tasks
        return handed

    def _report(self, done: set[Handed], pending: set[Handed]) -> list[tuple[Task, ...]]:
        """Of those that are done, and from time to time of those under way. Gives those to be handed out again."""
        if time.monotonic() >= self._looked + POLL_SECONDS:
            self._looked = time.monotonic()
            self._report_under_way(pending)
        again = []
        for handed in [one for one in self._handed if one in done]:
            tasks = self._handed.pop(handed)
            try:
                statuses: Sequence[Status | None] = self._engine.statuses(handed)
            except Again as why:
                if self._may_go_again(tasks, why):
                    again.append(tasks)
                continue
            except BaseException as failure:
                self._failures.append(failure)
                statuses = [None] * len(tasks)
            for task, status in zip(tasks, statuses, strict=True):
                record = _report_epochs(task, self._store, self._shown, self._on_event)
                if status is not None:
                    told = RunEnded(task.arm, task.seed, status, False, task.run_id)
                    self._on_event(told if record is None else _of(told, record))
        return again

    def _may_go_again(self, tasks: Sequence[Task], why: Again) -> bool:
        """Not for ever: whatever takes its worker away each time is to be told."""
        self._tries[tasks[0].run_id] += 1
        if self._tries[tasks[0].run_id] < MOST_TRIES:
            return True
        self._failures.append(
            ParibusError(
                "run {name} was handed out {n} times, and each time its worker went away{why}. Finished epochs are "
                "kept: the same command goes on from there",
                name=tasks[0].run_id,
                n=MOST_TRIES,
                why=f" ({why})" if str(why) else "",
            )
        )
        return False

    def _report_under_way(self, pending: set[Handed]) -> None:
        """Nothing of those that are known to wait; where nothing is known, those begun and some others at each look."""
        for run_id, epoch in self._engine.news():
            self._report_news(run_id, epoch)
        maybe = [one for one in self._handed if one in pending and not self._engine.waits(one)]
        begun = [one for one in maybe if self._handed[one][0].run_id in self._shown]
        others = [one for one in maybe if self._handed[one][0].run_id not in self._shown]
        first = self._next % max(1, len(others))
        self._next = first + MOST_LOOKS
        for handed in [*begun, *(others[first:] + others[:first])[:MOST_LOOKS]]:
            for task in self._handed[handed]:
                _report_epochs(task, self._store, self._shown, self._on_event)

    def _report_news(self, run_id: str, epoch: Epoch) -> None:
        """An epoch of a run that is not in the store yet, where it is the next one to be told of."""
        task = next((task for tasks in self._handed.values() for task in tasks if task.run_id == run_id), None)
        if task is None or epoch.epoch != self._shown.get(run_id, 0) + 1:
            return
        _report_begun(task, self._shown, self._on_event)
        _report_epoch(task, epoch, self._shown, self._on_event)


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
    _report_begun(task, shown, on_event)
    if record.status == "running" or record.epochs_done > shown[task.run_id]:
        for epoch in store.epochs(task.run_id)[shown[task.run_id] :]:
            _report_epoch(task, epoch, shown, on_event)
    return record


def _report_begun(task: Task, shown: dict[str, int], on_event: Callable[[Event], None]) -> None:
    if task.run_id not in shown:
        on_event(RunStarted(task.arm, task.seed, task.run_id, task.length))
        shown[task.run_id] = 0


def _report_epoch(task: Task, epoch: Epoch, shown: dict[str, int], on_event: Callable[[Event], None]) -> None:
    shown[task.run_id] = epoch.epoch
    on_event(EpochDone(task.arm, task.seed, epoch, task.length))


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
