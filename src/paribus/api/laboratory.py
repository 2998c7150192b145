"""Runs that test interventions: with and without, paired by seed, at whatever length is asked."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from paribus.analysis.interventions import changed
from paribus.analysis.judgement import effect
from paribus.api.estimating import STARTING_SECONDS, longest_first
from paribus.api.planning import Plan, Settings, make_plan, usable_cores
from paribus.api.trials import Pair, Watched
from paribus.experiment.growing import with_beginning
from paribus.experiment.store import Store
from paribus.experiment.task import Task
from paribus.values.comparison import Arm, Design
from paribus.values.errors import DataError, RecipeError
from paribus.values.events import Event, Phase, SearchEvent, TrialsBegun
from paribus.values.explanation import Effect, Intervention
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult

# Under these schedules a run's first epochs are those of a shorter run: what it had reached by then counts for that.
_OPEN_ENDED = ("constant", "step")

Outcome = tuple[Intervention, Effect]

# Of effects that are known, and how many runs of the others are still to end: more runs, where these tell which.
Following = Callable[[Sequence[Outcome], int], Sequence[Task]]


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
        self.make([plan], self.on_event)
        return self._results(plan, "")

    def effects(
        self,
        recipe: Recipe,
        interventions: Iterable[Intervention],
        seeds: Sequence[int],
        epochs: int,
        phase: Phase,
        following: Following = lambda known, under_way: (),
    ) -> list[Outcome]:
        """Each intervention against the unchanged recipe, after `epochs` epochs; with all its own where it sets them.

        Interventions that ask of the data what they have not are left out. `following` is asked for more runs when
        there are fewer left than workers.
        """
        pairs: list[Pair] = []
        for intervention in interventions:
            after = changed(recipe, intervention)
            length = after.epochs if after.epochs != recipe.epochs else epochs
            with contextlib.suppress(RecipeError, DataError):
                pairs.append(Pair(intervention, length, self._pair(recipe, after, seeds, epochs, length, phase)))
        if pairs:
            self.on_event(TrialsBegun(phase, tuple(pair.intervention for pair in pairs), epochs, tuple(seeds)))

        def then() -> Sequence[Task]:
            left = [{t.run_id for t in pair.plan.tasks if not self.store.ended(t.run_id)} for pair in pairs]
            known = [pair for pair, runs in zip(pairs, left, strict=True) if not runs]
            return following([(pair.intervention, self._effect(pair)) for pair in known], len(set().union(*left)))

        self.make([pair.plan for pair in pairs], Watched(pairs, self._effect, self.on_event), then)
        return [(pair.intervention, self._effect(pair)) for pair in pairs]

    def _effect(self, pair: Pair) -> Effect:
        return effect(self._results(pair.plan, "without"), self._results(pair.plan, "with"), pair.epochs)

    def _pair(
        self, recipe: Recipe, after: Recipe, seeds: Sequence[int], epochs: int, length: int, phase: Phase
    ) -> Plan:
        """With and without on one kernel, so that they differ in nothing else.

        While screening, a run without that is there counts also if it was made on another kernel: by itself the recipe
        may have a faster one. Kernels differ in rounding alone, and what a screening chooses is confirmed on one.
        """
        after = after.model_copy(update={"epochs": length})
        if recipe.schedule in _OPEN_ENDED:
            whole = self._plan([("without", recipe), ("with", after)], seeds)
            if self._ended(whole):
                return whole
            alone = self._plan([("without", recipe)], seeds)
            if phase == "screening" and self._ended(alone):
                return replace(whole, tasks=(*alone.tasks, *(task for task in whole.tasks if task.arm == "with")))
        return self._plan([("without", recipe.model_copy(update={"epochs": epochs})), ("with", after)], seeds)

    def _ended(self, plan: Plan) -> bool:
        """Whether all its runs of the unchanged recipe are there."""
        return all(self.store.ended(task.run_id) for task in plan.tasks if task.arm == "without")

    def _plan(self, recipes: Sequence[tuple[str, Recipe]], seeds: Sequence[int]) -> Plan:
        arms = tuple(Arm(name=name, value=name, recipe=recipe) for name, recipe in recipes)
        design = Design(factor="", arms=arms, seeds=tuple(seeds), recipe_name="", differences={}, id="")
        return make_plan(design, self.how)

    def make(
        self,
        plans: Sequence[Plan],
        listener: Callable[[Event], None],
        then: Callable[[], Sequence[Task]] = lambda: (),
    ) -> None:
        """The plans' runs, those that take longest first, each begun with the epochs of a shorter one that is there."""
        from paribus.experiment.execute import execute

        tasks = {task.run_id: with_beginning(task, self.store) for plan in plans for task in plan.tasks}
        on_cpu = all(task.device == "cpu" for task in tasks.values())
        workers = self.how.workers or (usable_cores() if on_cpu else 1)
        todo = longest_first(list(tasks.values()), self.store)
        execute(todo, self.store, workers, listener, self.executor, then=then)

    def _results(self, plan: Plan, arm: str) -> list[RunResult]:
        found = (self.store.result(task.run_id) for task in plan.tasks if task.arm == arm)
        return [result for result in found if result is not None]
