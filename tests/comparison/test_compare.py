"""The comparison as a whole: every view against arithmetic on the runs it was made from."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.comparison.statistics import holm
from paribus.records.comparison import Comparison, PairView
from tests.comparison.compared import compared
from tests.factories import CASES, Outcome, evidence, make_comparison, make_design, make_results, make_test_set


def only_pair(case: str) -> PairView:
    pairs = make_comparison(case).pairs
    assert len(pairs) == 1
    return pairs[0]


@pytest.mark.parametrize(
    ("case", "verdict", "reason"),
    [
        ("lesson", "b_better", "trained_counts"),
        ("fair", "b_better", "difference"),
        ("open", "open", "not_separated"),
        ("equal", "equal", "within_margin"),
        ("mixture", "b_better", "better_where_trained"),
        ("diverged", "a_better", "better_where_trained"),
        ("all_diverged", "a_better", "trained_counts"),
        ("neither", "open", "neither_trained"),
        ("one_seed", "open", "too_few_seeds"),
        ("confounded", "b_better", "difference"),
    ],
)
def test_the_verdict_of_each_case(case: str, verdict: str, reason: str) -> None:
    pair = only_pair(case)
    assert (pair.verdict, pair.reason) == (verdict, reason)


@pytest.mark.parametrize("case", CASES)
def test_every_case_survives_json(case: str) -> None:
    comparison = make_comparison(case)
    again = Comparison.model_validate_json(comparison.model_dump_json())
    assert again.model_dump_json() == comparison.model_dump_json()


def test_lesson() -> None:
    comparison = make_comparison("lesson")
    sigmoid, relu = comparison.arms
    assert (sigmoid.trained, sigmoid.over) == (0, "all")
    assert (relu.trained, relu.over) == (6, "all")
    assert sigmoid.trained_high == pytest.approx(0.390, abs=5e-4)  # Wilson of 0 of 6: z^2 / (6 + z^2)
    assert relu.trained_low == pytest.approx(1 - sigmoid.trained_high)
    assert relu.figures["test_accuracy"] is not None
    assert relu.figures["test_accuracy"].mean == pytest.approx(0.921)
    assert comparison.alpha == look_level(1)
    assert comparison.pairs[0].p_trained == pytest.approx(2 / 924)


def test_pair_figures_against_the_runs() -> None:
    pair = only_pair("fair")
    expected = np.array([0.4, 0.35, 0.3, 0.45, 0.35, 0.3]) / 100
    assert pair.seeds == (0, 1, 2, 3, 4, 5)
    assert pair.differences == pytest.approx(expected, abs=1e-12)
    assert pair.difference == pytest.approx(expected.mean())
    half = 2.5705818 * expected.std(ddof=1) / np.sqrt(6)
    assert (pair.low, pair.high) == pytest.approx((expected.mean() - half, expected.mean() + half), rel=1e-6)
    assert (pair.p, pair.p_min) == (0.03125, 0.03125)
    assert pair.p_decision == pair.p_t == pair.p_holm
    assert pair.items_low is not None
    assert pair.items_high is not None
    assert pair.items_low < pair.low < pair.high < pair.items_high  # type: ignore[operator]


def test_mcnemar_counts_the_images_of_each_seed() -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=2)
    results = make_results(design, {"sigmoid": [0.9, 0.91], "relu": [0.95, 0.94]})
    labels = make_test_set(2000).labels
    pair = compared(design, results).pairs[0]
    for found, seed in zip(pair.mcnemar, design.seeds, strict=True):
        a, b = (results[name, seed].items["classes"] == labels for name in ("sigmoid", "relu"))
        assert (found.seed, found.only_a, found.only_b) == (seed, int((a & ~b).sum()), int((~a & b).sum()))
        assert (found.only_b - found.only_a) / 2000 == pytest.approx(pair.differences[seed])


def test_a_mixture_never_gets_a_mean_over_both_kinds() -> None:
    comparison = make_comparison("mixture")
    sigmoid, relu = comparison.arms
    assert (sigmoid.trained, sigmoid.over, relu.over) == (3, "trained", "all")
    assert sigmoid.figures["test_accuracy"] is not None
    assert sigmoid.figures["test_accuracy"].n == 3
    assert sigmoid.figures["test_accuracy"].mean == pytest.approx(np.mean([0.951, 0.955, 0.949]), abs=1e-3)
    assert np.sum(evidence(comparison).confusion["sigmoid"]) == 3 * 2000
    pair = comparison.pairs[0]
    assert (pair.over, pair.seeds) == ("trained", (1, 2, 5))
    assert pair.p_min == 0.25
    assert len(pair.mcnemar) == 6
    assert pair.answers is not None
    assert pair.answers.trains is not None
    assert pair.answers.figure is not None
    assert (pair.answers.trains.verdict, pair.answers.figure.verdict) == ("open", "b_better")


def test_diverged_runs_have_no_accuracy_and_leave_the_rest_alone() -> None:
    comparison = make_comparison("diverged")
    slow, fast = comparison.arms
    assert [run.status for run in fast.runs].count("diverged") == 2
    assert (slow.trained, fast.trained, fast.over) == (6, 3, "trained")
    pair = comparison.pairs[0]
    assert (pair.over, pair.seeds) == ("trained", (1, 3, 5))
    assert [m.seed for m in pair.mcnemar] == [1, 3, 4, 5]


def test_an_arm_that_always_diverges() -> None:
    comparison = make_comparison("all_diverged")
    fast, pair = comparison.arms[1], comparison.pairs[0]
    assert "test_accuracy" not in fast.figures
    assert np.sum(evidence(comparison).confusion["10.0"]) == 0
    assert (pair.over, pair.seeds, pair.differences, pair.mcnemar) == ("all", (), (), ())
    nothing = (pair.difference, pair.low, pair.items_low, pair.seed_share, pair.p, pair.p_t, pair.p_equal)
    assert nothing == (None,) * 7
    assert pair.p_min == 1
    assert pair.p_holm == pytest.approx(2 / 924)


def test_one_seed_has_a_difference_and_no_interval() -> None:
    comparison = make_comparison("one_seed")
    pair = comparison.pairs[0]
    assert pair.difference == pytest.approx(0.004)
    assert (pair.low, pair.high, pair.p_t, pair.p_decision, pair.decided_by) == (None, None, None, None, "none")
    assert (pair.p, pair.p_min) == (1.0, 1.0)
    assert comparison.arms[0].figures["test_accuracy"] is not None
    assert comparison.arms[0].figures["test_accuracy"].low is None


def test_three_arms_come_in_order_and_are_corrected_together() -> None:
    comparison = make_comparison("three_arms")
    assert [(p.a, p.b) for p in comparison.pairs] == [("sigmoid", "relu"), ("sigmoid", "tanh"), ("relu", "tanh")]
    raw = [p.p_decision for p in comparison.pairs]
    assert [p.p_holm for p in comparison.pairs] == pytest.approx(holm(raw))  # type: ignore[arg-type]


def test_a_further_look_has_its_own_level() -> None:
    first, second = make_comparison("open"), make_comparison("open", look=2)
    assert (first.look, second.look, second.looks_allowed) == (1, 2, 3)
    assert second.alpha == LOOK_LEVELS[1]
    assert second.pairs[0].seeds_to_settle > first.pairs[0].seeds_to_settle  # type: ignore[operator]


def test_confusion_counts_true_by_predicted() -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=2)
    results = make_results(design, {"sigmoid": [0.9, 0.91], "relu": [0.95, 0.94]})
    labels, counts = make_test_set(2000).labels, evidence(compared(design, results)).confusion["sigmoid"]
    for true, predicted in ((0, 0), (3, 4), (9, 1)):
        expected = sum(
            int(((labels == true) & (results["sigmoid", s].items["classes"] == predicted)).sum()) for s in design.seeds
        )
        assert counts[true][predicted] == expected


@pytest.mark.parametrize("case", ["lesson", "fair", "mixture", "three_arms"])
def test_disagreements_are_images_on_which_the_arms_differ(case: str) -> None:
    comparison, tests = make_comparison(case), make_test_set(2000)
    assert 0 < len(evidence(comparison).disagreements) <= 24
    assert len({d.index for d in evidence(comparison).disagreements}) == len(evidence(comparison).disagreements)
    for d in evidence(comparison).disagreements:
        assert len({a.predicted for a in d.answers}) > 1
        assert d.label == tests.labels[d.index]
        assert all(0 < a.probability <= 1 for a in d.answers)
        pixels = np.frombuffer(base64.b64decode(d.pixels), np.uint8).reshape(d.height, d.width, d.channels)
        np.testing.assert_array_equal(pixels, tests.images[d.index].transpose(1, 2, 0))


def test_a_collapsed_arm_still_gets_varied_disagreements() -> None:
    disagreements = evidence(make_comparison("lesson")).disagreements
    assert len(disagreements) == 24
    assert len({d.label for d in disagreements}) >= 9  # of ten classes; the collapsed arm is right about one


def test_disagreements_rank_by_distance_within_a_class() -> None:
    """Two images of one class: the one on which the arms are surer of different answers comes first."""
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    results = make_results(design, {"sigmoid": [0.97], "relu": [0.97]}, test_count=2000)
    labels = make_test_set(2000).labels
    near, far = (int(i) for i in np.flatnonzero(labels == 4)[:2])
    for name, answers in (("sigmoid", ((near, 4, 0.55), (far, 4, 0.99))), ("relu", ((near, 9, 0.55), (far, 9, 0.99)))):
        probabilities, classes = results[name, 0].items["probabilities"], results[name, 0].items["classes"]
        assert probabilities is not None
        assert classes is not None
        np.copyto(classes, labels)
        probabilities[:] = np.eye(10)[labels]
        for index, predicted, sure in answers:
            classes[index] = predicted
            probabilities[index] = (1 - sure) / 9
            probabilities[index, predicted] = sure
    found = evidence(compared(design, results)).disagreements
    assert [d.index for d in found] == [far, near]
    assert [a.predicted for a in found[0].answers] == [4, 9]
    assert found[0].answers[0].probability == pytest.approx(0.99)


def test_the_majority_answers_for_an_arm() -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=3)
    results = make_results(design, {"sigmoid": [0.97] * 3, "relu": [0.97] * 3})
    for seed, predicted in enumerate((7, 7, 2)):
        result = results["relu", seed]
        assert "classes" in result.items
        assert "probabilities" in result.items
        result.items["classes"][5] = predicted
        result.items["probabilities"][5] = 0.05
        result.items["probabilities"][5, predicted] = 0.55
    found = compared(design, results)
    shown = {d.index: d for d in evidence(found).disagreements}
    assert shown[5].answers[1].predicted == 7
    assert shown[5].answers[1].probability == pytest.approx((0.55 + 0.55 + 0.05) / 3, abs=1e-6)


outcome: st.SearchStrategy[Outcome] = st.one_of(st.floats(0.9, 0.99), st.sampled_from(["collapsed", "diverged"]))  # type: ignore[assignment]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(outcome, outcome), min_size=1, max_size=5))
def test_swapping_the_arms_mirrors_the_comparison(runs: list[tuple[Outcome, Outcome]]) -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=len(runs), epochs=2)
    results = make_results(design, {"sigmoid": [a for a, _ in runs], "relu": [b for _, b in runs]}, test_count=300)
    mirrored = design.model_copy(update={"arms": design.arms[::-1]})
    forth = compared(design, results, 300).pairs[0]
    back = compared(mirrored, results, 300).pairs[0]
    assert back.differences == tuple(-d for d in forth.differences)
    swapped = {"a_better": "b_better", "b_better": "a_better"}
    assert back.verdict == swapped.get(forth.verdict, forth.verdict)
    assert (back.reason, back.over, back.seeds_to_settle) == (forth.reason, forth.over, forth.seeds_to_settle)
    if forth.low is not None:
        assert (back.low, back.high) == pytest.approx((-forth.high, -forth.low))  # type: ignore[operator]
        assert (back.items_low, back.items_high) == pytest.approx((-forth.items_high, -forth.items_low))  # type: ignore[operator]
    for p in (forth.p, forth.p_t, forth.p_equal, forth.p_decision, forth.p_holm, forth.p_equal_holm, forth.p_trained):
        assert p is None or 0 <= p <= 1
    assert [(m.only_a, m.only_b) for m in back.mcnemar] == [(m.only_b, m.only_a) for m in forth.mcnemar]
