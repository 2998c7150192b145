"""Comparisons of given runs of recipes, on a given test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from paribus.comparison.from_runs import Key, compare
from paribus.programs.recipe.confusion_from_runs import evidence_from
from paribus.records.comparison import Comparison
from paribus.records.design import Design
from paribus.records.run import RunResult


def compare_recipes(
    design: Design,
    results: Mapping[Key, RunResult],
    *,
    test_labels: np.ndarray,
    test_images: np.ndarray,
    class_names: Sequence[str],
    **more: Any,
) -> Comparison:
    """As `comparison.from_runs` does it, where it has the data set."""
    evidence = evidence_from(design, results, test_labels, test_images, class_names)
    judged = {key: _with_outcomes(result, test_labels) for key, result in results.items()}
    return compare(design, judged, evidence=evidence.model_dump(mode="json"), **more)


def _with_outcomes(result: RunResult, labels: np.ndarray) -> RunResult:
    if "classes" not in result.items:
        return result
    return replace(result, items={**result.items, "test_accuracy": result.items["classes"] == labels})
