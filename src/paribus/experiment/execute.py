"""Many runs at once, through any process-based executor, watched through the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool

from paribus.experiment.pool import main_hidden, make_pool
from paribus.experiment.stopping import CtrlC, Stopped, sigint_held_back
from paribus.experiment.store import Store
from paribus.experiment.task import Task, bundles, perform_together
from paribus.values.errors import ParibusError
from paribus.values.events import EpochDone, Event, RunEnded, RunStarted
from paribus.values.records import Status

POLL_SECONDS = 0.2

Results = Future[tuple[Status, ...]]  # of the runs that a worker was handed together


class Interrupted(ParibusError):
    """Ctrl-C. Everything but the epochs in progress is kept; the same command goes on."""

    exit_code = 130  # what shells expect after SIGINT


def _nothing() -> None:
    """Nothing to do while workers train."""


def execute(
    tasks: Sequence[Task],
    store: Store,
    workers: int,
    on_event: Callable[[Event], None],
    executor: Executor | None = None,
    meanwhile: Callable[[], None] = _nothing,
    then: Callable[[], Sequence[Task]] = lambda: (),
) -> None:
    """Make every run that is not yet finished. Raises the first failure once all others have been made.

    `meanwhile` is called once, when the workers have their runs: for what would otherwise be waited for at the end.
    `then` gives more runs, where it has some: it is asked whenever a run has ended and a worker would be idle.

    Progress is read from the store, not sent by the workers: so it works with any executor whose workers share the
    store's folder, and shows runs that another process is making.
    """
    todo = _missing(tasks, store, on_event) or _missing(then(), store, on_event)
    if not todo:
        return
    with CtrlC() as ctrl_c:
        if executor is not None:
            _Runs(store, workers, on_event, executor.submit).follow(todo, meanwhile, then, ctrl_c, patient=False)
            return
        pool = make_pool(workers)
        try:
            _Runs(store, workers, on_event, _held_back(pool)).follow(todo, meanwhile, then, ctrl_c, patient=True)
        except BaseException:  # nobody follows the runs any more
            ctrl_c.pass_on()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _missing(tasks: Sequence[Task], store: Store, on_event: Callable[[Event], None]) -> list[Task]:
    """Those that are still to be made; the others are told of."""
    todo = []
    for task in tasks:
        if (record := store.ended(task.run_id)) is not None:
            _report_reused(task, record.status, store, on_event)
        else:
            todo.append(task)
    return todo


def _held_back(pool: Executor) -> Callable[..., Results]:
    """The pool's `submit`; its workers start as tasks are submitted."""

    def submit(perform: Callable[..., tuple[Status, ...]], tasks: tuple[Task, ...]) -> Results:
        with main_hidden(), sigint_held_back():
            return pool.submit(perform, tasks)

    return submit


class _Runs:
    """Runs that were handed out and not yet all ended. `submit`: an executor's."""

    def __init__(
        self, store: Store, workers: int, on_event: Callable[[Event], None], submit: Callable[..., Results]
    ) -> None:
        self._store, self._workers, self._on_event, self._submit = store, workers, on_event, submit
        self._handed: dict[Results, tuple[Task, ...]] = {}
        self._shown: dict[str, int] = {}
        self._failures: list[BaseException] = []

    def follow(
        self,
        todo: Sequence[Task],
        meanwhile: Callable[[], None],
        then: Callable[[], Sequence[Task]],
        ctrl_c: CtrlC,
        patient: bool,
    ) -> None:
        """Report until all is done. After Ctrl-C the patient wait for the runs under way to stop."""
        pending = self._hand_out(todo)
        meanwhile()
        told = False
        while pending and (patient or not ctrl_c.asked):
            done, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            self._report(done, pending)
            if ctrl_c.asked and not told:
                told = True
                _cancel(pending, ctrl_c)
            elif done and len(pending) < self._workers and not (ctrl_c.asked or self._failures):
                pending |= self._hand_out(_missing(then(), self._store, self._on_event))
        if ctrl_c.asked or any(isinstance(f, Stopped) for f in self._failures):
            raise Interrupted("stopped; everything but the epochs in progress is kept")
        if self._failures:
            _raise(self._failures)

    def _hand_out(self, tasks: Sequence[Task]) -> set[Results]:
        new = {self._submit(perform_together, part): part for part in bundles(tasks, self._workers)}
        self._handed |= new
        return set(new)

    def _report(self, done: set[Results], pending: set[Results]) -> None:
        for future, tasks in self._handed.items():
            if future in done or (future in pending and future.running()):
                for task in tasks:
                    _report_epochs(task, self._store, self._shown, self._on_event)
        for future in done:
            if future.cancelled():
                continue
            if (failure := future.exception()) is None:
                for task, status in zip(self._handed[future], future.result(), strict=True):
                    self._on_event(RunEnded(task.arm, task.seed, status, False, task.run_id))
            else:
                self._failures.append(failure)


def _cancel(pending: set[Results], ctrl_c: CtrlC) -> None:
    for future in pending:
        future.cancel()
    ctrl_c.pass_on()


def _report_epochs(task: Task, store: Store, shown: dict[str, int], on_event: Callable[[Event], None]) -> None:
    history = store.metrics(task.run_id)
    if task.run_id not in shown and store.record(task.run_id) is not None:
        on_event(RunStarted(task.arm, task.seed, task.run_id, task.recipe.epochs))
        shown[task.run_id] = 0
    for metrics in history[shown.get(task.run_id, 0) :]:
        on_event(EpochDone(task.arm, task.seed, metrics, task.recipe.epochs))
        shown[task.run_id] = metrics.epoch


def _report_reused(task: Task, status: Status, store: Store, on_event: Callable[[Event], None]) -> None:
    on_event(RunStarted(task.arm, task.seed, task.run_id, task.recipe.epochs, reused=True))
    for metrics in store.metrics(task.run_id):
        on_event(EpochDone(task.arm, task.seed, metrics, task.recipe.epochs))
    on_event(RunEnded(task.arm, task.seed, status, True, task.run_id))


def _raise(failures: list[BaseException]) -> None:
    for failure in failures:
        if isinstance(failure, BrokenProcessPool):
            raise ParibusError(
                "a worker process was killed, perhaps for want of memory (fewer --workers need less). "
                "Finished epochs are kept: the same command goes on from there"
            ) from failure
    raise failures[0]
