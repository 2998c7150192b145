"""From a plan whose runs have ended to the comparison: its results read, judged, and counted as a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import paribus
from paribus.comparison.anytime.stopping_limits import Until
from paribus.comparison.command_line import command_for
from paribus.core.errors import ComparisonError
from paribus.records.comparison import Comparison
from paribus.records.run import RunResult
from paribus.runs.planning import Plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.task import Task


def compare_runs(plan: Plan, store: Store, margin: float, until: Until | None = None) -> Comparison:
    """The statistics and verdict over finished runs; one more look at these arms, where seeds or margin changed.

    Where pairs were added until it was decided, looks cost nothing and are not counted.
    """
    from paribus.comparison.from_runs import compare as analyse

    design, program = plan.design, plan.program
    results: dict[tuple[str, int], RunResult] = {}
    for task in plan.tasks:
        result = result_of(task, store, program)
        if result is None:
            raise ComparisonError("run {name} is not finished; the same command goes on with it", name=task.run_id)
        results[task.arm, task.seed] = result
    within = margin / design.program.judging.scale
    common = [seed for seed in design.seeds if all((arm.name, seed) in results for arm in design.arms)]
    return analyse(
        design,
        results,
        evidence=program.evidence(design.model_copy(update={"seeds": tuple(common)}), results),
        margin=within,
        paired=program.paired,
        look=1 if until else store.record_look(design.id, len(design.seeds), within),
        most=until.most if until else None,
        command=command_for(design, margin, plan.settings, program, until),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        paribus_version=paribus.__version__,
    )


def result_of(task: Task, store: Store, program: Program) -> RunResult | None:
    """A run's result as it is compared; None where it has not ended."""
    result = store.result(task.run_id)
    if result is None:
        return None
    return _judged_anew(replace(result, items={**result.items, **program.outcomes(result)}), program)


def _judged_anew(result: RunResult, program: Program) -> RunResult:
    """With what *trained* means now, if the user says it: it may have meant something else when the run was made."""
    if "trained" not in program.info.source:
        return result
    trained = result.record.status == "finished" and program.trained(result.record.figures)
    return replace(result, record=result.record.model_copy(update={"trained": trained}))
