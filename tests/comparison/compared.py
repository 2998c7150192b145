"""A comparison of given runs, on the synthetic test set."""

from __future__ import annotations

from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.run import RunResult
from tests.compared import compare_recipes
from tests.factories import make_test_set


def compared(
    design: Design, results: dict[tuple[str, int], RunResult], count: int = 2000, **more: object
) -> Comparison:
    tests = make_test_set(count)
    settings: dict[str, object] = {
        "test_labels": tests.labels,
        "test_images": tests.images,
        "class_names": tuple("0123456789"),
        "command": "paribus compare",
        "created": "2025-01-01T00:00:00+00:00",
        "paribus_version": "0.1.0",
    }
    return compare_recipes(design, results, **(settings | more))  # type: ignore[arg-type]
