"""The search for a cause, without training: what it asks to run is answered by made-up results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.diagnosis.intervention_outcomes import judge
from paribus.diagnosis.search import Found, Trials, rungs, to_confirm
from paribus.programs.recipe.recipe import Recipe
from paribus.records.intervention import Effect, Intervention, first_cause
from tests.diagnosis.explanations import a_change, an_effect, of_two_findings
from tests.diagnosis.searches import EPOCHS, EXPLAINED, Driver, World, by, question

CURED: World = {("weight_decay", 0.0): 0.95, ("optimizer", "adamw"): 0.94}


def kind(found: Found, factor: str, after: Any) -> str:
    """What one change turned out to be."""
    return next(
        t.kind for t in found.tested if [(c.factor, c.after) for c in t.intervention.changes] == [(factor, after)]
    )


def test_a_cause_is_screened_confirmed_and_removed() -> None:
    driver = Driver(by(CURED))
    found = driver.run(question())
    assert driver.asked == [("screening", 1), ("confirming", EPOCHS)]
    assert [one.changes[0].factor for one in driver.confirmed] == ["weight_decay"]
    assert kind(found, "weight_decay", 0.0) == "cause"
    assert kind(found, "optimizer", "adamw") == "not_established", "better in a short run, and not confirmed"
    assert first_cause(found.tested) == driver.confirmed[0]
    assert found.again is not None
    assert {arm.fields["weight_decay"] for arm in found.again.arms} == {0.0}


def test_what_may_be_a_cause_too_is_confirmed_and_the_comparison_begins_again_only_once() -> None:
    driver = Driver(by(CURED))
    found = driver.run(of_two_findings(question()))
    assert driver.asked[-2:] == [("confirming", EPOCHS)] * 2
    assert [t.kind for t in found.tested if t.confirmed] == ["cause", "cause"]
    assert [cause for cause, _ in driver.again] == [first_cause(found.tested)]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_what_is_not_confirmed_changes_no_cause(
    first: float, second: float, trained_first: int, trained_second: int, others: bool
) -> None:
    """Set beside a judge who has everything that could have been confirmed."""
    counts = {"weight_decay": trained_first, "optimizer": trained_second}

    def reached(one: Intervention, epochs: int) -> float:
        at_the_end = {("weight_decay", 0.0): first, ("optimizer", "adamw"): second}
        return by(at_the_end if epochs == EPOCHS else CURED)(one, epochs)

    driver = Driver(reached, trained=lambda one, after: counts.get(one.changes[0].factor, 0))
    asked = of_two_findings(question()) if others else question()
    found = driver.run(asked)
    whole = Trials("confirming", asked.fields, asked.proposed, asked.fresh, EPOCHS)
    both = [(t.intervention, t.screened, driver._effect(t.intervention, whole)) for t in found.tested[:2]]
    assert first_cause(found.tested) == first_cause(judge(both, EXPLAINED))
    assert [t for t in judge(both, EXPLAINED) if t.kind == "cause"] == [t for t in found.tested if t.kind == "cause"]


def test_short_runs_go_on_where_none_wins_back_most_of_what_anything_could() -> None:
    driver = Driver(by({("weight_decay", 0.0): 0.75, ("optimizer", "adamw"): 0.7}))
    driver.run(question())
    assert driver.asked == [("screening", 1), ("screening", 3), ("confirming", EPOCHS)]


def test_it_is_repeated_without_what_was_confirmed_not_without_what_was_suspected_first() -> None:
    driver = Driver(by({**CURED, ("weight_decay", 0.0): 0.05}))
    found = driver.run(question())
    assert [(cause.changes[0].factor, under_way) for cause, under_way in driver.again] == [("optimizer", 0)]
    assert found.again is not None
    assert {arm.fields["optimizer"] for arm in found.again.arms} == {"adamw"}


def test_a_confirmation_that_reaches_more_unmakes_no_cause_for_which_anything_was_begun() -> None:
    """It wins back 77 % of what the other then reaches: with some runs that do not train, that restores nothing."""
    reached = {("weight_decay", 0.0): 0.75, ("optimizer", "adamw"): 0.74}

    def later(one: Intervention, epochs: int) -> float:
        better = epochs == EPOCHS and one.changes[0].after == "adamw"
        return 0.98 if better else by(reached)(one, epochs)

    driver = Driver(later, trained=lambda one, reached: 2 if reached else 0)
    found = driver.run(question())
    assert kind(found, "weight_decay", 0.0) == "contributing"
    assert [(cause.changes[0].after, under_way) for cause, under_way in driver.again] == [("adamw", 0)]
    assert first_cause(found.tested) == driver.again[0][0]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 3), st.integers(0, 3))
def test_what_was_repeated_is_always_the_comparison_without_the_first_cause(
    first: float, second: float, trained_first: int, trained_second: int
) -> None:
    """Whatever the two confirmations come to, and in whatever order they end."""
    counts = {"weight_decay": trained_first, "optimizer": trained_second}

    def reached(one: Intervention, epochs: int) -> float:
        screened = by(CURED)(one, epochs)
        at_the_end = first if one.changes[0].factor == "weight_decay" else second
        return at_the_end if epochs == EPOCHS and screened else screened

    driver = Driver(reached, trained=lambda one, reached: counts.get(one.changes[0].factor, 0))
    found = driver.run(question())
    assert [cause for cause, _ in driver.again] == ([first_cause(found.tested)] if first_cause(found.tested) else [])
    assert (found.again is None) == (first_cause(found.tested) is None)


def test_what_nothing_pointed_at_is_a_remedy_and_nothing_is_repeated_for_it() -> None:
    driver = Driver(by({("batch_norm", True): 0.9}))
    found = driver.run(question(pointed_at=False))
    assert kind(found, "batch_norm", True) == "remedy"
    assert (first_cause(found.tested), found.again, driver.again) == (None, None, [])


def test_two_faults_are_found_together_where_neither_change_restores_alone() -> None:
    fields = {"weight_decay", "batch_order"}

    def reached(one: Intervention, epochs: int) -> float:
        mine = fields & {c.factor for c in one.changes}
        return {0: 0.0, 1: 0.05, 2: 0.95}[len(mine)]

    recipe = Recipe(epochs=EPOCHS)
    driver = Driver(reached)
    found = driver.run(question(recipe))
    both = next(t for t in found.tested if t.kind == "cause")
    assert {c.factor for c in both.intervention.changes} == fields
    assert driver.asked == [("screening", 1), ("screening", 3), ("screening", 3), ("confirming", EPOCHS)]
    assert first_cause(found.tested) == both.intervention


LEFT = a_change("dropout", 0.9, 0.0, "noise_too_strong")  # what the search itself would never try


def both_needed(one: Intervention, epochs: int) -> float:
    """Nothing of two faults shows while either is there."""
    return 0.9 if {c.factor for c in one.changes} == {"weight_decay", "dropout"} else 0.0


def followed(first: Intervention, effect: Effect) -> tuple[Intervention, ...]:
    """The weights no longer decay, and the noise is seen."""
    return (LEFT,) if first.changes[0].factor == "weight_decay" else ()


def test_what_a_finding_s_own_change_leaves_is_followed_and_each_of_the_two_is_run_alone() -> None:
    driver = Driver(both_needed)
    found = driver.run(replace(question(), left=followed))
    (both,) = [t for t in found.tested if t.kind == "cause"]
    assert [(c.factor, c.after) for c in both.intervention.changes] == [("weight_decay", 0.0), ("dropout", 0.0)]
    assert [[c.factor for c in one.changes] for one in driver.confirmed] == [
        ["weight_decay"],
        ["dropout"],
        ["weight_decay", "dropout"],
    ]
    assert kind(found, "weight_decay", 0.0) == kind(found, "dropout", 0.0) == "ruled_out"
    assert driver.again == [(both.intervention, 0)], "while one of the two is under way nothing is certain"


def test_two_changes_of_which_one_restores_alone_are_no_cause_together() -> None:
    """The short runs showed nothing of it: at full length the first is enough."""
    driver = Driver(lambda one, epochs: 0.9 if epochs == EPOCHS else both_needed(one, epochs))
    found = driver.run(replace(question(), left=followed))
    assert kind(found, "weight_decay", 0.0) == "cause"
    assert [t.kind for t in found.tested if len(t.intervention.changes) == 2 and t.confirmed] == ["remedy"]
    assert first_cause(found.tested) == driver.confirmed[0]


def test_where_strong_symptoms_are_left_a_second_fault_is_looked_for_though_one_change_helps() -> None:
    def reached(one: Intervention, epochs: int) -> float:
        mended = {c.factor for c in one.changes} & {"weight_decay", "dropout"}
        return {0: 0.0, 1: 0.4 if "weight_decay" in mended else 0.0, 2: 0.95}[len(mended)]

    found = Driver(reached).run(replace(question(), left=followed))
    assert [len(t.intervention.changes) for t in found.tested if t.kind == "cause"] == [2]


def test_short_runs_are_as_long_as_an_effect_needs_to_show_and_on_all_seeds_that_are_asked_for() -> None:
    driver = Driver(by(CURED))
    driver.run(replace(question(Recipe(epochs=3)), shortest=2))
    assert driver.asked == [("screening", 2), ("confirming", 3)]
    assert [r.epochs for r in rungs(18, 15, 3)] == [3]
    assert [r.epochs for r in rungs(18, 2, 40)] == [2]


def test_where_one_change_restores_no_two_are_tried_together() -> None:
    found = Driver(by(CURED)).run(question())
    assert all(len(t.intervention.changes) == 1 for t in found.tested)


def test_where_nothing_helps_nothing_is_named() -> None:
    driver = Driver(by({}))
    found = driver.run(question())
    assert {t.kind for t in found.tested} == {"no_effect_seen", "ruled_out"}
    assert driver.again == []
    assert sum(t.confirmed is not None for t in found.tested) == 2, "the best are run at full length all the same"


def test_a_recipe_that_trains_has_nothing_to_explain() -> None:
    found = Driver(lambda one, epochs: EXPLAINED.least / 2, trained=lambda one, reached: 0).run(question())
    assert {t.kind for t in found.tested} == {"no_effect_seen", "ruled_out"}
    assert all((t.kind == "ruled_out") == (t.confirmed is not None) for t in found.tested)


def test_without_proposals_nothing_is_run() -> None:
    driver = Driver(by({}))
    asked = question()
    found = driver.run(replace(asked, proposed=()))
    assert (driver.asked, found) == ([], Found((), None))


def test_what_there_is_no_time_for_is_not_established() -> None:
    few = Driver(by(CURED), fits=lambda wanted, under_way: 1 if isinstance(wanted, Trials) else 0)
    found = few.run(question())
    assert [t.kind for t in found.tested][:3] == ["cause", "not_established", "not_established"]
    assert found.again is None

    none = Driver(by(CURED), fits=lambda wanted, under_way: 0)
    found = none.run(question())
    assert {t.kind for t in found.tested} == {"not_established"}
    assert none.asked == []


def test_a_repetition_for_which_time_is_short_now_is_asked_for_again_at_the_end() -> None:
    driver = Driver(by(CURED), fits=lambda wanted, under_way: 0 if under_way else 1000)
    found = driver.run(question())
    assert driver.again == [(first_cause(found.tested), 0)]
    assert found.again is not None


def test_no_comparison_is_repeated_where_there_is_none_without_the_cause() -> None:
    asked = question()
    driver = Driver(by(CURED))
    found = driver.run(replace(asked, again=lambda cause: None))
    assert first_cause(found.tested) is not None
    assert (found.again, driver.again) == (None, [])


@pytest.mark.parametrize(
    ("reached", "chosen"),
    [
        ({"xavier": 0.9, "he": 0.85, "default": 0.5, "lecun": 0.1}, ("default", "xavier")),
        ({"xavier": 0.9, "he": 0.85, "default": 0.01}, ("xavier", "he")),
        ({"xavier": 0.9, "default": 0.8}, ("default", "xavier")),
    ],
)
def test_a_head_start_of_another_change_keeps_no_suspected_cause_from_being_confirmed(
    reached: dict[str, float], chosen: tuple[str, ...]
) -> None:
    screened = {
        a_change("initialisation", "zeros", to, "symmetric_units" if to == "default" else None): an_effect(
            0.0, after, epochs=1, seeds=1, trained=(0, 1)
        )
        for to, after in reached.items()
    }
    assert tuple(one.changes[0].after for one in to_confirm(screened, EXPLAINED)) == chosen
