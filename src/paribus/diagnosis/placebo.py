"""A placebo beside what was confirmed: the same fields with other seeds. It needs no run that was not made anyway."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.diagnosis.intervention_outcomes import Scale, best_reached, effect_of_pairs, judge
from paribus.diagnosis.subject import Subject
from paribus.records.intervention import Effect, Intervention, Kind, Placebo, Tested
from paribus.runs.budget_runner import BudgetRunner

LEAST = 2  # pairs; of one there is no interval
_NOTHING = Intervention(changes=(), finding="placebo")


def placebo_of(tested: Sequence[Tested], subject: Subject, runner: BudgetRunner) -> Placebo | None:
    """The runs that are explained, as if something had been done to the unchanged ones of the confirmation.

    None where nothing was confirmed, or where there is but one run to set beside.
    """
    whole = (one.confirmed.runs_before for one in tested if one.confirmed is not None)
    found = [runner.store.result(run) for run in next(whole, ())]
    before = [result for result in found if result is not None]
    count = min(len(before), len(subject.runs))
    if count < LEAST:
        return None
    length = runner.program.info.length_of(subject.fields)
    seen = effect_of_pairs(runner.program, before[:count], subject.runs[:count], length)
    best = best_reached(effect for one in tested for effect in (one.screened, one.confirmed))
    return Placebo(kind=placebo_kind(seen, subject.scale(), best), effect=seen)


def placebo_kind(seen: Effect, scale: Scale, best: float) -> Kind:
    """What it would be called if a symptom pointed at it. best: the most that any intervention reached."""
    (judged,) = judge([(_NOTHING, None, seen)], scale, max(best, seen.explained_after))
    return judged.kind
