"""How often the rule is wrong, on simulated comparisons. benchmarks/decision_rule.py prints the whole picture.

Trials are seeded, so these tests give the same counts on every machine; the bounds allow for the simulation's own
standard error, sqrt(p (1 - p) / trials), stated at each.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.core.seeds import generator
from paribus.programs.recipe.info import RECIPE

TRIALS = 6000
IMAGES = 10_000
METRIC = RECIPE.judging.of_items(IMAGES)


def simulated(
    name: str, arms: int, seeds: int, trains: float = 1.0, law: str = "normal"
) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies [trials, arms, seeds] of identical arms, in whole images, and which runs trained."""
    draw = generator(seeds, f"error rate/{name}/{arms}/{law}")
    shape = (TRIALS, arms, seeds)
    own = draw.standard_normal(shape) if law == "normal" else draw.standard_t(3, shape)
    accuracies = 0.98 + 0.0007 * own + 0.001 * draw.standard_normal((TRIALS, 1, seeds))
    return np.round(accuracies * IMAGES) / IMAGES, draw.random(shape) < trains


def rate_of_difference(runs: np.ndarray, trained: np.ndarray, look: int = 1) -> float:
    """Share of trials in which any pair is called different."""
    a, b = np.array(list(combinations(range(runs.shape[1]), 2))).T
    found = rule.evidence(runs[:, b] - runs[:, a], trained[:, a], trained[:, b], margin=0.0, metric=METRIC)
    verdict = rule.decide(found, look_level(look)).verdict
    return float(np.isin(verdict, ["a_better", "b_better"]).any(axis=1).mean())


@pytest.mark.parametrize("law", ["normal", "t3"])
@pytest.mark.parametrize("arms", [2, 5])
@pytest.mark.parametrize("seeds", [2, 3, 6, 30])
def test_identical_arms_are_called_different_in_at_most_five_percent(seeds: int, arms: int, law: str) -> None:
    rate = rate_of_difference(*simulated("null", arms, seeds, law=law))
    # At the level of look 1 the simulation's standard error is 0.0024, so 0.05 is six of them above.
    assert rate <= 0.05
    if arms == 2 and law == "normal" and seeds > 2:
        assert rate == pytest.approx(look_level(1), abs=4 * 0.0024)  # and the level is used


@pytest.mark.parametrize("arms", [2, 4])
@pytest.mark.parametrize("trains", [0.9, 0.5])
@pytest.mark.parametrize("seeds", [3, 6, 12])
def test_mixtures_are_called_different_in_at_most_five_percent(seeds: int, trains: float, arms: int) -> None:
    assert rate_of_difference(*simulated("mixture", arms, seeds, trains)) <= 0.05


def test_three_looks_together_stay_within_five_percent() -> None:
    runs, _ = simulated("looks", 2, 24)
    wrong = np.zeros(TRIALS, dtype=bool)
    for look, seeds in enumerate((6, 12, 24), 1):
        differences = (runs[:, 1] - runs[:, 0])[:, None, :seeds]
        full = np.full((TRIALS, 1), seeds)
        found = rule.evidence(differences, full, full, margin=0.0, metric=METRIC)
        verdict = rule.decide(found, look_level(look)).verdict[:, 0]
        wrong |= np.isin(verdict, ["a_better", "b_better"])
    assert look_level(1) - 4 * 0.0024 <= wrong.mean() <= 0.05


def test_arms_apart_by_the_margin_are_called_equal_no_more_often_than_the_level() -> None:
    runs, _ = simulated("margin", 2, 12)
    full = np.full((TRIALS, 1), 12)
    differences = (runs[:, 1] - runs[:, 0] + rule.DEFAULT_MARGIN)[:, None]
    found = rule.evidence(differences, full, full, margin=rule.DEFAULT_MARGIN, metric=METRIC)
    rate = float((rule.decide(found, look_level(1)).verdict == "equal").mean())
    assert rate <= look_level(1) + 3 * 0.0024


def test_a_difference_of_two_deviations_is_found_with_six_seeds() -> None:
    runs, trained = simulated("power", 2, 6)
    runs[:, 1] += 2 * 0.00099  # a paired difference has a deviation of 0.0007 sqrt(2)
    assert rate_of_difference(runs, trained) > 0.9
