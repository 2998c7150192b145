"""One recipe, one seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from paribus.core.errors import ErrorCollector, Fault, FaultsError
from paribus.programs.resolve_program import Named, ProgramOptions, program_named
from paribus.records.design import Arm, Design
from paribus.records.events import Event
from paribus.results import Run
from paribus.runs.base_fields import with_epochs
from paribus.runs.jupyter import heard
from paribus.runs.planning import Plan, Settings, check_settings, make_plan, store_at
from paribus.runs.pool import warm_up
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program
from paribus.runs.store import RunFolder, Store
from paribus.runs.tracking import check_log, warned
from paribus.runs.trust import refuse_code


def train(
    recipe: Any = None,
    *,
    program: Named = None,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    epochs: int | None = None,
    device: str = "auto",
    probes: str = "light",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    trust: bool = False,
    log: str | Sequence[str] = (),
    **options: Unpack[ProgramOptions],
) -> Run:
    """Make one run with one seed in a process of its own; a finished run is reused, an interrupted one resumed.

    `recipe`: what to start from, and `program`, `options`: what is run, as `paribus.compare` takes them. `trust`: run
    code also where a file of somebody's store names it. `log`: as of `paribus.compare`.
    """
    check_log(log)
    how = Settings(store_at(out), device, 1, probes, kernel)
    named = program_named(program, options)
    warm_up(named.preload)
    plan = plan_training(recipe, settings or {}, seed, epochs, how, trust, named)
    with heard(on_event, 1) as hear, warned(log, Store(how.out), hear) as told:
        return run_training(plan, told)


def plan_training(
    recipe: Any,
    settings: Mapping[str, Any],
    seed: int,
    epochs: int | None,
    how: Settings,
    trust: bool = False,
    program: Program | None = None,
) -> Plan:
    """A plan of one run."""
    program = program or default_program()
    errors = ErrorCollector("the run")
    refuse_code(recipe, trust, program)  # before any code is loaded
    with errors:
        if seed < 0:
            raise FaultsError("the run", [Fault("{field} must be at least {limit}", seed, field="seed", limit=0)])
    with errors:
        check_settings(how, program)
    with errors:
        fields, name = program.start(recipe, with_epochs(program, settings, epochs))
        arm = Arm(name=name, value=name, fields=fields)
    errors.raise_all()
    design = Design(program=program.info, arms=(arm,), seeds=(seed,), recipe_name=name)
    return make_plan(design, how, program=program)


def run_training(plan: Plan, on_event: Callable[[Event], None] = lambda event: None) -> Run:
    """Make the run if it is missing, and open it."""
    from paribus.runs.execute import execute
    from paribus.runs.first_run import make_first

    task = plan.tasks[0]
    store = Store(Path(task.store))
    made = make_first(plan.program, plan.tasks, store, on_event)
    execute(made.left, store, 1, on_event)
    return _open(store.open_run(task.run_id))


def load_run(name: str, out: str | Path | None = None) -> Run:
    """A run, by its id, its beginning, or its folder's path. Runs nothing of what it opens."""
    return _open(Store(store_at(out)).open_run(name))


def _open(folder: RunFolder) -> Run:
    return Run(folder.record(), folder.epochs(), folder)
