"""The main job: plan, run, compare."""

from __future__ import annotations

import contextlib
import importlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paribus
from paribus.comparison.design import arms_digest, design_from_factor, design_from_recipes, value_text
from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError, RecipeError, StoreError
from paribus.core.field_text import value_word
from paribus.programs.recipe.recipe import LESSON, Recipe, canonical
from paribus.programs.recipe.recipes import recipe as recipe_for
from paribus.programs.recipe.recipes import recipe_name
from paribus.records.comparison import Comparison, Design
from paribus.records.events import Event
from paribus.records.program import Fields, Metric
from paribus.records.run import RunResult
from paribus.results import ComparisonResult
from paribus.runs.planning import Plan, Settings, check_settings, make_plan, option_words, store_at
from paribus.runs.pool import warm_up
from paribus.runs.registry import default_program, program_of
from paribus.runs.store import Store, recipe_file
from paribus.runs.trust import refuse_code

Listener = Callable[[Event], None]

MOST_SEEDS = 1000
LARGEST_FIRST_SEED = 1_000_000


def _ignore(event: Event) -> None:
    """Nobody listens."""


def compare(
    factor: str | Sequence[Recipe | str | Path],
    values: Sequence[Any] | None = None,
    *,
    recipe: str | Path | Recipe = "lesson",
    settings: Mapping[str, Any] | None = None,
    seeds: int = 6,
    epochs: int | None = None,
    margin: float = 0.1,
    confounded: bool = False,
    first_seed: int = 0,
    workers: int | None = None,
    device: str = "auto",
    probes: str = "light",
    kernel: str = "auto",
    out: str | Path | None = None,
    on_event: Listener = _ignore,
    executor: Executor | None = None,
    trust: bool = False,
) -> ComparisonResult:
    """Train every arm with every seed, paired, and decide: `pb.compare("activation", ["sigmoid", "relu"])`.

    `factor` names a recipe field and `values` its values; or `factor` is a list of recipes (or recipe files), which
    may differ in one field only unless `confounded`. `settings` changes fields of the recipe for all arms. `margin`
    is in percentage points of what is judged: differences within it count as practically equal. The seeds are
    `seeds` numbers from `first_seed` on; another first seed is a comparison of its own, on fresh data. Finished runs in
    the store `out` are reused, interrupted ones resumed. `executor` is any process-based executor whose workers share
    the store's folder, in place of a pool of our own. `trust`: run models that are code also where a recipe file of
    somebody's store names them. Raises ParibusError for whatever a user can mend.
    """
    how = Settings(store_at(out), device, workers, probes, kernel)
    errors = ErrorCollector("the comparison")
    with errors:
        check_margin(margin)
    with errors:
        check_settings(how)
    with errors:
        design = design_for(factor, values, recipe, settings or {}, seeds, epochs, confounded, first_seed, trust)
    errors.raise_all()
    if executor is None:
        warm_up()  # workers' torch is loaded meanwhile; planning needs none where the device is the CPU
    return run_plan(make_plan(design, how), margin, on_event, executor)


def check_margin(margin: float, metric: Metric | None = None) -> None:
    """Raise FaultsError unless `margin` is one in percentage points; of a metric that is no share, in its unit."""
    if metric is not None and metric.unit != "share":
        if not 0 < margin < float("inf"):
            raise FaultsError(
                "the comparison", [Fault("{field} must be greater than {limit}", margin, field="margin", limit=0)]
            )
    elif not 0 < margin <= 100:
        raise FaultsError(
            "the comparison",
            [Fault("{field} must be greater than 0 and at most 100 percentage points", margin, field="margin")],
        )


def design_for(
    factor: str | Sequence[Recipe | str | Path],
    values: Sequence[Any] | None,
    recipe: str | Path | Recipe,
    settings: Mapping[str, Any],
    seeds: int,
    epochs: int | None,
    confounded: bool,
    first_seed: int = 0,
    trust: bool = False,
) -> Design:
    """What is to be compared, checked for fairness. Raises ParibusError, with all faults at once.

    trust: whether a recipe file that lies in a store may name a model that is code (see `refuse_code`).
    """
    program, changed = default_program(), {**settings, **({} if epochs is None else {"epochs": epochs})}
    errors = ErrorCollector("the comparison")
    for start in [recipe] if isinstance(factor, str) else factor:
        with errors:
            refuse_code(start, trust)
    with errors:
        _check_seeds(seeds, first_seed)
    numbers = range(max(0, first_seed), max(0, first_seed) + min(max(1, seeds), MOST_SEEDS))
    if isinstance(factor, str):
        base = _sound(changed)  # to check the factor by, where the recipe has faults
        with errors:
            base = recipe_for(recipe, **changed)
        with errors:
            if not values:
                raise ComparisonError("a factor needs two values or more: {factor}=V1,V2", factor=factor)
            named = [canonical(factor, value) for value in values]
            design = design_from_factor(
                program, named[0][0], [value for _, value in named], base.as_fields(), "", numbers
            )
    else:
        recipes: list[tuple[str, Fields]] = []
        for start in factor:
            with errors:
                recipes.append((recipe_name(start, {}), recipe_for(start, **changed).as_fields()))
        errors.raise_all()
        design = design_from_recipes(program, recipes, numbers, confounded)
    errors.raise_all()
    if isinstance(factor, str):
        design = design.model_copy(update={"recipe_name": recipe_name(recipe, changed)})
    return design


