"""Drives a search: makes the runs that it asks for, several at a time, and tells it what came of them.

It chooses nothing and judges nothing; of what is searched for it knows only which runs to pair.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from paribus.core.errors import DataError, FaultsError
from paribus.diagnosis.intervention_outcomes import effect
from paribus.diagnosis.interventions import changed
from paribus.diagnosis.search import Again, Found, Known, Search, Trials, Wait, Wanted
from paribus.records.events import Event, RunEnded, RunStarted, SearchEvent, TrialEnded, TrialsBegun, TrialStarted
from paribus.records.intervention import Effect, Intervention
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.planning import Plan
from paribus.runs.task import Task


@dataclass(frozen=True)
class Pair:
    """One intervention, compared after `epochs` epochs. `plan`: its runs, in the arms `with` and `without`."""

    intervention: Intervention
    epochs: int
    plan: Plan

    def runs(self, *arms: str) -> set[str]:
        """The ids of its runs in these arms."""
        return {task.run_id for task in self.plan.tasks if task.arm in arms}


class TrialProgress:
    """Hears of runs and tells of them, and of each pair when it begins and when it has all its runs.

    Pairs share the runs without the intervention, so a run is known by its id. `judge` says what a pair came to.
    """

    def __init__(self, judge: Callable[[Pair], Effect], tell: Callable[[SearchEvent], None]) -> None:
        self._judge, self._tell = judge, tell
        self._waiting: list[Pair] = []
        self._ended: set[str] = set()
        self.under_way: list[Pair] = []
        self.effects: dict[Intervention, Effect] = {}

    def begin(self, pairs: Sequence[Pair]) -> None:
        """From now on these are followed, and no earlier ones."""
        self._waiting, self.under_way, self.effects = list(pairs), list(pairs), {}

    def __call__(self, event: Event) -> None:
        """Something happened to a run."""
        self._tell(event)
        match event:
            case RunStarted():
                for pair in [p for p in self._waiting if event.run_id in p.runs("with")]:
                    self._waiting.remove(pair)
                    self._tell(TrialStarted(pair.intervention))
            case RunEnded():
                self._ended.add(event.run_id)
                for pair in [p for p in self.under_way if p.runs("with", "without") <= self._ended]:
                    self.under_way.remove(pair)
                    self.effects[pair.intervention] = seen = self._judge(pair)
                    self._tell(TrialEnded(pair.intervention, seen))


class TrialRunner:
    """Drives one search. `epoch`: about how many seconds an epoch takes; `on_event` is told of runs and pairs."""

    def __init__(
        self, runner: BudgetRunner, search: Search, epoch: float, on_event: Callable[[SearchEvent], None]
    ) -> None:
        self._runner, self._search, self._epoch, self._tell = runner, search, epoch, on_event
        self._progress = TrialProgress(self._effect, on_event)
        self._wanted: Wanted | None = None
        self._begun = True
        self._found: Found | None = None

    def run(self) -> Found:
        """Run whatever the search asks for, to its end."""
        while self._found is None:
            tasks = self._more()
            if not tasks and self._found is None:
                raise RuntimeError("the search waits for runs that nobody makes")
            self._runner.make(tasks, self._progress, self._more)
        return self._found

    def _more(self) -> Sequence[Task]:
        """Tell the search what is known, until it asks for runs, or waits for some that are under way."""
        while self._found is None:
            try:
                self._wanted = next(self._search) if self._wanted is None else self._search.send(self._known())
            except StopIteration as ended:
                self._found = ended.value
                break
            match self._wanted:
                case Wait():
                    break
                case Trials():
                    tasks = self._begin(self._wanted)
                case Again():
                    tasks = self._begin_again(self._wanted)
            if tasks:
                return tasks
        return ()

    def _known(self) -> Known:
        under_way = tuple(pair.intervention for pair in self._progress.under_way)
        return Known(dict(self._progress.effects), under_way, self._begun)

    def _begin(self, wanted: Trials) -> list[Task]:
        """As many of the pairs as there is time for. What asks of the data what they have not is left out."""
        pairs: list[Pair] = []
        for intervention in wanted.interventions:
            with contextlib.suppress(FaultsError, DataError):
                pairs.append(self._pair(wanted, intervention))
        pairs = pairs[: self._runner.fitting(self._costs(pairs), wanted)]
        if pairs:
            told = tuple(pair.intervention for pair in pairs)
            self._tell(TrialsBegun(wanted.phase, told, wanted.epochs, wanted.seeds, self._runner.program.info))
        self._progress.begin(pairs)
        return [task for pair in pairs for task in pair.plan.tasks]

    def _costs(self, pairs: Sequence[Pair]) -> list[float]:
        """Seconds of each pair, without the runs that it shares with an earlier one."""
        costs: list[float] = []
        counted: set[str] = set()
        for pair in pairs:
            tasks = [task for task in pair.plan.tasks if task.run_id not in counted]
            counted |= pair.runs("with", "without")
            costs.append(self._epoch * self._runner.epochs(tasks))
        return costs

    def _begin_again(self, wanted: Again) -> list[Task]:
        """The comparison's runs, where there is time for all of them after those that are under way."""
        plan = self._runner.plan_of(wanted.design)
        under_way = [task for pair in self._progress.under_way for task in pair.plan.tasks]
        missing = self._runner.epochs(plan.tasks)
        cost = self._epoch * self._runner.epochs([*plan.tasks, *under_way]) if missing else 0.0
        self._begun = self._runner.fitting([cost], wanted.cause) == 1
        if not self._begun:
            return []
        if missing:
            info = wanted.design.program
            epochs = max(info.length_of(arm.fields) for arm in wanted.design.arms)
            self._tell(TrialsBegun("repairing", (wanted.cause,), epochs, wanted.design.seeds, info))
            self._runner.store.record_plan(wanted.design.id, [task.run_id for task in plan.tasks])
        return list(plan.tasks)

    def _effect(self, pair: Pair) -> Effect:
        before, after = (self._runner.results(pair.plan, arm) for arm in ("without", "with"))
        return effect(self._runner.program, before, after, pair.epochs)

    def _pair(self, wanted: Trials, intervention: Intervention) -> Pair:
        """With and without on one kernel, so that they differ in nothing else; its own epochs, where it sets them.

        While screening, a run without that is there counts also if it was made on another kernel: by itself the recipe
        may have a faster one. Kernels differ in rounding alone, and what a screening chooses is confirmed on one.
        """
        program, fields = self._runner.program, wanted.fields
        after = program.fields(changed(fields, intervention))
        own = program.info.length_of(after)
        length = own if own != program.info.length_of(fields) else wanted.epochs
        after = program.info.with_length(after, length)
        if program.grows(fields):
            whole = self._runner.plan([("without", fields), ("with", after)], wanted.seeds)
            if self._ended(whole):
                return Pair(intervention, length, whole)
            alone = self._runner.plan([("without", fields)], wanted.seeds)
            if wanted.phase == "screening" and self._ended(alone):
                tasks = (*alone.tasks, *(task for task in whole.tasks if task.arm == "with"))
                return Pair(intervention, length, replace(whole, tasks=tasks))
        before = program.info.with_length(fields, wanted.epochs)
        return Pair(intervention, length, self._runner.plan([("without", before), ("with", after)], wanted.seeds))

    def _ended(self, plan: Plan) -> bool:
        """Whether all its runs of the unchanged recipe are there."""
        return all(self._runner.store.ended(task.run_id, task.replaces) for task in plan.tasks if task.arm == "without")
