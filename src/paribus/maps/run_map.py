"""How far a verdict reaches: a small comparison in each cell of a grid of recipes, decided as early as can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

import paribus
from paribus.core.errors import ErrorCollector, ParibusError
from paribus.maps.cell_verdict import DEFAULT_SEEDS, Step, alpha, ended, first_step, judged, next_step
from paribus.maps.grid import At, Grid, command_for, grid_for
from paribus.maps.result import MapResult
from paribus.programs.resolve_program import Named, ProgramOptions, program_named
from paribus.records.events import Event
from paribus.records.map import MapArm, MapCell, MapPlan, MapRound, VerdictMap
from paribus.records.run import RunResult
from paribus.runs.budget_runner import BudgetRunner, typical_epoch
from paribus.runs.engines.clusters import check_cluster, opened, workers_at
from paribus.runs.engines.engine import Engine
from paribus.runs.estimating import Paces, estimate
from paribus.runs.planning import Plan, Settings, check_settings, make_plan, store_at
from paribus.runs.pool import warm_up
from paribus.runs.store import Store
from paribus.runs.task import Task
from paribus.runs.worker_count import workers_on

Listener = Callable[[Event | MapRound], None]


def map_verdict(
    factor: str,
    values: Sequence[Any],
    over: Mapping[str, Sequence[Any]],
    *,
    program: Named = None,
    recipe: Any = None,
    settings: Mapping[str, Any] | None = None,
    seeds: int = DEFAULT_SEEDS,
    epochs: int | None = None,
    margin: float | None = None,
    first_seed: int = 0,
    budget: float | None = None,
    workers: int | None = None,
    device: str = "auto",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Listener = lambda event: None,
    executor: Executor | None = None,
    cluster: str | None = None,
    trust: bool = False,
    **options: Unpack[ProgramOptions],
) -> MapResult:
    """Where which arm wins: `pb.map_verdict("activation", ["sigmoid", "relu"], {"weight_decay": [0, 1e-3, 0.1]})`.

    `over` has one or two fields with their values; `program`, `recipe`, `settings` and `options` are those of
    `paribus.compare`. Each cell is a comparison of its own, with two seeds at
    first and at most `seeds`; it stops as soon as it is decided. `epochs`: how long every run is; without it a third of
    the program's, and all of it where no run trained. `margin` is of the steering metric: of a share in percentage
    points (1 without one), else in its unit, and without one nothing is called equal.
    `budget` bounds the new runs, in seconds: what does not fit is left open. Finished runs are reused, so the same call
    goes on where an earlier one was stopped. `trust`: run code also where a file of somebody's
    store names it. `cluster`, `executor`: where runs are made, as in `paribus.compare`.
    Raises ParibusError for whatever a user can mend.
    """
    how = Settings(store_at(out), device, workers, "light", kernel)
    named = program_named(program, options)
    errors = ErrorCollector("the map")
    with errors:
        check_settings(how, named)
    with errors:
        check_budget(budget)
    with errors:
        grid = grid_for(factor, values, over, recipe, settings or {}, seeds, epochs, margin, first_seed, trust, named)
    with errors:
        check_cluster(cluster, executor)
    errors.raise_all()
    with opened(cluster, executor, how.out) as engine:
        return run_map(grid, replace(how, workers=workers_at(engine, workers)), budget, on_event, engine)


def check_budget(budget: float | None) -> None:
    """Raise ParibusError unless it is a span of time in seconds, or None."""
    if budget is not None and not 0 < budget < float("inf"):
        raise ParibusError(
            "budget must be a number of seconds greater than 0, or {none} for no bound", none="None", got=budget
        )


def run_map(
    grid: Grid,
    how: Settings,
    budget: float | None = None,
    on_event: Listener = lambda event: None,
    executor: Executor | Engine | None = None,
) -> MapResult:
    """Run what is missing, judge every cell, and keep the map in the store."""
    begun = time.monotonic()
    if executor is None:
        warm_up(grid.program.preload)
    runner = BudgetRunner(grid.program, how, executor, None if budget is None else begun + budget)
    survey = Survey(grid, runner, on_event)
    cells = survey.cells()
    made = VerdictMap(
        id=grid.id,
        factor=grid.factor,
        program=grid.program.info,
        fields=grid.fields,
        recipe_name=grid.recipe_name,
        arms=tuple(MapArm(name=arm.name, value=arm.value) for arm in grid.design(grid.points()[0], 1, 1).arms),
        axes=grid.axes,
        cells=cells,
        epochs=grid.epochs,
        margin=grid.margin,
        alpha=alpha(grid.seeds),
        seconds=time.monotonic() - begun,
        complete=runner.complete,
        runs=tuple(survey.run_ids),
        environment=max((run.record for run in survey.seen), key=lambda record: record.started).environment,
        command=command_for(grid, how),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        paribus=paribus.__version__,
    )
    runner.store.save_map(made)
    return MapResult(made, runner.store)


class Survey:
    """The rounds of runs behind a map. `run_ids` and `seen` are the runs that it came to rest on."""

    def __init__(self, grid: Grid, runner: BudgetRunner, on_event: Listener) -> None:
        self.grid = grid
        self.runner = runner
        self.run_ids: dict[str, None] = {}
        self.seen: list[RunResult] = []
        self._on_event = on_event

    def cells(self) -> tuple[MapCell, ...]:
        """Every cell, in the order of the axes. A cell that is decided stops; the most nearly decided go first."""
        grid = self.grid
        cells = {at: MapCell(at=at, state="open", epochs=grid.length(at)) for at in grid.points()}
        steps = {at: first_step(grid.seeds, grid.length(at)) for at in cells}
        number = 0
        while steps:
            number += 1
            plans = {at: self._plan(at, steps[at]) for at in sorted(steps, key=lambda at: _uncertainty(cells[at]))}
            self._note(plans.values())
            runs = len({task.run_id for plan in plans.values() for task in plan.tasks})
            self._on_event(MapRound(number, len(plans), runs, tuple(cells.values())))
            done = self._run(plans, steps)
            cells |= done
            found = {at: next_step(cell, grid.seeds, grid.whole(at)) for at, cell in done.items()}
            steps = {at: step for at, step in found.items() if step is not None}
        return tuple(ended(cell, grid.whole(at)) for at, cell in cells.items())

    def _plan(self, at: At, step: Step) -> Plan:
        return self.runner.plan_of(self.grid.design(at, step.seeds, step.epochs))

    def _note(self, plans: Iterable[Plan]) -> None:
        """Before anything is run, so that `prune` keeps it."""
        self.run_ids |= {task.run_id: None for plan in plans for task in plan.tasks}
        self.runner.store.record_map_plan(self.grid.id, self.run_ids)

    def _run(self, plans: Mapping[At, Plan], steps: Mapping[At, Step]) -> dict[At, MapCell]:
        """As many cells of a round as there is time for. Where no run tells how long one takes, one cell goes first."""
        waiting = list(plans)
        done: dict[At, MapCell] = {}
        while waiting:
            first = self.runner.deadline is not None and not self.seen
            batch = waiting[: 1 if first else self._fitting(waiting, plans)]
            if not batch:
                break
            tasks = (task for at in batch for task in plans[at].tasks)
            self.runner.make(tasks, self._on_event, first=not self.seen)
            done |= {at: self._judged(at, plans[at], steps[at]) for at in batch}
            waiting = waiting[len(batch) :] if first else []
        return done

    def _fitting(self, waiting: Sequence[At], plans: Mapping[At, Plan]) -> int:
        epoch = typical_epoch(self.seen) if self.seen else 0.0
        return self.runner.fitting([epoch * self.runner.epochs(plans[at].tasks) for at in waiting], tuple(waiting))

    def _judged(self, at: At, plan: Plan, step: Step) -> MapCell:
        store, metric = self.runner.store, self.grid.program.steering(plan.design.arms[0].fields)
        results = {(task.arm, task.seed): store.result(task.run_id) for task in plan.tasks}
        arms = [(arm.name, [r for s in plan.design.seeds if (r := results[arm.name, s])]) for arm in plan.design.arms]
        self.seen += [run for _, runs in arms for run in runs]
        return judged(at, arms, epochs=step.epochs, look=step.look, margin=self.grid.margin, metric=metric)


def plan_map(grid: Grid, how: Settings) -> MapPlan:
    """What a map would take: counted and estimated; nothing is run."""
    store, points, program = Store(how.out), grid.points(), grid.program
    seeds = first_step(grid.seeds, 1).seeds
    first = [make_plan(grid.design(at, seeds, grid.length(at)), how, program=program) for at in points]
    every = [make_plan(grid.design(at, grid.seeds, grid.length(at)), how, program=program) for at in points]
    workers, paces = workers_on(first[0].device, how.workers), Paces(store, program)
    return MapPlan(
        id=grid.id,
        cells=len(points),
        runs_least=sum(len(plan.tasks) for plan in first),
        runs_most=sum(len(plan.tasks) for plan in every),
        finished=sum(plan.finished for plan in every),
        seconds_least=estimate(_todo(first, store), store, workers, paces),
        seconds_most=estimate(_todo(every, store), store, workers, paces),
        bytes=sum(plan.bytes for plan in every),
    )


def _todo(plans: list[Plan], store: Store) -> list[Task]:
    return [task for plan in plans for task in plan.tasks if store.ended(task.run_id, task.replaces) is None]


def _uncertainty(cell: MapCell) -> float:
    """The least p of a cell's pairs: how far it is from being decided; 1 where nothing was compared."""
    return min((pair.p for pair in cell.pairs if pair.p is not None), default=1.0)


def load_map(name: str, out: str | Path | None = None) -> MapResult:
    """A map of the store, by its id or its beginning."""
    store = Store(store_at(out))
    return MapResult(store.load_map(name), store)
