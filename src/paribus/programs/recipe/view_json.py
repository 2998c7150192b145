"""Parts of the JSON of recipes, whose keys are those of schema 1."""

from __future__ import annotations

from typing import Any

from paribus.programs.recipe.confusion import RecipeEvidence
from paribus.records.comparison import ArmView

_REASONS = {"difference": "accuracy"}  # as JSON of recipes calls them


def arm_json(arm: ArmView, shown: dict[str, Any], evidence: RecipeEvidence | None) -> dict[str, Any]:
    """An arm's object, with the recipe, the accuracies and its confusion matrix."""
    runs = [
        {
            **of_all,
            "test_accuracy": run.figures.get("test_accuracy"),
            "test_loss": run.figures.get("test_loss"),
            **run.curves,
        }
        for run, of_all in zip(arm.runs, shown["runs"], strict=True)
    ]
    return {
        **shown,
        "recipe": dict(arm.fields),
        "test_accuracy": shown["figures"].get("test_accuracy"),
        "confusion": () if evidence is None else evidence.confusion[arm.name],
        "runs": runs,
    }


def reason(pair: dict[str, Any]) -> str:
    """Why a pair is open, as recipes call it."""
    return _REASONS.get(str(pair["reason"]), str(pair["reason"]))


def with_accuracy(part: dict[str, Any]) -> dict[str, Any]:
    """What it shows, also under the name that it had when all of it was accuracies."""
    return {**part, "accuracy": part["value"]}
