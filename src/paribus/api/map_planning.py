"""What a map would take, said before it starts."""

from __future__ import annotations

from paribus.analysis.map import first_step
from paribus.api.estimating import estimate
from paribus.api.grid import Grid
from paribus.api.planning import Plan, Settings, make_plan, workers_on
from paribus.experiment.store import Store
from paribus.experiment.task import Task
from paribus.values.map import MapPlan


def plan_map(grid: Grid, how: Settings) -> MapPlan:
    """Count and estimate; nothing is run."""
    store, points = Store(how.out), grid.points()
    program, seeds = grid.program, first_step(grid.seeds, 1).seeds
    first = [make_plan(grid.design(at, seeds, grid.length(at)), how, program=program) for at in points]
    every = [make_plan(grid.design(at, grid.seeds, grid.length(at)), how, program=program) for at in points]
    workers = workers_on(first[0].device, how.workers)
    return MapPlan(
        id=grid.id,
        cells=len(points),
        runs_least=sum(len(plan.tasks) for plan in first),
        runs_most=sum(len(plan.tasks) for plan in every),
        finished=sum(plan.finished for plan in every),
        seconds_least=estimate(_todo(first, store), store, workers, program),
        seconds_most=estimate(_todo(every, store), store, workers, program),
        bytes=sum(plan.bytes for plan in every),
    )


def _todo(plans: list[Plan], store: Store) -> list[Task]:
    return [task for plan in plans for task in plan.tasks if store.ended(task.run_id) is None]
