"""Which interventions are proposed, and what is made of their outcomes."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.diagnosis.intervention_outcomes import Outcome, Scale, recovered
from paribus.diagnosis.intervention_outcomes import judge as judged
from paribus.diagnosis.interventions import changed, together
from paribus.diagnosis.learning_curves import learning_curve
from paribus.diagnosis.search import best_first, rungs
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.proposing import proposals
from paribus.programs.recipe.recipe import LESSON, Recipe, recipe_of
from paribus.records.finding import Evidence, Finding, Strength
from paribus.records.intervention import Change, Effect, Intervention
from paribus.records.intervention import Tested as Result
from paribus.records.program import Epoch
from tests.synthetic_runs import make_epoch


def finding(name: str, strength: Strength = "strong", evidence: Sequence[Evidence] = ()) -> Finding:
    return Finding(name=name, strength=strength, layers=(), first_step=0, last_step=9, evidence=tuple(evidence))


def tried(recipe: Recipe, *findings: Finding) -> list[tuple[str, object]]:
    """What findings point at, in order."""
    return [(i.changes[0].factor, i.changes[0].after) for i in proposals(recipe, findings) if i.finding is not None]


def intervention(factor: str, after: object, pointed_at_by: str | None = None) -> Intervention:
    return Intervention(changes=(Change(factor=factor, before=0, after=after),), finding=pointed_at_by)


def outcome(before: float, after: float, low: float | None = None, seeds: int = 3) -> Effect:
    """An effect whose interval begins at `low`; by default at the effect itself."""
    low = after - before if low is None and seeds > 1 else low
    return Effect(
        epochs=3,
        seeds=tuple(range(seeds)),
        before=before,
        after=after,
        low=low,
        high=low,
        explained_before=before,
        explained_after=after,
        explained_low=low,
        trained_before=0,
        trained_after=seeds,
    )


EXPLAINED = Scale(least=0.1, most=1.0)


def judge(outcomes: Sequence[Outcome]) -> tuple[Result, ...]:
    return judged(outcomes, EXPLAINED)


NO_DECAY = intervention("weight_decay", 0.0, "collapse_to_zero")
DECOUPLED = intervention("optimizer", "adamw", "collapse_to_zero")
NORM = intervention("batch_norm", True)
XAVIER = intervention("initialisation", "xavier")


def test_a_finding_s_own_interventions_come_first_and_the_strongest_finding_s_before_others() -> None:
    proposed = proposals(Recipe(activation="sigmoid"), [finding("batch_order", "weak"), finding("collapse_to_zero")])
    assert [(i.changes[0].factor, i.changes[0].after, i.finding) for i in proposed[:3]] == [
        ("weight_decay", 0.0, "collapse_to_zero"),
        ("optimizer", "adamw", "collapse_to_zero"),
        ("batch_order", "shuffled", "batch_order"),
    ]


def test_without_findings_what_people_are_taught_is_tried_all_the_same() -> None:
    proposed = {(i.changes[0].factor, i.changes[0].after) for i in proposals(Recipe(activation="sigmoid"), [])}
    assert {("initialisation", "xavier"), ("batch_order", "shuffled"), ("batch_norm", True)} <= proposed
    assert all(i.finding is None for i in proposals(LESSON, []))


@pytest.mark.parametrize(
    ("name", "rate", "update", "first"),
    [
        ("learning_rate_too_low", 1e-5, 3e-7, 0.1),  # 3e-7 lacks 3.5 powers of ten to a thousandth: four are added
        ("learning_rate_too_low", 1e-8, 2e-7, 1e-4),
        ("learning_rate_too_high", 1e8, 1e7, 0.1),
    ],
)
def test_the_rate_is_moved_by_what_was_measured(name: str, rate: float, update: float, first: float) -> None:
    seen = finding(name, evidence=[Evidence(quantity="update_ratio", value=update, threshold=1, source="")])
    assert ("learning_rate", first) in tried(Recipe(learning_rate=rate, optimizer="sgd"), seen)
    unseen = finding(name, evidence=[Evidence(quantity="way", value=update, threshold=1, source="")])
    assert ("learning_rate", first) not in tried(Recipe(learning_rate=rate, optimizer="sgd"), unseen)


def test_a_setting_that_has_no_need_to_be_there_is_taken_away_before_another_is_tuned() -> None:
    recipe = Recipe(gradient_clip=1e-4, optimizer="sgd", learning_rate=0.1)
    for name in ("vanishing_gradient", "learning_rate_too_low", "undertraining"):
        assert tried(recipe, finding(name))[0] == ("gradient_clip", 0.0)


def test_a_constant_answer_points_somewhere_only_where_nothing_else_does() -> None:
    recipe = Recipe(weight_decay=0.0, learning_rate=0.01, epochs=2)
    alone = tried(recipe, finding("constant_predictor"), finding("dead_units", "weak"))
    assert alone[:4] == [("batch_order", "shuffled"), ("epochs", 6), ("learning_rate", 0.1), ("learning_rate", 0.001)]
    beside = proposals(recipe, [finding("constant_predictor"), finding("dead_units")])
    assert {i.finding for i in beside} == {"dead_units", None}


def test_the_factor_of_a_comparison_is_left_alone() -> None:
    assert all(i.changes[0].factor != "activation" for i in proposals(Recipe(activation="tanh"), [], ["activation"]))


@settings(deadline=None)  # each recipe is validated as a whole
@given(
    st.sampled_from(["sigmoid", "relu", "gelu"]),
    st.sampled_from(["sgd", "adam", "adamw", "rmsprop"]),
    st.floats(1e-8, 1e3),
    st.sampled_from([0.0, 0.1]),
)
def test_every_proposal_changes_one_field_into_a_valid_recipe(
    activation: str, optimizer: str, learning_rate: float, decay: float
) -> None:
    recipe = Recipe(activation=activation, optimizer=optimizer, learning_rate=learning_rate, weight_decay=decay)
    proposed = proposals(recipe, [finding("divergence"), finding("collapse_to_zero")])
    for one in proposed:
        (change,) = one.changes
        after = recipe_of(changed(recipe.as_fields(), one))  # a valid one
        assert recipe.differences(after) == {change.factor: (change.before, change.after)}
    assert len({(i.changes[0].factor, i.changes[0].after) for i in proposed}) == len(proposed)


def test_two_interventions_together_change_both_fields() -> None:
    both = recipe_of(changed(LESSON.as_fields(), together(NO_DECAY, XAVIER)))
    assert (both.weight_decay, both.initialisation) == (0.0, "xavier")


def test_a_cause_restores_and_was_pointed_at_a_remedy_was_not() -> None:
    tested = judge(
        [
            (NO_DECAY, outcome(0.1, 0.9), outcome(0.1, 0.98)),
            (DECOUPLED, outcome(0.1, 0.9), outcome(0.1, 0.97)),
            (NORM, outcome(0.1, 0.9), outcome(0.1, 0.98)),
            (XAVIER, outcome(0.1, 0.1), None),
            (intervention("dropout", 0.0), None, None),
        ]
    )
    assert [t.kind for t in tested] == ["cause", "remedy", "remedy", "no_effect_seen", "not_established"]


def test_what_helps_a_little_contributes_and_what_was_only_screened_is_not_established() -> None:
    tested = judge(
        [
            (NO_DECAY, None, outcome(0.1, 0.9)),
            (DECOUPLED, None, outcome(0.1, 0.3)),
            (XAVIER, outcome(0.1, 0.6, seeds=1), None),
            (NORM, None, outcome(0.1, 0.9, low=-0.2)),  # in some seeds, so that it is not ruled out either
            (intervention("dropout", 0.0), None, outcome(0.1, 0.15).model_copy(update={"trained_after": 0})),
            (intervention("dropout", 0.1), None, outcome(0.1, 0.15)),  # every run trains with it
        ]
    )
    kinds = ["cause", "contributing", "not_established", "not_established", "ruled_out", "not_established"]
    assert [t.kind for t in tested] == kinds


def test_only_what_was_confirmed_is_ruled_out() -> None:
    one, short = intervention("dropout", 0.0), outcome(0.1, 0.1, seeds=1)
    assert Result(intervention=one, kind="ruled_out", screened=short).kind == "no_effect_seen", "of an earlier version"
    assert Result(intervention=one, kind="ruled_out", screened=short, confirmed=short).kind == "ruled_out"


def test_what_makes_every_run_train_is_a_cause_though_another_change_leads_further() -> None:
    """More epochs win back 60 % of what ReLU does."""
    longer, relu = intervention("epochs", 3, "undertraining"), intervention("activation", "relu")
    further = (relu, outcome(0.0, 0.9), outcome(0.0, 0.9))
    assert [t.kind for t in judge([(longer, None, outcome(0.0, 0.54)), further])] == ["cause", "remedy"]
    assert [t.kind for t in judge([(longer, None, outcome(0.0, 0.44)), further])] == ["contributing", "remedy"]
    some = outcome(0.0, 0.54).model_copy(update={"trained_after": 2})
    assert [t.kind for t in judge([(longer, None, some), further])] == ["contributing", "remedy"]
    unasked = (intervention("epochs", 3), None, outcome(0.0, 0.54))
    assert [t.kind for t in judge([unasked, further])] == ["contributing", "remedy"]


def test_a_network_that_trains_as_well_as_anything_tried_has_nothing_to_explain() -> None:
    assert recovered(outcome(0.985, 0.989), best=0.989, scale=EXPLAINED) == 0
    assert [t.kind for t in judge([(NO_DECAY, outcome(0.985, 0.989), None)])] == ["no_effect_seen"]


def test_fewer_go_on_for_longer() -> None:
    steps = rungs(interventions=18, epochs=15)
    assert [(s.interventions, s.epochs) for s in steps] == [(18, 1), (6, 3)]
    assert rungs(0, 15) == ()
    assert [(s.interventions, s.epochs) for s in rungs(18, 1)] == [(18, 1)]


@given(st.integers(1, 60), st.integers(1, 200))
def test_a_rung_is_never_wider_than_the_one_before_nor_longer_than_the_whole(count: int, epochs: int) -> None:
    steps = rungs(count, epochs)
    assert steps[0].interventions == count
    assert all(a.interventions >= b.interventions and a.epochs < b.epochs for a, b in itertools.pairwise(steps))
    assert all(step.epochs <= epochs for step in steps)


def test_the_best_goes_first_and_equals_keep_their_order() -> None:
    ranked = best_first({XAVIER: outcome(0.1, 0.1), NO_DECAY: outcome(0.1, 0.9), NORM: outcome(0.1, 0.1)})
    assert ranked == [NO_DECAY, XAVIER, NORM]


def test_the_deficit_is_what_the_best_reached_over_what_there_was() -> None:
    assert recovered(outcome(0.1, 0.5), best=0.9, scale=EXPLAINED) == pytest.approx(0.5)


def test_a_course_is_the_mean_of_paired_runs_and_one_that_broke_stays_where_it_was() -> None:
    def run(*accuracies: float) -> list[Epoch]:
        rest = {"train_loss": 1.0, "train_accuracy": 0.0, "val_loss": 1.0, "learning_rate": 0.1, "seconds": 1.0}
        return [make_epoch(epoch=i, val_accuracy=a, **rest) for i, a in enumerate(accuracies, start=1)]

    found = learning_curve([run(0.1, 0.2, 0.9), run(0.3)], [run(0.5, 0.6), run(0.7, 1.0)], 2, RECIPE.steering)
    assert found.before == pytest.approx((0.2, 0.25))
    assert found.after == pytest.approx((0.6, 0.8))
