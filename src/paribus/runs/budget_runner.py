"""Makes runs, as far as there is time for them."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import cached_property

from paribus.records.design import Arm, Design
from paribus.records.events import Event
from paribus.records.program import Fields
from paribus.records.run import RunResult
from paribus.runs.engines.engine import Engine
from paribus.runs.estimating import STARTING_SECONDS, epochs_left, longest_first
from paribus.runs.planning import Plan, Settings, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.task import Task
from paribus.runs.warm_start import with_beginning
from paribus.runs.worker_count import workers_on


def no_more() -> Sequence[Task]:
    """Nothing more to run."""
    return ()


def typical_epoch(runs: Sequence[RunResult]) -> float:
    """Seconds that an epoch of these runs took: their median; of runs without epochs, that of the whole."""
    epochs = [epoch.seconds for run in runs for epoch in run.epochs]
    return statistics.median(epochs or [run.record.seconds for run in runs])


class BudgetRunner:
    """Makes a program's runs for a search or a map; what an estimate says would end after the `deadline` is not begun.

    `deadline`: by `time.monotonic`; None for no bound.
    """

    def __init__(
        self, program: Program, how: Settings, executor: Executor | Engine | None = None, deadline: float | None = None
    ) -> None:
        self.program, self.how, self.deadline, self.store = program, how, deadline, Store(how.out)
        self._executor = executor
        self._left_out: set[object] = set()

    @property
    def complete(self) -> bool:
        """Whether nothing was left out for want of time."""
        return not self._left_out

    @cached_property
    def workers(self) -> int:
        """How many runs are made at a time."""
        device = self.program.how([], self.how.device, "auto", self.how.probes).device
        return workers_on(device, self.how.workers)

    @property
    def seconds_left(self) -> float | None:
        """Until the deadline; None where there is none."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def fitting(self, costs: Sequence[float], what: object) -> int:
        """How many of the first there is time for, by the seconds that each takes one worker.

        If that is not all of `what`, it is left out, unless it is asked for again and then fits.
        """
        fit = len(costs)
        if (left := self.seconds_left) is not None:
            left = self.workers * (left - STARTING_SECONDS)
            fit = sum(total <= left or total == 0 for total in itertools.accumulate(costs))
        (self._left_out.discard if fit == len(costs) else self._left_out.add)(what)
        return fit

    def epochs(self, tasks: Iterable[Task]) -> int:
        """How many epochs are missing of these runs."""
        missing = {task.run_id: task for task in tasks if not self.store.ended(task.run_id, task.replaces)}
        return sum(epochs_left(with_beginning(task, self.store), self.store) for task in missing.values())

    def make(
        self,
        tasks: Iterable[Task],
        listener: Callable[[Event], None],
        then: Callable[[], Sequence[Task]] = no_more,
        *,
        first: bool = False,
    ) -> None:
        """Make these runs. `then` is asked for more whenever a worker would be idle. first: no run was made before."""
        from paribus.runs.execute import execute
        from paribus.runs.first_run import make_first

        def following() -> Sequence[Task]:
            return self._in_order(then())

        if first:
            tasks = make_first(self.program, tuple(tasks), self.store, listener, self._executor).left
        execute(self._in_order(tasks), self.store, self.workers, listener, self._executor, then=following)

    def _in_order(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Each once, those that take longest first, and each begun with the epochs of a shorter run that is there."""
        once = {task.run_id: task for task in tasks}
        return longest_first([with_beginning(task, self.store) for task in once.values()], self.store, self.program)

    def runs(self, fields: Fields, seeds: Sequence[int], listener: Callable[[Event], None]) -> list[RunResult]:
        """Runs with these fields, made where they are missing."""
        plan = self.plan([("", fields)], seeds)
        self.make(plan.tasks, listener, first=True)
        return self.results(plan, "")

    def plan(self, arms_of: Sequence[tuple[str, Fields]], seeds: Sequence[int]) -> Plan:
        """The runs with these fields, each the arm of its name, and these seeds."""
        arms = tuple(Arm(name=name, value=name, fields=fields) for name, fields in arms_of)
        return self.plan_of(Design(program=self.program.info, arms=arms, seeds=tuple(seeds)))

    def plan_of(self, design: Design) -> Plan:
        """The runs of a design."""
        return make_plan(design, self.how, program=self.program)

    def results(self, plan: Plan, arm: str) -> list[RunResult]:
        """The runs of an arm that have ended, in the order of the seeds."""
        found = (self.store.result(task.run_id) for task in plan.tasks if task.arm == arm)
        return [result for result in found if result is not None]
