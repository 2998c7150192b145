"""What is explained: an arm of a comparison, a run, or a program's fields by themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.comparison.fair_design import design_from_factor
from paribus.core.errors import ComparisonError, FaultsError
from paribus.diagnosis.findings import common
from paribus.diagnosis.intervention_outcomes import Scale
from paribus.diagnosis.interventions import changed
from paribus.diagnosis.search import Question
from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.explanation import Symptoms
from paribus.records.intervention import Effect, Intervention
from paribus.records.program import Fields
from paribus.records.run import RunResult
from paribus.runs.base_fields import changes_words
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store

FRESH_SEEDS = 3  # of a confirmation: none of them was looked at when the interventions were chosen
# Of fields that train with some seeds and not with others: so many are screened, and more confirmed, for then three
# seeds without a training run are rare, and so is an interval that holds no effect.
SCREENED_UNLIKE, FRESH_UNLIKE = 3, 9
# Of the comparison without its cause: a first look at two thirds of its seeds, but at no fewer than these.
FEWEST_LOOKED_AT = 4


def first_look(seeds: int) -> int:
    """At how many of so many seeds the comparison without the cause is looked at first; the rest if it is open then."""
    return min(seeds, max(FEWEST_LOOKED_AT, math.ceil(seeds * 2 / 3)))


def are_unlike(runs: Sequence[RunResult]) -> bool:
    """Whether some of the runs trained, and others did not."""
    return {run.record.trained for run in runs} == {False, True}


@dataclass(frozen=True)
class Subject:
    """Fields of a program that are to be explained, their runs, and the comparison that has them as an arm, if any."""

    program: Program
    name: str
    fields: Fields
    runs: tuple[RunResult, ...]
    symptoms: tuple[Symptoms, ...]
    comparison: Comparison | None = None
    arm: str = ""

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of its runs."""
        return tuple(run.record.seed for run in self.runs)

    def proposals(self) -> tuple[Intervention, ...]:
        """What to try, first what its own symptoms point at."""
        own = next(s for s in self.symptoms if s.arm == self.arm)
        return self.program.proposals(self.fields, own.findings, self._fixed)

    def question(self, store: Store) -> Question:
        """What the search is for. store: where its runs are kept."""
        unlike = are_unlike(self.runs)
        return Question(
            fields=self.fields,
            length=self.program.info.length_of(self.fields),
            proposed=self.proposals(),
            seeds=self.seeds[:SCREENED_UNLIKE] if unlike else self.seeds[:1],
            fresh=self.fresh(FRESH_UNLIKE if unlike else FRESH_SEEDS),
            again=self.again,
            scale=self.scale(),
            left=lambda intervention, effect: self._left(intervention, effect, store),
            shortest=self.program.telling_length(self.fields),
        )

    def _left(self, intervention: Intervention, effect: Effect, store: Store) -> tuple[Intervention, ...]:
        """What the strong symptoms left with an intervention point at; no longer run, as its own were short."""
        results = [result for run in effect.runs_after if (result := store.result(run)) is not None]
        traces = [store.open_run(result.record.id).trace() for result in results]
        seen = common([self.program.findings(t, r.epochs) for t, r in zip(traces, results, strict=True)])
        strong = [finding for finding in seen if finding.strength == "strong"]
        if not strong:
            return ()
        fields = self.program.fields(changed(self.fields, intervention))
        fixed = (*self._fixed, *(change.factor for change in intervention.changes), self.program.info.length or "")
        proposed = self.program.proposals(fields, strong, fixed)
        return tuple(one for one in proposed if one.finding in {finding.name for finding in strong})

    @property
    def _fixed(self) -> tuple[str, ...]:
        """A comparison's factor is no way out."""
        return tuple(self.comparison.differences) if self.comparison else ()

    def scale(self) -> Scale:
        """As the program says; else nothing is to be explained within the margin, or within the metric's least step."""
        least, steering = self.program.least_deficit, self.program.info.steering
        if least is None:
            least = self.comparison.margin if self.comparison else steering.resolution or 0.0
        return Scale(least, self.program.most_explained)

    def fresh(self, count: int) -> tuple[int, ...]:
        """Seeds that nobody has looked at, not even in runs of the comparison that are gone."""
        seen = [run.record.seed for run in self.runs] + list(self.comparison.seeds if self.comparison else ())
        return tuple(range(1 + max(seen), 1 + max(seen) + count))

    def again(self, cause: Intervention) -> Design | None:
        """The comparison with the cause removed from all arms, on fresh seeds: as many as a first look takes.

        None if there is none, or if without the cause the factor means nothing: momentum, where Adam is what restores.
        """
        before = self.comparison
        if before is None or before.confounded:
            return None
        values, seeds = [arm.value for arm in before.arms], self.fresh(first_look(len(before.seeds)))
        try:
            base = self.program.fields(changed(self.fields, cause))
            return design_from_factor(self.program, before.factor, values, base, _named(before, cause), seeds)
        except (ComparisonError, FaultsError):
            return None

    def whole(self, again: Design) -> Design:
        """The same on as many seeds as the comparison has."""
        before = self.comparison
        return again if before is None else again.model_copy(update={"seeds": self.fresh(len(before.seeds))})


def _named(before: Comparison, cause: Intervention) -> str:
    """What the comparison without its cause is called: by its settings, as any that somebody asks for."""
    name = before.recipe_name
    for change in cause.changes:
        old, new = (changes_words({change.factor: value}) for value in (change.before, change.after))
        name = name.replace(old, new) if old in name else name + new
    return name
