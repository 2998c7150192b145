"""Other seeds with nothing changed: what they would be called, and how rarely that is a cause."""

from __future__ import annotations

import pytest

from paribus.diagnosis.intervention_outcomes import Scale
from paribus.diagnosis.placebo import placebo_kind
from paribus.diagnosis.words.intervention_outcomes import placebo_words
from paribus.programs.recipe.info import RECIPE
from paribus.records.intervention import Kind, Placebo
from tests.diagnosis.explanations import an_effect

SCALE = Scale(0.1, 1.0)


def kind_of(before: float, after: float, trained: tuple[int, int]) -> Kind:
    return placebo_kind(an_effect(before, after, epochs=5, seeds=3, trained=trained), SCALE, 0.95)


def test_it_is_judged_as_an_intervention_to_which_a_symptom_points() -> None:
    assert kind_of(0.1, 0.11, (0, 0)) == "ruled_out"
    assert kind_of(0.1, 0.5, (0, 1)) == "contributing"
    assert kind_of(0.1, 0.9, (0, 3)) == "cause"


@pytest.mark.parametrize(("kind", "said"), [("ruled_out", "do not pass for a fix"), ("cause", "may be luck")])
def test_its_words_say_whether_seeds_alone_pass_for_a_fix(kind: Kind, said: str) -> None:
    effect = an_effect(0.1, 0.9 if kind == "cause" else 0.11, epochs=5, seeds=3, trained=(0, 0))
    assert said in placebo_words(Placebo(kind=kind, effect=effect), RECIPE, "en")
