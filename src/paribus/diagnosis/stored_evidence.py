"""What runs that are there already say of a change, so that an answer does not contradict one of them."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.core.errors import ParibusError
from paribus.diagnosis.intervention_outcomes import CONTRIBUTING, Scale, best_reached, effect, recovered
from paribus.diagnosis.interventions import changed
from paribus.diagnosis.subject import Subject
from paribus.records.intervention import Effect, Tested
from paribus.runs.budget_runner import BudgetRunner


def beside_stored(tested: Sequence[Tested], subject: Subject, scale: Scale, runner: BudgetRunner) -> tuple[Tested, ...]:
    """What was tried short alone, and did not help there, beside whole runs of the same change that are in the store.

    Where those did better than the runs that are explained, nothing is said to have no effect.
    """
    best = best_reached(effect for one in tested for effect in (one.screened, one.confirmed))
    return tuple(_beside(one, best, subject, scale, runner) for one in tested)


def _beside(one: Tested, best: float, subject: Subject, scale: Scale, runner: BudgetRunner) -> Tested:
    if one.kind != "no_effect_seen" or (found := _found(one, subject, runner)) is None:
        return one
    helped = recovered(found, max(best, found.explained_after), scale) >= CONTRIBUTING
    trained = found.trained_before is not None and (found.trained_after or 0) > found.trained_before
    if not (helped or trained):
        return one
    return one.model_copy(update={"kind": "not_established", "stored": found})


def _found(one: Tested, subject: Subject, runner: BudgetRunner) -> Effect | None:
    """Whole runs with the change, on seeds of the runs that are explained; None where there are none."""
    program = runner.program
    try:
        plan = runner.plan([("with", program.fields(changed(subject.fields, one.intervention)))], subject.seeds)
    except ParibusError:  # what this change asks for cannot be had
        return None
    after = {result.record.seed: result for result in runner.results(plan, "with")}
    before = [run for run in subject.runs if run.record.seed in after]
    if not before:
        return None
    length = program.info.length_of(subject.fields)
    return effect(program, before, [after[run.record.seed] for run in before], length)
