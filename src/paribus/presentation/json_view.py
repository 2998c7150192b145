"""The comparison as the JSON object of docs/json.md, which is a contract: change both, and JSON_SCHEMA by its rules."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from paribus.presentation.translation import in_each_language
from paribus.presentation.verdict import verdict_words
from paribus.values.comparison import ArmView, Comparison, Disagreement, Estimate, PairView
from paribus.values.program import Metric, ProgramInfo

JSON_SCHEMA = 1


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The object that `paribus compare --json` prints: strict JSON, so NaN and infinities are null."""
    c = comparison
    view = {
        "schema": JSON_SCHEMA,
        "id": c.id,
        "paribus": c.paribus,
        "created": c.created,
        "command": c.command,
        "factor": c.factor,
        "recipe_name": c.recipe_name,
        "confounded": c.confounded,
        "differences": c.differences,
        "seeds": len(c.seeds),
        "seed_list": c.seeds,
        "margin": c.margin,
        "look": c.look,
        "looks_allowed": c.looks_allowed,
        "alpha": c.alpha,
        "prior_entropy": c.prior_entropy,
        "test_count": c.test_count,
        "class_names": c.class_names,
        "arms": [_arm(arm) for arm in c.arms],
        "pairs": [_pair(pair) for pair in c.pairs],
        "disagreements": [_disagreement(image) for image in c.disagreements],
        "environment": c.environment.model_dump(),
        "verdict": in_each_language(partial(verdict_words, c)),
    }
    return {name: strict(value) for name, value in view.items()}


def _arm(arm: ArmView) -> dict[str, Any]:
    return {
        "name": arm.name,
        "value": arm.value,
        "recipe": arm.recipe.model_dump(),
        "trained": arm.trained,
        "trained_low": arm.trained_low,
        "trained_high": arm.trained_high,
        "test_accuracy": _estimate(arm.test_accuracy, arm.over),
        "confusion": arm.confusion,
        "runs": [run.model_dump() for run in arm.runs],
    }


def _estimate(estimate: Estimate | None, over: str) -> dict[str, Any]:
    """Always an object, so that a reader may ask for its mean: null where no run has a test accuracy."""
    if estimate is None:
        return {"mean": None, "low": None, "high": None, "level": None, "n": 0, "over": over}
    return {**estimate.model_dump(), "over": over}


def _pair(pair: PairView) -> dict[str, Any]:
    return pair.model_dump()


def _disagreement(image: Disagreement) -> dict[str, Any]:
    """Without the pixels, which the data set has."""
    return image.model_dump(exclude={"pixels", "height", "width", "channels"})


def program_json(program: ProgramInfo, primary: Metric) -> dict[str, Any]:
    """What is told of a program: `program` and its `metrics`, of which one is `primary` here."""
    return {
        "program": {"kind": program.kind, "name": program.name, "identity": program.identity},
        "metrics": [
            {
                "name": metric.name,
                "direction": metric.direction,
                "unit": metric.unit,
                "primary": metric.name == primary.name,
                "resolution": (primary if metric.name == primary.name else metric).resolution,
            }
            for metric in program.metrics
        ],
    }


def strict(value: Any) -> Any:
    """The value as strict JSON can have it: tuples as lists, and null for what is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    return value
