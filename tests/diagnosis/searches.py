"""A search for a cause without training: what it asks to run is answered by made-up results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paribus.diagnosis.intervention_outcomes import Scale
from paribus.diagnosis.interventions import changed
from paribus.diagnosis.search import Again, Found, Known, Question, Trials, Wait, Wanted, search
from paribus.programs.recipe.proposing import proposals
from paribus.programs.recipe.recipe import Recipe
from paribus.records.design import Design
from paribus.records.intervention import Effect, Intervention
from paribus.records.program import Fields
from tests.diagnosis.explanations import COLLAPSE, an_effect
from tests.factories import make_design

EPOCHS = 15
EXPLAINED = Scale(least=0.1, most=1.0)
FRESH = (6, 7, 8)
World = Mapping[tuple[str, Any], float]  # what a recipe reaches with a field so changed; without, nothing


def question(recipe: Recipe | None = None, pointed_at: bool = True) -> Question:
    recipe = recipe or Recipe(epochs=EPOCHS)
    proposed = proposals(recipe, (COLLAPSE,) if pointed_at else (), ("activation",))
    fields = recipe.as_fields()
    return Question(fields, recipe.epochs, proposed, (0,), FRESH, without_cause(fields), EXPLAINED)


def without_cause(fields: Fields) -> Callable[[Intervention], Design | None]:
    def design(cause: Intervention) -> Design:
        repaired = changed(fields, cause)
        set_back = {change.factor: repaired[change.factor] for change in cause.changes}
        return make_design("activation", ["sigmoid", "relu"], **set_back)

    return design


@dataclass
class Driver:
    """Answers a search. One run ends at a time; `fits` says of what is asked for how much there is time for.

    asked: phase and length of what was run; again: what causes the comparison was repeated without, and how many
    confirmations were under way then.
    """

    reached: Callable[[Intervention, int], float]
    fits: Callable[[Wanted, int], int] = lambda wanted, under_way: 1000
    trained: Callable[[Intervention, float], int] = lambda intervention, reached: 3 if reached else 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    confirmed: list[Intervention] = field(default_factory=list)
    again: list[tuple[Intervention, int]] = field(default_factory=list)

    def run(self, asked: Question) -> Found:
        searching = search(asked)
        known, waiting = Known(), []
        try:
            wanted = next(searching)
            while True:
                match wanted:
                    case Trials():
                        waiting = list(wanted.interventions)[: self.fits(wanted, 0)]
                        known, trials = Known({}, tuple(waiting)), wanted
                        self.asked += [(wanted.phase, wanted.epochs)] if waiting else []
                        self.confirmed += waiting if wanted.phase == "confirming" else []
                    case Again():
                        begun = self.fits(wanted, len(waiting)) > 0
                        self.again += [(wanted.cause, len(waiting))] if begun else []
                        known = Known(known.effects, known.under_way, begun)
                        wanted = searching.send(known)
                        continue
                    case Wait():
                        assert waiting, "the search waits for nothing"
                if waiting:
                    first = waiting.pop(0)
                    known = Known({**known.effects, first: self._effect(first, trials)}, tuple(waiting))
                wanted = searching.send(known)
        except StopIteration as ended:
            return ended.value

    def _effect(self, one: Intervention, trials: Trials) -> Effect:
        reached = self.reached(one, trials.epochs)
        seeds = len(trials.seeds)
        trained = min(seeds, self.trained(one, reached))
        return an_effect(0.0, reached, epochs=trials.epochs, seeds=seeds, trained=(0, trained))


def by(world: World) -> Callable[[Intervention, int], float]:
    """What an intervention reaches by the best of its changes, at any length."""
    return lambda one, epochs: max(world.get((change.factor, change.after), 0.0) for change in one.changes)
