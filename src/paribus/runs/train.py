"""One recipe, one seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from paribus.core.errors import ErrorCollector, Fault, FaultsError
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.recipes import recipe as recipe_for
from paribus.programs.recipe.recipes import recipe_name
from paribus.records.comparison import Arm, Design
from paribus.records.events import Event
from paribus.results import Run
from paribus.runs.planning import Plan, Settings, check_settings, make_plan, store_at
from paribus.runs.pool import warm_up
from paribus.runs.registry import default_program, program_of
from paribus.runs.store import RunFolder, Store
from paribus.runs.trust import refuse_code


def train(
    recipe: str | Path | Recipe = "lesson",
    *,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    epochs: int | None = None,
    device: str = "auto",
    probes: str = "light",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    trust: bool = False,
) -> Run:
    """Train one recipe with one seed in a process of its own; a finished run is reused, an interrupted one resumed.

    `trust`: run a model that is code also where a recipe file of somebody's store names it.
    """
    how = Settings(store_at(out), device, 1, probes, kernel)
    warm_up()
    plan = plan_training(recipe, settings or {}, seed, epochs, how, trust)
    return run_training(plan, on_event)


def plan_training(
    recipe: str | Path | Recipe,
    settings: Mapping[str, Any],
    seed: int,
    epochs: int | None,
    how: Settings,
    trust: bool = False,
) -> Plan:
    """A plan of one run."""
    changed = {**settings, **({} if epochs is None else {"epochs": epochs})}
    errors = ErrorCollector("the run")
    with errors:
        refuse_code(recipe, trust)
    with errors:
        if seed < 0:
            raise FaultsError("the run", [Fault("{field} must be at least {limit}", seed, field="seed", limit=0)])
    with errors:
        check_settings(how)
    with errors:
        name = recipe_name(recipe, changed)
        arm = Arm(name=name, value=name, fields=recipe_for(recipe, **changed).as_fields())
    errors.raise_all()
    design = Design(
        program=default_program().info, factor="", arms=(arm,), seeds=(seed,), recipe_name=name, differences={}, id=""
    )
    return make_plan(design, how)


def run_training(plan: Plan, on_event: Callable[[Event], None] = lambda event: None) -> Run:
    """Make the run if it is missing, and open it."""
    from paribus.runs.execute import execute
    from paribus.runs.first_run import make_first

    task = plan.tasks[0]
    store = Store(Path(task.store))
    made = make_first(program_of(plan.design.program), plan, store, on_event, twice=False)
    execute(made.left, store, 1, on_event)
    return _open(store.open_run(task.run_id))


def load_run(name: str, out: str | Path | None = None) -> Run:
    """A run, by its id, its beginning, or its folder's path. Runs nothing of what it opens."""
    return _open(Store(store_at(out)).open_run(name))


def _open(folder: RunFolder) -> Run:
    return Run(folder.record(), folder.epochs(), folder)
