"""The second answer: the arms compared again, each at its best, on seeds that no search has seen."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from paribus.comparison.command_line import command_for
from paribus.comparison.fair_design import arms_digest
from paribus.comparison.from_plan import compare_runs
from paribus.comparison.tuning.plan import Tuning, active
from paribus.comparison.tuning.search import Listener, Search, tries_of
from paribus.core.errors import ComparisonError
from paribus.core.field_text import cut
from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.events import Event
from paribus.records.tuned import Tuned, TunedArm
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.engines.engine import Engine
from paribus.runs.estimating import Paces, estimate
from paribus.runs.execute import execute
from paribus.runs.planning import Plan, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store


def tuned_against_tuned(
    plan: Plan,
    margin: float,
    tuning: Tuning,
    on_event: Listener,
    executor: Executor | Engine | None = None,
    planned: Callable[[Plan], Callable[[Event], None]] | None = None,
) -> Tuned:
    """Search each arm's best setting, compare the arms at it, and keep both in the store.

    plan: of the same settings, whose runs were made. margin: of the judged metric, as it was given. planned: is told of
    the runs at the best settings before they are made, and gives what hears of them; without it `on_event` does.
    """
    design, program, store = plan.design, plan.program, Store(plan.settings.out)
    name = tuning.id_of(design, program)

    def note(run_ids: Sequence[str]) -> None:
        """So that `prune` keeps them."""
        store.record_plan(name, run_ids, arms_digest(program, [arm.fields for arm in design.arms], design.confounded))

    search = Search(design, tuning, BudgetRunner(program, plan.settings, executor), on_event, note)
    arms = search.run()
    best = tuned_design(design, tuning, arms, program)
    chosen = make_plan(best, plan.settings, program=program)
    digest = arms_digest(program, [arm.fields for arm in best.arms], best.confounded)
    store.record_plan(name, [*search.run_ids, *(task.run_id for task in chosen.tasks)], digest)
    hear = on_event if planned is None else planned(chosen)
    execute(chosen.tasks, store, chosen.workers, hear, executor)
    comparison = compare_runs(chosen, store, margin)
    command = _command(plan, margin, tuning)
    comparison = comparison.model_copy(update={"tuned_fields": tuning.names, "command": command})
    store.save_comparison(comparison)
    store.save_recipes(comparison)
    return _kept(design, tuning, arms, comparison, program, store)


def _kept(
    design: Design,
    tuning: Tuning,
    arms: tuple[TunedArm, ...],
    comparison: Comparison,
    program: Program,
    store: Store,
) -> Tuned:
    found = Tuned(
        program=program.info,
        metric=program.steering(design.arms[0].fields),
        fields=tuning.fields,
        seeds=tuning.seeds_beside(design.seeds),
        tries=tuning.tries,
        sampler=tuning.sampler,
        arms=arms,
        comparison=comparison,
    )
    store.save_tuned(design.id, found)
    return found


def tuned_design(design: Design, tuning: Tuning, arms: Sequence[TunedArm], program: Program) -> Design:
    """The arms at their best. They may differ in what they differed in and in what was tuned, and in nothing else.

    Raises ComparisonError where they do.
    """
    best = [
        arm.model_copy(update={"fields": program.fields({**arm.fields, **found.chosen.values})})
        for arm, found in zip(design.arms, arms, strict=True)
    ]
    known = dict.fromkeys(name for arm in best for name in arm.fields)
    differing = [name for name in known if len({arm.fields.get(name) for arm in best}) > 1]
    allowed = {*design.differences, *tuning.names}
    if more := [name for name in differing if name not in allowed]:
        raise ComparisonError(
            "arms at their best may differ in what was tuned, and these differ in {names} too", names=more
        )
    others = [name for name in design.differences if name not in tuning.names]
    return design.model_copy(
        update={
            "arms": tuple(best),
            "id": tuning.id_of(design, program),
            "confounded": design.confounded and len(others) > 1,
            "differences": {name: tuple(arm.fields.get(name) for arm in best) for name in differing},
        }
    )


def _command(plan: Plan, margin: float, tuning: Tuning) -> str:
    """The command line of the same settings, and what asks for the search; empty where none can."""
    given = command_for(plan.design, margin, plan.settings, plan.program)
    words, own = cut(shlex.split(given))
    more = tuning.options(plan.program)
    return shlex.join([*words, *more, *(["--", *own] if own else [])]) if given else ""


def search_takes(plan: Plan, tuning: Tuning, timed: bool) -> tuple[int, float | None]:
    """How many runs the search and the comparison at the best settings take at most, and about how many seconds.

    None where nothing tells how long a run takes. What is there already is counted too: which it is, shows as it goes.
    """
    design, program, store = plan.design, plan.program, Store(plan.settings.out)
    tries = {arm.name: tries_of(tuning, active(tuning.fields, arm.fields, program)) for arm in design.arms}
    runs = tuning.seeds * sum(tries.values()) + len(design.arms) * len(design.seeds)
    if not timed:
        return runs, None
    beside = design.model_copy(update={"seeds": tuning.seeds_beside(design.seeds)})
    one = make_plan(beside, plan.settings, program=program)
    searched = [task for task in one.tasks for _ in range(tries[task.arm])]
    judged = [task for task in one.tasks if task.seed == beside.seeds[0] for _ in design.seeds]
    return runs, estimate(
        [*searched, *judged], store, BudgetRunner(program, plan.settings).workers, Paces(store, program)
    )
