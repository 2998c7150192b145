"""The main job: plan, run, compare."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from paribus.comparison.anytime.stopping_limits import Until, growing, until_for
from paribus.comparison.baseline import with_baseline
from paribus.comparison.decision_rule.editions import CURRENT, with_edition
from paribus.comparison.factorial.design import crossed_design
from paribus.comparison.fair_design import (
    arms_digest,
    check_seed_range,
    check_whole,
    design_from_factor,
    design_from_recipes,
    seed_numbers,
)
from paribus.comparison.from_plan import compare_runs, result_of
from paribus.comparison.margin import check_margin, margin_for
from paribus.comparison.tuning.plan import check_alone, tuning_for
from paribus.comparison.tuning.ranges import ranges_of
from paribus.core.errors import ComparisonError, ErrorCollector, StoreError
from paribus.programs.function.choices import by_name
from paribus.programs.resolve_program import Named, ProgramOptions, program_named
from paribus.programs.view import program_view
from paribus.records.design import Design
from paribus.records.events import Event, TuningEvent
from paribus.records.program import Fields, ProgramInfo
from paribus.results import ComparisonResult
from paribus.runs.base_fields import sound, with_epochs
from paribus.runs.engines.clusters import check_cluster, opened, workers_at
from paribus.runs.engines.engine import Engine
from paribus.runs.jupyter import heard
from paribus.runs.planning import Plan, Settings, check_settings, make_plan, store_at
from paribus.runs.pool import warm_up
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program, program_of
from paribus.runs.store import Store
from paribus.runs.tracking import check_log, warned
from paribus.runs.trust import refuse_code

Listener = Callable[[Event], None]


def _ignore(event: TuningEvent) -> None:
    """Nobody listens."""


def compare(
    factor: str | Sequence[Any] | Mapping[str, Sequence[Any]],
    values: Sequence[Any] | None = None,
    *,
    factorial: bool = False,
    program: Named = None,
    recipe: Any = None,
    settings: Mapping[str, Any] | None = None,
    seeds: int = 6,
    epochs: int | None = None,
    margin: float | None = None,
    confounded: bool = False,
    baseline: str = "",
    rule: str = CURRENT,
    first_seed: int = 0,
    workers: int | None = None,
    device: str = "auto",
    probes: str = "light",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Callable[[TuningEvent], None] | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    trust: bool = False,
    until_decided: bool = False,
    max_seeds: int | None = None,
    budget: float | None = None,
    tune: Mapping[str, Any] | None = None,
    tune_tries: int | None = None,
    tune_seeds: int | None = None,
    tune_sampler: str | None = None,
    log: str | Sequence[str] = (),
    **options: Unpack[ProgramOptions],
) -> ComparisonResult:
    """Train every arm with every seed, paired, and decide: `pb.compare("activation", ["sigmoid", "relu"])`.

    `factor` names a field and `values` its values; or `factor` is a list of what `recipe` may be, which may differ in
    one field only unless `confounded`. With `factorial` it is `{field: values}` of two fields: every level of one is
    trained with every level of the other, and what each does, alone and together, is told. `program`: a function,
    `module:function`, a list of the words of a command, or a Program, with its `options` (see `ProgramOptions`);
    without one the built-in recipe. `recipe` is what to start from: a TOML file of fields, or of the built-in program a
    recipe or its name. `settings` changes fields for all arms. `margin`: differences within it count as practically
    equal; of a share in percentage points (0.1 without one), else in the metric's unit, and without one nothing is ever
    called equal. `baseline` names the arm against which each other one is judged, and no two others. `rule`: the
    edition of the decision rule, `second` or `first`. The seeds are
    `seeds` numbers from `first_seed` on; another first seed is a comparison of its own, on fresh data. Finished runs in
    the store `out` are reused, interrupted ones resumed. `cluster`: where runs are made, `local:N`, the address of
    a Dask scheduler, or `slurm`; `executor`: any executor whose workers share the store's folder, or a Client of
    Dask's. `trust`: run code also where a file of somebody's store names it. `until_decided`: add seed by seed
    until it is decided, in place of `seeds`; at most `max_seeds` (30), and with `budget` for so many seconds.
    `tune`: fields with ranges, `{"learning_rate": (1e-4, 1e-1)}`, or lists of values: then every arm is also
    compared at its own best, which it has `tune_tries` tries (12) of `tune_seeds` runs (2) to find, by the steering
    metric; what came of it is `tuned` of the result. `tune_sampler`: `random`, `tpe` (Optuna's), or `auto`. `log`:
    `tensorboard:FOLDER` or `mlflow:ADDRESS`, or several: where the figures of runs go as well, while they are made.
    Raises ParibusError for whatever a user can mend.
    """
    how = Settings(store_at(out), device, workers, probes, kernel)
    program, values = by_name(program, factor, values)
    named = program_named(program, options)
    errors = ErrorCollector("the comparison")
    with errors:
        within = margin_for(margin, named.info.judging)
    with errors:
        check_settings(how, named)
    with errors:
        check_log(log)
    with errors:
        check_cluster(cluster, executor)
    until = None
    with errors:
        until = until_for(until_decided, max_seeds, budget)
    tuning, asked = None, (tune is not None, tune_tries, tune_seeds, tune_sampler)
    with errors:
        check_alone(*asked, until_decided=until_decided, factorial=factorial)
    most = until.most if until else seeds
    with errors:
        if isinstance(factor, Mapping) or factorial:
            crossed = factor if isinstance(factor, Mapping) and factorial else {}
            design = crossed_design(crossed, recipe, settings or {}, most, epochs, first_seed, trust, named)
        else:
            design = design_for(
                factor, values, recipe, settings or {}, most, epochs, confounded, first_seed, trust, program=named
            )
        design = growing(with_edition(with_baseline(design, baseline), rule), until)
        if tune is not None:
            tuning = tuning_for(ranges_of(tune, named), design, named, *asked[1:])
    errors.raise_all()
    if executor is None and cluster is None:
        warm_up(named.preload)  # loaded meanwhile; planning needs no torch where the device is the CPU
    with opened(cluster, executor, how.out) as engine:
        plan = make_plan(design, replace(how, workers=workers_at(engine, workers)), program=named)
        with heard(on_event, None if until or tuning else len(plan.tasks)) as hear:
            with warned(log, Store(how.out), hear) as told:
                result = run_plan(plan, within, told, engine, until)
            if tuning is not None:
                from paribus.comparison.tuning.at_best import tuned_against_tuned

                tuned_against_tuned(plan, within, tuning, hear, engine)
    return result


def design_for(
    factor: str | Sequence[Any],
    values: Sequence[Any] | None,
    recipe: Any,
    settings: Mapping[str, Any],
    seeds: int,
    epochs: int | None,
    confounded: bool,
    first_seed: int = 0,
    trust: bool = False,
    program: Program | None = None,
) -> Design:
    """What is to be compared, checked for fairness. Raises ParibusError, with all faults at once.

    trust: whether a file that lies in a store may name code (see `refuse_code`).
    """
    program = program or default_program()
    changed = with_epochs(program, settings, epochs)
    check_whole(seeds, first_seed)
    errors = ErrorCollector("the comparison")
    for start in [recipe] if isinstance(factor, str) else factor:
        refuse_code(start, trust, program)  # before any code is loaded
    with errors:
        check_seed_range(seeds, first_seed)
    numbers = seed_numbers(seeds, first_seed)
    name = ""
    if isinstance(factor, str):
        field, given = program.own_name(factor, (values or [None])[0])
        base = None
        with errors:
            if field in changed:
                raise ComparisonError(
                    "{field} is what differs between the arms, and cannot be set for all of them as well",
                    got=changed[field],
                    field=field,
                )
        with errors:
            base, name = program.start(recipe, changed, {field: given})
        with errors:
            if not values:
                raise ComparisonError("a factor needs two values or more: {factor}=V1,V2", factor=factor)
            own = [program.own_name(factor, value)[1] for value in values]
            base = base or sound(program, {field: given, **changed})  # to check the factor by, where the start is wrong
            design = design_from_factor(program, field, own, base, "", numbers)
    else:
        starts: list[tuple[str, Fields]] = []
        for start in factor:
            with errors:
                fields, _ = program.start(start, changed)
                starts.append((program.start(start, {})[1], fields))
        errors.raise_all()
        design = design_from_recipes(program, starts, numbers, confounded)
    errors.raise_all()
    return design.model_copy(update={"recipe_name": name}) if name else design


def run_plan(
    plan: Plan,
    margin: float,
    on_event: Listener = _ignore,
    executor: Executor | Engine | None = None,
    until: Until | None = None,
) -> ComparisonResult:
    """Make what runs are missing, or as many as `until` asks for; compare, and keep the comparison in the store."""
    from paribus.comparison.determinism import repeat_of
    from paribus.runs.execute import execute
    from paribus.runs.first_run import make_first

    if margin:
        check_margin(margin, plan.design.program.judging)
    store = Store(Path(plan.tasks[0].store))
    arms = arms_digest(plan.program, [arm.fields for arm in plan.design.arms], plan.design.confounded)
    store.record_plan(plan.design.id, [task.run_id for task in plan.tasks], arms)
    names, unfinished = [arm.name for arm in plan.design.arms], plan.finished < len(plan.tasks)
    made = make_first(plan.program, plan.tasks, store, on_event, executor, arms=names, twice=unfinished)
    analysis = _analysis(plan.design.program)
    if until is None:
        execute(made.left, store, plan.workers, on_event, executor, analysis)
    else:
        from paribus.comparison.anytime.until_decided import grown

        left = {task.run_id for task in made.left}
        told = [task.run_id for task in plan.tasks if task.run_id not in left]
        within, read = margin / plan.design.program.judging.scale, partial(result_of, store=store, program=plan.program)
        plan = grown(plan, within, until, store, read, on_event, executor, analysis, told)
    comparison = compare_runs(plan, store, margin, until)
    comparison = comparison.model_copy(update={"repeat": repeat_of(comparison, made)})
    store.save_comparison(comparison)
    store.save_recipes(comparison)
    return ComparisonResult(comparison, store, program=plan.program)


def sharing(design: Design, store: Store, program: Program | None = None) -> dict[str, tuple[int, ...]]:
    """Other comparisons of these arms, from another first seed, with the seeds that they have in common.

    Their runs are the same, and so is their chance; but each counts its own looks.
    """
    program = program or program_of(design.program)
    arms = arms_digest(program, [arm.fields for arm in design.arms], design.confounded)
    found: dict[str, tuple[int, ...]] = {}
    for name in store.comparisons_of(arms):
        with contextlib.suppress(StoreError):  # begun and not ended, or damaged
            other = store.load_comparison(name)
            common = set(design.seeds) & set(other.seeds)
            others = [arm.fields for arm in other.arms]
            same = arms_digest(program, others, other.confounded) == arms
            if common and name != design.id and same:
                found[name] = tuple(sorted(common))
    return found


def _analysis(program: ProgramInfo) -> tuple[Callable[[], object], ...]:
    """SciPy and the report take most of a second: it passes while workers train, and nobody waits at the end."""
    return (
        lambda: importlib.import_module("paribus.comparison.from_runs"),
        lambda: importlib.import_module("paribus.report.gather"),
        lambda: importlib.import_module("paribus.report.page").prepare(),
        lambda: program_view(program).prepare(),
    )


def load_comparison(name: str, out: str | Path | None = None) -> ComparisonResult:
    """A comparison of the store, by its id or its beginning. Runs nothing of what it opens."""
    store = Store(store_at(out))
    return ComparisonResult(store.load_comparison(name), store)
