"""The search for what restores training: screened short and cheap, confirmed at full length on fresh seeds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.analysis.interventions import changed, proposals, together
from paribus.analysis.judgement import CONTRIBUTING, RESTORING, judge, recovered
from paribus.analysis.screening import CONFIRMED, Rung, best_first, rungs
from paribus.api.comparing import run_plan
from paribus.api.laboratory import Laboratory, Outcome
from paribus.api.planning import Plan, make_plan
from paribus.experiment.design import design_from_factor
from paribus.experiment.task import Task
from paribus.values.comparison import Comparison
from paribus.values.errors import ComparisonError, RecipeError
from paribus.values.events import TrialsBegun
from paribus.values.explanation import Effect, Intervention, Symptoms, Tested
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult

FRESH_SEEDS = 3  # of a confirmation: none of them was looked at when the interventions were chosen
PAIRED_UP = 3  # the best interventions that are tried two at a time, where none restores training alone


@dataclass(frozen=True)
class Subject:
    """What is to be explained: a recipe, its runs, and the comparison that it is an arm of, if any."""

    name: str
    recipe: Recipe
    runs: tuple[RunResult, ...]
    symptoms: tuple[Symptoms, ...]
    comparison: Comparison | None = None
    arm: str = ""

    def proposals(self) -> tuple[Intervention, ...]:
        """What to try, first what its own symptoms point at. A comparison's factor is no way out."""
        own = next(s for s in self.symptoms if s.arm == self.arm)
        fixed = tuple(self.comparison.differences) if self.comparison else ()
        return proposals(self.recipe, own.findings, fixed)

    def fresh(self, count: int) -> range:
        """Seeds that nobody has looked at, not even in runs of the comparison that are gone."""
        seen = [run.record.seed for run in self.runs] + list(self.comparison.seeds if self.comparison else ())
        first = 1 + max(seen)
        return range(first, first + count)


def outcomes(subject: Subject, lab: Laboratory) -> list[tuple[Intervention, Effect | None, Effect | None]]:
    """Each proposal with what its longest screening gave and what its confirmation gave; None where not run."""
    proposed = list(subject.proposals())
    screened = _screened(subject, proposed, lab)
    if not _restoring(screened):
        pairs = [together(a, b) for a, b in itertools.combinations(best_first(screened)[:PAIRED_UP], 2)]
        pairs = [p for p in pairs if len({c.factor for c in p.changes}) == len(p.changes)]
        proposed += pairs
        epochs = max((effect.epochs for _, effect in screened), default=1)
        screened += _trial(subject, pairs, Rung(len(pairs), min(epochs, subject.recipe.epochs)), lab)
    return _together(proposed, screened, _confirmed(subject, proposed, screened, lab))


def _together(
    proposed: Sequence[Intervention], screened: Sequence[Outcome], confirmed: Sequence[Outcome]
) -> list[tuple[Intervention, Effect | None, Effect | None]]:
    latest, long = dict(screened), dict(confirmed)
    return [(i, latest.get(i), long.get(i)) for i in proposed]


def cause_among(tested: Sequence[Tested]) -> Intervention | None:
    """The first cause: what the comparison is repaired by."""
    return next((t.intervention for t in tested if t.kind == "cause"), None)


def _screened(subject: Subject, proposed: Sequence[Intervention], lab: Laboratory) -> list[Outcome]:
    """Every proposal's longest screening, on the first seed."""
    seen: dict[Intervention, Effect] = {}
    going_on = list(proposed)
    for rung in rungs(len(proposed), subject.recipe.epochs):
        tried = _trial(subject, going_on[: rung.interventions], rung, lab)
        seen |= tried
        going_on = best_first(tried)
    return list(seen.items())


def _trial(subject: Subject, interventions: Sequence[Intervention], rung: Rung, lab: Laboratory) -> list[Outcome]:
    fit = lab.fitting(len(interventions), rung.epochs, subject.runs)
    seed = [subject.runs[0].record.seed]
    return lab.effects(subject.recipe, interventions[:fit], seed, rung.epochs, "screening")


