"""The search for what restores training: screened short and cheap, confirmed at full length on fresh seeds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.analysis.interventions import changed, proposals, together
from paribus.analysis.judgement import CONTRIBUTING, RESTORING, recovered
from paribus.analysis.screening import CONFIRMED, Rung, best_first, rungs
from paribus.api.comparing import run_plan
from paribus.api.laboratory import Laboratory, Outcome
from paribus.api.planning import make_plan
from paribus.experiment.design import design_from_factor
from paribus.values.comparison import Comparison
from paribus.values.errors import ComparisonError, RecipeError
from paribus.values.events import TrialsBegun
from paribus.values.explanation import Effect, Intervention, Symptoms
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
    confirmed = dict(_confirmed(subject, screened, lab))
    latest = dict(screened)
    return [(i, latest.get(i), confirmed.get(i)) for i in proposed]


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


def _confirmed(subject: Subject, screened: Sequence[Outcome], lab: Laboratory) -> list[Outcome]:
    chosen = to_confirm(screened)
    epochs = FRESH_SEEDS * subject.recipe.epochs
    fit = lab.fitting(1 + len(chosen), epochs, subject.runs, at_least=2) - 1  # the unchanged recipe is run as well
    seeds = subject.fresh(FRESH_SEEDS)
    return lab.effects(subject.recipe, chosen[: max(0, fit)], seeds, subject.recipe.epochs, "confirming")


def repaired(subject: Subject, cause: Intervention, lab: Laboratory) -> Comparison | None:
    """The comparison made again with the cause removed from all arms, on as many fresh seeds.

    None if there is none, or if without the cause the factor means nothing: momentum, where Adam is what restores.
    """
    before = subject.comparison
    if before is None or before.confounded:
        return None
    seeds = subject.fresh(len(before.seeds))
    if not lab.fitting(1, len(before.arms) * len(seeds) * subject.recipe.epochs, subject.runs):
        return None
    base = changed(subject.recipe, cause)
    try:
        design = design_from_factor(before.factor, [arm.value for arm in before.arms], base, before.recipe_name, seeds)
    except (ComparisonError, RecipeError):
        return None
    lab.on_event(TrialsBegun("repairing", (cause,), base.epochs, tuple(seeds)))
    return run_plan(make_plan(design, lab.how), before.margin * 100, lab.on_event, lab.executor).comparison
