"""What is explained: an arm of a comparison, a run, or a program's fields by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.comparison.design import design_from_factor
from paribus.core.errors import ComparisonError, FaultsError
from paribus.diagnosis.interventions import changed
from paribus.diagnosis.outcomes import Scale
from paribus.diagnosis.search import Question
from paribus.records.comparison import Comparison, Design
from paribus.records.explanation import Intervention, Symptoms
from paribus.records.program import Fields
from paribus.records.run import RunResult
from paribus.runs.program import Program

FRESH_SEEDS = 3  # of a confirmation: none of them was looked at when the interventions were chosen


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
        """What to try, first what its own symptoms point at. A comparison's factor is no way out."""
        own = next(s for s in self.symptoms if s.arm == self.arm)
        fixed = tuple(self.comparison.differences) if self.comparison else ()
        return self.program.proposals(self.fields, own.findings, fixed)

    def question(self) -> Question:
        """What the search is for."""
        return Question(
            fields=self.fields,
            length=self.program.info.length_of(self.fields),
            proposed=self.proposals(),
            seed=self.runs[0].record.seed,
            fresh=self.fresh(FRESH_SEEDS),
            again=self.again,
            scale=self.scale(),
        )

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
        """The comparison with the cause removed from all arms, on as many fresh seeds.

        None if there is none, or if without the cause the factor means nothing: momentum, where Adam is what restores.
        """
        before = self.comparison
        if before is None or before.confounded:
            return None
        values, seeds = [arm.value for arm in before.arms], self.fresh(len(before.seeds))
        try:
            base = self.program.fields(changed(self.fields, cause))
            return design_from_factor(self.program, before.factor, values, base, before.recipe_name, seeds)
        except (ComparisonError, FaultsError):
            return None
