"""The decision rule, case by case as the decision record has it, and its symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.core.errors import ComparisonError
from paribus.programs.recipe.info import RECIPE

IMAGES = 10_000
METRIC = RECIPE.judging.of_items(IMAGES)
LEVEL = look_level(1)


def decide(differences: list[list[float]], counts: list[tuple[int, int]], level: float = LEVEL) -> rule.Decision:
    """Differences in points, a row a pair."""
    trained = np.array(counts)
    found = rule.evidence(
        np.array(differences) / 100, trained[:, 0], trained[:, 1], margin=rule.DEFAULT_MARGIN, metric=METRIC
    )
    return rule.decide(found, level)


CLEAR = [0.4, 0.5, 0.3, 0.45, 0.35, 0.4]  # points
NONE = [0.01, -0.02, 0.0, 0.02, -0.01, 0.0]
WIDE = [0.9, -0.8, 0.5, -0.6, 0.3, -0.1]


@pytest.mark.parametrize(
    ("differences", "counts", "verdict", "reason", "by"),
    [
        (CLEAR, (6, 6), "b_better", "difference", "t"),
        ([-d for d in CLEAR], (6, 6), "a_better", "difference", "t"),
        (NONE, (6, 6), "equal", "within_margin", "t"),
        (WIDE, (6, 6), "open", "not_separated", "t"),
        (CLEAR, (0, 6), "b_better", "trained_counts", "fisher"),
        (CLEAR, (6, 0), "a_better", "trained_counts", "fisher"),
        (CLEAR, (5, 6), "open", "counts_open", "fisher"),
        (NONE, (3, 3), "open", "counts_open", "fisher"),
        (NONE, (0, 0), "open", "neither_trained", "none"),
        ([0.4], (1, 1), "open", "too_few_seeds", "none"),
        ([0.4], (0, 1), "open", "counts_open", "fisher"),
        ([0.4], (0, 0), "open", "neither_trained", "none"),
    ],
)
def test_each_way_out(differences: list[float], counts: tuple[int, int], verdict: str, reason: str, by: str) -> None:
    found = decide([differences], [counts])
    assert (found.verdict[0], found.reason[0], found.decided_by[0]) == (verdict, reason, by)


def test_a_real_difference_within_the_margin_is_practically_equal() -> None:
    found = decide([[0.04, 0.05, 0.03, 0.05, 0.04, 0.03]], [(6, 6)])
    assert found.p_holm[0] < LEVEL  # it is there
    assert found.verdict[0] == "equal"  # and does not matter


def test_holm_is_over_all_pairs_of_either_stage() -> None:
    found = decide([CLEAR, CLEAR, NONE], [(0, 6), (0, 6), (6, 6)])
    fisher = 2 / 924
    assert found.p_decision[0] == pytest.approx(fisher)
    assert found.p_holm[:2] == pytest.approx([3 * fisher, 3 * fisher])
    assert list(found.verdict) == ["b_better", "b_better", "equal"]
    # TOST applies to one pair of three, and pays for three.
    alone = decide([NONE], [(6, 6)])
    assert found.p_equal_holm[2] == pytest.approx(3 * alone.p_equal_holm[0])
    assert np.isnan(found.p_equal_holm[0])


def test_six_seeds_settle_a_collapse_among_five_arms() -> None:
    """By sign flips 10 pairs could not: 10 x 0.031. By the counts they can."""
    pairs = [[0.0] * 6] * 10
    counts = [(0, 6)] * 4 + [(6, 6)] * 6
    found = decide(pairs, counts)
    assert (found.verdict[:4] == "b_better").all()
    assert LEVEL < 10 * 0.03125


def test_two_equal_accuracies_are_no_proof() -> None:
    """Two or three differences of the same few images have no spread at all, by rounding alone."""
    one_image = 100 / IMAGES
    assert decide([[one_image] * 2], [(2, 2)]).p_decision[0] > 0.1
    assert decide([[one_image] * 3], [(3, 3)]).p_decision[0] > LEVEL
    # Ten images in each of three seeds are far beyond rounding.
    assert decide([[0.1] * 3], [(3, 3)]).p_decision[0] < LEVEL


lists = st.lists(st.integers(-40, 40), min_size=1, max_size=8)


@given(lists.flatmap(lambda d: st.tuples(st.just(d), st.integers(0, len(d)), st.integers(0, len(d)))))
def test_swapping_the_arms_swaps_the_verdict(case: tuple[list[int], int, int]) -> None:
    images, a, b = case
    forth = decide([[100 * i / IMAGES for i in images]], [(a, b)])
    back = decide([[-100 * i / IMAGES for i in images]], [(b, a)])
    swapped = {"a_better": "b_better", "b_better": "a_better", "equal": "equal", "open": "open"}
    assert back.verdict[0] == swapped[str(forth.verdict[0])]
    assert back.reason[0] == forth.reason[0]
    np.testing.assert_allclose(back.p_decision, forth.p_decision)
    for p in (forth.p_decision, forth.p_holm, forth.p_equal_holm):
        assert np.isnan(p[0]) or 0 <= p[0] <= 1


@given(st.lists(lists.filter(lambda d: len(d) == 6), min_size=1, max_size=4))
def test_more_pairs_never_make_a_verdict_easier(pairs: list[list[int]]) -> None:
    points = [[100 * i / IMAGES for i in row] for row in pairs]
    together = decide(points, [(6, 6)] * len(points))
    for i, row in enumerate(points):
        alone = decide([row], [(6, 6)])
        assert together.p_holm[i] >= alone.p_holm[0]
        assert together.p_equal_holm[i] >= alone.p_equal_holm[0]


def test_levels_of_the_looks() -> None:
    assert sum(LOOK_LEVELS) <= 0.05
    assert [look_level(look) for look in (1, 2, 3)] == list(LOOK_LEVELS)
    with pytest.raises(ComparisonError, match="at least 1; got 0"):
        look_level(0)


def test_beyond_the_last_look_nothing_is_decided() -> None:
    assert look_level(4) == 0
    clear = np.array([[[0.5, 0.5, 0.5, 0.5001, 0.5, 0.5]]])
    found = rule.evidence(clear, [[6]], [[6]], margin=0.001, metric=METRIC)
    assert rule.decide(found, look_level(3)).verdict.item() == "b_better"
    assert rule.decide(found, look_level(4)).verdict.item() == "open"
    never_and_always = rule.evidence(clear, [[0]], [[6]], margin=0.001, metric=METRIC)
    assert rule.decide(never_and_always, look_level(4)).verdict.item() == "open"
