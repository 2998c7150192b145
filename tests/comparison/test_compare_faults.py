"""What `compare` refuses: runs that are missing or do not fit, with all faults at once."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.comparison.from_runs import compare
from paribus.core.errors import ComparisonError
from paribus.records.run import RunResult
from tests.comparison.compared import compared
from tests.factories import make_design, make_results


def test_all_faults_are_named_together() -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=3)
    results = make_results(design, {"sigmoid": [0.9] * 3, "relu": [0.9] * 3})
    good = results["sigmoid", 1]
    del results["sigmoid", 0]
    results["sigmoid", 1] = RunResult(good.record.model_copy(update={"status": "running"}), good.epochs)
    results["sigmoid", 2] = RunResult(good.record, good.epochs)
    assert "classes" in good.items
    results["relu", 1] = RunResult(
        good.record, good.epochs, {"classes": good.items["classes"][:7], "probabilities": good.items["probabilities"]}
    )
    with pytest.raises(ComparisonError) as of_any_program:
        compare(design, results, margin=2.0, command="", created="", paribus_version="")
    with pytest.raises(ComparisonError) as of_recipes:
        compared(design, results)
    for caught, parts in (
        (
            of_any_program,
            (
                "margin must be a fraction from 0 to 1; got 2.0",
                "arm sigmoid, seed 0: the run is missing",
                "arm sigmoid, seed 1: run",
                "it is still running",
            ),
        ),
        (
            of_recipes,
            (
                "arm sigmoid, seed 0: the run is missing",
                "arm sigmoid, seed 2: run",
                "has no answers on the test set",
                "arm relu, seed 1: run",
                "got [7] answers",
            ),
        ),
    ):
        for part in parts:
            assert part in str(caught.value)
        assert "relu, seed 0" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_labels": np.full(2000, 10)}, "test labels must be from 0 to 9"),
        ({"test_images": np.zeros((5, 1, 28, 28), np.uint8)}, r"must be \[2000, channels, height, width\]; got \[5, 1"),
        ({"look": 0}, "look must be at least 1; got 0"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    with pytest.raises(ComparisonError, match=message):
        compared(design, make_results(design, {"sigmoid": [0.9], "relu": [0.9]}), **change)


def test_a_comparison_needs_two_arms() -> None:
    design = make_design("activation", ["relu"], seeds=1)
    with pytest.raises(ComparisonError, match="at least two arms; got 1"):
        compared(design, make_results(design, {"relu": [0.9]}))
