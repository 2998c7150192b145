"""Runs that test interventions: with and without, paired by seed, at whatever length is asked."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from paribus.analysis.interventions import changed
from paribus.analysis.judgement import effect
from paribus.api.estimating import STARTING_SECONDS
from paribus.api.planning import Plan, Settings, make_plan, usable_cores
from paribus.api.trials import Pair, Watched
from paribus.experiment.store import Store
from paribus.values.comparison import Arm, Design
from paribus.values.errors import DataError, RecipeError
from paribus.values.events import Event, Phase, SearchEvent, TrialsBegun
from paribus.values.explanation import Effect, Intervention
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult

# Under these schedules a run's first epochs are those of a shorter run: what it had reached by then counts for that.
_OPEN_ENDED = ("constant", "step")

Outcome = tuple[Intervention, Effect]


@dataclass
class Laboratory:
    """Where interventions are tested, and who is told of the runs.

    `deadline`: by `time.monotonic`; what an estimate says would end later is not begun, and then `left_out` is true.
    """

    how: Settings
    on_event: Callable[[SearchEvent], None]
    executor: Executor | None = None
    deadline: float | None = None
    left_out: bool = False

    @property
    def store(self) -> Store:
        """Where the runs lie."""
        return Store(self.how.out)

    def fitting(self, wanted: int, epochs_each: int, like: Sequence[RunResult], at_least: int = 1) -> int:
        """How many of `wanted` trials, of so many epochs each, there is time for; 0 if not even for `at_least`."""
        if self.deadline is None:
            return wanted
        workers = self.how.workers or usable_cores()
        epoch = statistics.median(m.seconds for result in like for m in result.metrics)
        left = self.deadline - time.monotonic() - STARTING_SECONDS
        fit = min(wanted, int(left * workers / (epoch * epochs_each)))
        fit = fit if fit >= at_least else 0
        self.left_out |= fit < wanted
        return fit

    def runs(self, recipe: Recipe, seeds: Sequence[int]) -> list[RunResult]:
        """The recipe's own runs, made where they are missing."""
        plan = self._plan([("", recipe)], seeds)
        self._execute([plan])
        return self._results(plan, "")

    def effects(
        self, recipe: Recipe, interventions: Iterable[Intervention], seeds: Sequence[int], epochs: int, phase: Phase
    ) -> list[Outcome]:
        """Each intervention against the unchanged recipe, after `epochs` epochs; with all its own where it sets them.

        Interventions that ask of the data what they have not are left out.
        """
        pairs: list[Pair] = []
        for intervention in interventions:
            after = changed(recipe, intervention)
            length = after.epochs if after.epochs != recipe.epochs else epochs
            with contextlib.suppress(RecipeError, DataError):
                pairs.append(Pair(intervention, length, self._pair(recipe, after, seeds, epochs, length)))
        if pairs:
            self.on_event(TrialsBegun(phase, tuple(pair.intervention for pair in pairs), epochs, tuple(seeds)))
        self._execute([pair.plan for pair in pairs], Watched(pairs, self._effect, self.on_event))
        return [(pair.intervention, self._effect(pair)) for pair in pairs]

    def _effect(self, pair: Pair) -> Effect:
        return effect(self._results(pair.plan, "without"), self._results(pair.plan, "with"), pair.epochs)

    def _pair(self, recipe: Recipe, after: Recipe, seeds: Sequence[int], epochs: int, length: int) -> Plan:
        """With and without on one kernel, so that they differ in nothing else."""
        after = after.model_copy(update={"epochs": length})
        if recipe.schedule in _OPEN_ENDED:
            whole = self._plan([("without", recipe), ("with", after)], seeds)
            if all(self.store.ended(task.run_id) for task in whole.tasks if task.arm == "without"):
                return whole
        return self._plan([("without", recipe.model_copy(update={"epochs": epochs})), ("with", after)], seeds)

    def _plan(self, recipes: Sequence[tuple[str, Recipe]], seeds: Sequence[int]) -> Plan:
        arms = tuple(Arm(name=name, value=name, recipe=recipe) for name, recipe in recipes)
        design = Design(factor="", arms=arms, seeds=tuple(seeds), recipe_name="", differences={}, id="")
        return make_plan(design, self.how)

    def _execute(self, plans: Sequence[Plan], listener: Callable[[Event], None] | None = None) -> None:
        from paribus.experiment.execute import execute

        tasks = {task.run_id: task for plan in plans for task in plan.tasks}
        workers = self.how.workers or max((plan.workers for plan in plans), default=1)
        execute(list(tasks.values()), self.store, workers, listener or self.on_event, self.executor)

    def _results(self, plan: Plan, arm: str) -> list[RunResult]:
        found = (self.store.result(task.run_id) for task in plan.tasks if task.arm == arm)
        return [result for result in found if result is not None]
