"""Runs added pair by pair until every pair of arms is decided, or no decision can be expected, or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from statistics import median

from paribus.comparison.anytime.rule import states_of
from paribus.comparison.anytime.stopping_limits import Until
from paribus.comparison.from_runs import arms_of
from paribus.comparison.pair_verdicts import arm_pairs
from paribus.core.errors import ParibusError
from paribus.records.events import Event
from paribus.records.run import RunResult
from paribus.runs.engines.engine import Engine
from paribus.runs.execute import execute
from paribus.runs.planning import Plan
from paribus.runs.store import Store
from paribus.runs.task import Task

Key = tuple[str, int]  # an arm's name and a seed
Reading = Callable[[Task], RunResult | None]


def grown(
    plan: Plan,
    margin: float,
    until: Until,
    store: Store,
    read: Reading,
    on_event: Callable[[Event], None],
    executor: Executor | Engine | None,
    meanwhile: Sequence[Callable[[], object]],
    told: Collection[str] = (),
) -> Plan:
    """Make what runs it takes; gives the plan of those that the verdict is over.

    Seeds are gone through in their order, and an arm stops when all its pairs have ended. Which pair ended where
    depends on the runs alone: not on how many are made at once, nor on interruptions. margin: in the metric's unit.
    read: a run's result, once it has ended. told: names of runs that `on_event` has heard of. Raises ParibusError where
    the time does not suffice for a pair.
    """
    growth = _Growth(plan, margin, until, store, read, told)
    execute(growth.next(), store, plan.workers, on_event, executor, meanwhile, growth.next)
    growth.look()
    kept = growth.kept()
    if not min(kept.values()):
        raise ParibusError(
            "the budget was used up before a pair of runs had ended, so nothing can be concluded; what was made is "
            "kept, and the same command goes on with it"
        )
    seeds = plan.design.seeds[: max(kept.values())]
    design = plan.design.model_copy(update={"seeds": seeds})
    numbers = {seed: number for number, seed in enumerate(plan.design.seeds)}
    tasks = tuple(task for task in plan.tasks if numbers[task.seed] < kept[task.arm])
    return replace(plan, design=design, tasks=tasks)


class _Growth:
    """Where a growing comparison stands."""

    def __init__(
        self, plan: Plan, margin: float, until: Until, store: Store, read: Reading, told: Collection[str]
    ) -> None:
        self._design, self._workers, self._margin, self._until = plan.design, plan.workers, margin, until
        self._store, self._read, self._told, self._began = store, read, told, time.monotonic()
        self._tasks = {(task.arm, task.seed): task for task in plan.tasks}
        self._left = [(arm.name, seed) for seed in plan.design.seeds for arm in plan.design.arms]
        self._handed: set[Key] = set()
        self._results: dict[Key, RunResult] = {}
        pairs = arm_pairs(arms_of(plan.design, {}), plan.design.baseline)
        self._looked = {(a.name, b.name): 0 for a, b in pairs}
        self._ended: dict[tuple[str, str], int] = {}

    def next(self) -> list[Task]:
        """The next runs to be made, so many that no worker is idle; with those before them that are there already."""
        found: list[Task] = []
        self.look()
        while self._left and len(self._handed - self._results.keys()) < self._workers:
            key = self._left[0]
            task = self._tasks[key]
            there = self._store.ended(task.run_id, task.replaces) is not None
            if not there and self._time_is_up():
                break
            self._left.pop(0)
            if not self._wanted(*key):
                continue
            if task.run_id not in self._told:
                found.append(task)
            self._handed.add(key)
            if there:
                self.look()
        return found

    def look(self) -> None:
        """Take in the runs that have ended, and look at every pair after each seed that both its arms now have."""
        for key in self._handed - self._results.keys():
            task = self._tasks[key]
            if self._store.ended(task.run_id, task.replaces) is not None and (result := self._read(task)) is not None:
                self._results[key] = result
        for n in range(1, len(self._design.seeds) + 1):
            due = [p for p in self._looked if p not in self._ended and self._looked[p] < n <= self._shared(p)]
            if due:
                first = self._design.model_copy(update={"seeds": self._design.seeds[:n]})
                arms, most = arms_of(first, self._results), self._until.most
                states = states_of(arms, first.program, self._margin, most, first.baseline, only=due)
                self._looked |= dict.fromkeys(due, n)
                self._ended |= {pair: n for pair in due if states[pair].status != "go_on"}

    def _shared(self, pair: tuple[str, str]) -> int:
        """How many seeds there are, from the first on without a gap, that both arms have ended."""
        missing = (n for n, seed in enumerate(self._design.seeds) if any((a, seed) not in self._results for a in pair))
        return next(missing, len(self._design.seeds))

    def _wanted(self, arm: str, seed: int) -> bool:
        """Whether a pair of the arm has not ended before that seed."""
        number = self._design.seeds.index(seed)
        return any(self._ended.get(pair, number + 1) > number for pair in self._looked if arm in pair)

    def _time_is_up(self) -> bool:
        """Whether one run more, if it takes as long as the others did, ends after the time that is allowed."""
        if self._until.budget is None:
            return False
        usual = median([result.record.seconds for result in self._results.values()] or [0.0])
        return time.monotonic() - self._began + usual > self._until.budget

    def kept(self) -> dict[str, int]:
        """How many runs of each arm the verdict is over: what its longest pair took."""
        took = {pair: self._ended.get(pair, self._shared(pair)) for pair in self._looked}
        return {arm.name: max(n for pair, n in took.items() if arm.name in pair) for arm in self._design.arms}
