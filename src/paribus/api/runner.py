"""Makes runs, as far as there is time for them."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import cached_property

from paribus.api.estimating import STARTING_SECONDS, epochs_left, longest_first
from paribus.api.planning import Plan, Settings, make_plan, workers_on
from paribus.engine.place import choose_place
from paribus.experiment.growing import with_beginning
from paribus.experiment.registry import default_program
from paribus.experiment.store import Store
from paribus.experiment.task import Task
from paribus.values.comparison import Arm, Design
from paribus.values.events import Event
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult


def no_more() -> Sequence[Task]:
    """Nothing more to run."""
    return ()


def typical_epoch(runs: Sequence[RunResult]) -> float:
    """Seconds that an epoch of these runs took: their median."""
    return statistics.median(m.seconds for run in runs for m in run.epochs)


class Runner:
    """Makes the runs of a search or a map; what an estimate says would end after the `deadline` is not begun.

    `deadline`: by `time.monotonic`; None for no bound.
    """

    def __init__(self, how: Settings, executor: Executor | None = None, deadline: float | None = None) -> None:
        self.how, self.deadline, self.store = how, deadline, Store(how.out)
        self._executor = executor
        self._program = default_program()
        self._left_out: set[object] = set()

    @property
    def complete(self) -> bool:
        """Whether nothing was left out for want of time."""
        return not self._left_out

    @cached_property
    def workers(self) -> int:
        """How many runs are made at a time."""
        return workers_on(choose_place(self.how.device)[0], self.how.workers)

    def fitting(self, costs: Sequence[float], what: object) -> int:
        """How many of the first there is time for, by the seconds that each takes one worker.

        If that is not all of `what`, it is left out, unless it is asked for again and then fits.
        """
        fit = len(costs)
        if self.deadline is not None:
            left = self.workers * (self.deadline - time.monotonic() - STARTING_SECONDS)
            fit = sum(total <= left or total == 0 for total in itertools.accumulate(costs))
        (self._left_out.discard if fit == len(costs) else self._left_out.add)(what)
        return fit

    def epochs(self, tasks: Iterable[Task]) -> int:
        """How many epochs are missing of these runs."""
        missing = {task.run_id: task for task in tasks if not self.store.ended(task.run_id)}
        return sum(epochs_left(with_beginning(task, self.store), self.store) for task in missing.values())

    def make(
        self,
        tasks: Iterable[Task],
        listener: Callable[[Event], None],
        then: Callable[[], Sequence[Task]] = no_more,
    ) -> None:
        """Make these runs. `then` is asked for more whenever a worker would be idle."""
        from paribus.experiment.execute import execute

        def following() -> Sequence[Task]:
            return self._in_order(then())

        execute(self._in_order(tasks), self.store, self.workers, listener, self._executor, then=following)

    def _in_order(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Each once, those that take longest first, and each begun with the epochs of a shorter run that is there."""
        once = {task.run_id: task for task in tasks}
        return longest_first([with_beginning(task, self.store) for task in once.values()], self.store, self._program)

    def runs(self, recipe: Recipe, seeds: Sequence[int], listener: Callable[[Event], None]) -> list[RunResult]:
        """The recipe's own runs, made where they are missing."""
        plan = self.plan([("", recipe)], seeds)
        self.make(plan.tasks, listener)
        return self.results(plan, "")

    def plan(self, recipes: Sequence[tuple[str, Recipe]], seeds: Sequence[int]) -> Plan:
        """The runs of these recipes, each the arm of its name, with these seeds."""
        arms = tuple(Arm(name=name, value=name, fields=recipe.as_fields()) for name, recipe in recipes)
        return self.plan_of(Design(program=self._program.info, arms=arms, seeds=tuple(seeds)))

    def plan_of(self, design: Design) -> Plan:
        """The runs of a design."""
        return make_plan(design, self.how, program=self._program)

    def results(self, plan: Plan, arm: str) -> list[RunResult]:
        """The runs of an arm that have ended, in the order of the seeds."""
        found = (self.store.result(task.run_id) for task in plan.tasks if task.arm == arm)
        return [result for result in found if result is not None]