def _winning(screened: Sequence[Outcome], share: float) -> list[Intervention]:
    """Those that win back so much of the deficit, the ones that a finding points at first."""
    best = max((effect.explained_after for _, effect in screened), default=0.0)
    good = [(i, effect) for i, effect in screened if recovered(effect, best) >= share]
    return sorted(best_first(good), key=lambda i: i.finding is None)


def _restoring(screened: Sequence[Outcome]) -> list[Intervention]:
    return _winning(screened, RESTORING)


def to_confirm(screened: Sequence[Outcome]) -> list[Intervention]:
    """What is run at full length: what restores training, and with it what a finding points at where that helps.

    A short run says little of how far an intervention leads, so that another one's head start must not keep the
    suspected cause from being tested. Where nothing restores training, the best are confirmed for what they help.
    """
    good = _restoring(screened)
    suspected = [i for i in _winning(screened, CONTRIBUTING) if i.finding is not None and i not in good]
    chosen = good + suspected if any(i.finding is not None for i in good) else suspected[:1] + good
    if not good:
        chosen += [i for i in best_first(screened) if i not in chosen]
    return chosen[:CONFIRMED]


def _confirmed(
    subject: Subject, proposed: Sequence[Intervention], screened: Sequence[Outcome], lab: Laboratory
) -> list[Outcome]:
    chosen = to_confirm(screened)
    epochs = FRESH_SEEDS * subject.recipe.epochs
    fit = lab.fitting(1 + len(chosen), epochs, subject.runs, at_least=2) - 1  # the unchanged recipe is run as well
    chosen = chosen[: max(0, fit)]
    told = False

    def repairing(known: Sequence[Outcome], under_way: int) -> Sequence[Task]:
        """The repaired comparison's runs, once no confirmation under way can name another cause first."""
        nonlocal told
        cause = cause_among(judge(_together(proposed, screened, known)))
        waiting = [i for i in chosen if i not in dict(known)]
        if told or cause is None or any(proposed.index(i) < proposed.index(cause) for i in waiting):
            return ()
        told = True
        plan = _repair(subject, cause, lab, under_way)
        return () if plan is None else plan.tasks

    seeds = subject.fresh(FRESH_SEEDS)
    return lab.effects(subject.recipe, chosen, seeds, subject.recipe.epochs, "confirming", repairing)


def repaired(subject: Subject, cause: Intervention, lab: Laboratory) -> Comparison | None:
    """The comparison made again with the cause removed from all arms, on as many fresh seeds.

    None if there is none, or if without the cause the factor means nothing: momentum, where Adam is what restores.
    """
    plan = _repair(subject, cause, lab)
    if plan is None or subject.comparison is None:
        return None
    return run_plan(plan, subject.comparison.margin * 100, lab.on_event, lab.executor).comparison


def _repair(subject: Subject, cause: Intervention, lab: Laboratory, under_way: int = 0) -> Plan | None:
    """The repaired comparison's runs, noted and told of; None where there can be none, or no time is left for it.

    `under_way`: runs of the recipe's length that are to end first.
    """
    before = subject.comparison
    if before is None or before.confounded:
        return None
    base, seeds = changed(subject.recipe, cause), subject.fresh(len(before.seeds))
    try:
        design = design_from_factor(before.factor, [arm.value for arm in before.arms], base, before.recipe_name, seeds)
    except (ComparisonError, RecipeError):
        return None
    plan = make_plan(design, lab.how)
    left = len(plan.tasks) - plan.finished
    if left:
        if not lab.fitting(1, (left + under_way) * base.epochs, subject.runs):
            return None
        lab.on_event(TrialsBegun("repairing", (cause,), base.epochs, tuple(seeds)))
        lab.store.record_plan(design.id, [task.run_id for task in plan.tasks])
    return plan
