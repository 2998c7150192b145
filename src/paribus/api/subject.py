"""What is explained: an arm of a comparison, a run, or a recipe by itself."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.analysis.interventions import changed, proposals
from paribus.analysis.judgement import Scale
from paribus.analysis.search import Question
from paribus.experiment.design import design_from_factor
from paribus.experiment.registry import default_program
from paribus.values.comparison import Comparison, Design
from paribus.values.errors import ComparisonError, RecipeError
from paribus.values.explanation import Intervention, Symptoms
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult

# In what a recipe's deficits are counted: entropy left unexplained that somebody explained.
EXPLAINED = Scale(least=0.1, most=1.0)
FRESH_SEEDS = 3  # of a confirmation: none of them was looked at when the interventions were chosen


@dataclass(frozen=True)
class Subject:
    """A recipe that is to be explained, its runs, and the comparison that it is an arm of, if any."""

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

    def question(self) -> Question:
        """What the search is for."""
        seed = self.runs[0].record.seed
        return Question(self.recipe, self.proposals(), seed, self.fresh(FRESH_SEEDS), self.again, EXPLAINED)

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
        base, seeds = changed(self.recipe, cause), self.fresh(len(before.seeds))
        try:
            values = [arm.value for arm in before.arms]
            fields = base.as_fields()
            return design_from_factor(default_program(), before.factor, values, fields, before.recipe_name, seeds)
        except (ComparisonError, RecipeError):
            return None
