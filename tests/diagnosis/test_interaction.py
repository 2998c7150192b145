"""Factor by cause: the table by hand, Welch's interval against SciPy."""

import numpy as np
import pytest
from scipy import stats

from paribus.diagnosis.interaction import interaction, named_difference
from tests.diagnosis.explanations import a_change
from tests.factories import accuracies, make_comparison

CAUSE = a_change("weight_decay", 0.1, 0.0, "collapse_to_zero")


def welch_interval(
    first: list[float], second: list[float], least_variance: float = 0.0
) -> tuple[float | None, float | None] | None:
    found = named_difference("cost", first, second, least_variance)
    return None if found["low"] is None else (found["low"], found["high"])


@pytest.mark.parametrize(
    ("first", "second"),
    [([0.98, 0.99, 0.97], [0.1, 0.12, 0.11, 0.09]), ([0.5, 0.7], [0.6, 0.61]), ([1.0, 2.0, 4.0], [1.0, 1.1])],
)
def test_welch_s_interval_is_scipy_s(first: list[float], second: list[float]) -> None:
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert welch_interval(first, second) == pytest.approx((expected.low, expected.high))


def test_welch_s_interval_of_little() -> None:
    assert welch_interval([0.5], [0.1, 0.2]) is None
    assert welch_interval([0.5, 0.5], [0.25, 0.25]) == (0.25, 0.25)
    # Two samples of two with the same variance v: standard error sqrt(v), two degrees of freedom.
    low, high = welch_interval([0.5, 0.5], [0.25, 0.25], least_variance=1e-4) or (0.0, 0.0)
    half = stats.t.ppf(0.975, 2) * 1e-2
    assert (low, high) == pytest.approx((0.25 - half, 0.25 + half))


def test_the_table_of_arms_by_cause() -> None:
    present, removed = make_comparison("lesson"), make_comparison("fair")
    table = interaction(CAUSE, present, removed)
    cells = {(cell.arm, cell.removed): cell for cell in table.cells}
    assert (cells["sigmoid", False].trained, cells["relu", False].trained) == (0, 6)
    assert cells["sigmoid", True].trained == cells["relu", True].trained == 6
    before, after = ([np.array(accuracies(arm)) for arm in c.arms] for c in (present, removed))
    costs = {cost.arm: cost.cost for cost in table.costs}
    assert costs == pytest.approx(
        {"sigmoid": after[0].mean() - before[0].mean(), "relu": after[1].mean() - before[1].mean()}
    )
    (pair,) = table.pairs
    assert (pair.present, pair.removed) == (present.pairs[0].difference, removed.pairs[0].difference)
    assert pair.interaction == pytest.approx(costs["sigmoid"] - costs["relu"])
    expected = stats.ttest_ind(before[1] - before[0], after[1] - after[0], equal_var=False).confidence_interval(0.95)
    assert (pair.low, pair.high) == pytest.approx((expected.low, expected.high))


def test_where_only_some_runs_trained_they_alone_count() -> None:
    mixed, removed = make_comparison("mixture"), make_comparison("fair")
    arm = next(arm for arm in mixed.arms if arm.over == "trained")
    table = interaction(CAUSE, mixed, removed)
    (cell,) = [c for c in table.cells if c.arm == arm.name and not c.removed]
    trained = [run.figures["test_accuracy"] for run in arm.runs if run.trained and run.figures]
    assert cell.value == pytest.approx(np.mean(trained))
    assert cell.trained == len(trained) < cell.runs