def _check_seeds(seeds: int, first_seed: int) -> None:
    faults = []
    if seeds < 1:
        faults.append(Fault("{field} must be at least {limit}", seeds, field="seeds", limit=1))
    if seeds > MOST_SEEDS:
        faults.append(Fault("{field} must be at most {limit:,}", seeds, field="seeds", limit=MOST_SEEDS))
    if not 0 <= first_seed <= LARGEST_FIRST_SEED:
        faults.append(
            Fault("the first seed must be at least 0 and at most {limit:,}", first_seed, limit=LARGEST_FIRST_SEED)
        )
    if faults:
        raise FaultsError("the comparison", faults)


def _sound(settings: Mapping[str, Any]) -> Recipe:
    """A recipe with those settings that are right by themselves."""
    base = LESSON
    for field, value in settings.items():
        with contextlib.suppress(RecipeError):
            base = base.with_field(field, value)
    return base


def run_plan(
    plan: Plan, margin: float, on_event: Listener = _ignore, executor: Executor | None = None
) -> ComparisonResult:
    """Make what runs are missing, compare, and keep the comparison in the store."""
    from paribus.comparison.repeat import repeat_of
    from paribus.runs.execute import execute
    from paribus.runs.first_run import make_first

    check_margin(margin, plan.design.program.judging)
    store = Store(Path(plan.tasks[0].store))
    arms = arms_digest(
        program_of(plan.design.program), [arm.fields for arm in plan.design.arms], plan.design.confounded
    )
    store.record_plan(plan.design.id, [task.run_id for task in plan.tasks], arms)
    made = make_first(program_of(plan.design.program), plan, store, on_event, executor)
    execute(made.left, store, plan.workers, on_event, executor, _load_analysis)
    comparison = compare_runs(plan, store, margin)
    comparison = comparison.model_copy(update={"repeat": repeat_of(comparison, made)})
    store.save_comparison(comparison)
    store.save_recipes(comparison)
    return ComparisonResult(comparison, store)


def sharing(design: Design, store: Store) -> dict[str, tuple[int, ...]]:
    """Other comparisons of these arms, from another first seed, with the seeds that they have in common.

    Their runs are the same, and so is their chance; but each counts its own looks.
    """
    program = program_of(design.program)
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


def _load_analysis() -> None:
    """SciPy takes most of a second to load: that passes while workers train, and nobody waits for it at the end."""
    importlib.import_module("paribus.comparison.from_runs")
    importlib.import_module("paribus.report.gather")
    importlib.import_module("paribus.report")


def compare_runs(plan: Plan, store: Store, margin: float) -> Comparison:
    """The statistics and verdict over finished runs; one more look at these arms, where seeds or margin changed."""
    from paribus.comparison.from_runs import compare as analyse

    design, program = plan.design, program_of(plan.design.program)
    results: dict[tuple[str, int], RunResult] = {}
    for task in plan.tasks:
        result = store.result(task.run_id)
        if result is None:
            raise ComparisonError("run {name} is not finished; the same command goes on with it", name=task.run_id)
        results[task.arm, task.seed] = replace(result, items={**result.items, **program.outcomes(result)})
    within = margin / design.program.judging.scale
    return analyse(
        design,
        results,
        evidence=program.evidence(design, results),
        margin=within,
        look=store.record_look(design.id, len(design.seeds), within),
        command=command_for(design, margin, plan.settings),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        paribus_version=paribus.__version__,
    )


def command_for(design: Design, margin: float, how: Settings) -> str:
    """The command line that gives this comparison again, from built-in recipes alone, with the same settings.

    Every field of the first arm that differs from where the program starts is a `--set`, so that no file is needed.
    Arms that differ in several fields need files: those that lie beside the comparison. The store is as the user named
    it.
    """
    words = ["paribus", "compare", *(_files(design, how.out) if design.confounded else _factor_words(design))]
    words.append(f"--seeds={len(design.seeds)}")
    if design.seeds[0]:
        words.append(f"--first-seed={design.seeds[0]}")
    if margin != 0.1:
        words.append(f"--margin={value_text(float(margin))}")
    return shlex.join([*words, *option_words(how)])


def _factor_words(design: Design) -> list[str]:
    factor = f"{design.factor}=" + ",".join(value_word(arm.value) for arm in design.arms)
    return [factor, *program_of(design.program).start_words(design.arms[0].fields, {design.factor})]


def _files(design: Design, out: Path) -> list[str]:
    folder = Store(out).comparison_folder(design.id)
    return [*(str(folder / recipe_file(arm.name)) for arm in design.arms), "--confounded"]


def load_comparison(name: str, out: str | Path | None = None) -> ComparisonResult:
    """A comparison of the store, by its id or its beginning. Runs nothing of what it opens."""
    store = Store(store_at(out))
    return ComparisonResult(store.load_comparison(name), store)
