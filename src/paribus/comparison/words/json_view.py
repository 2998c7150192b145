"""The comparison as the JSON object of docs/json.md, which is a contract: change both, and JSON_SCHEMA by its rules."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from paribus.comparison.words.verdict_text import verdict_words
from paribus.programs.view import program_view
from paribus.records.comparison import ArmView, Comparison, Estimate, PairView, RunView
from paribus.records.factorial import Factorial
from paribus.records.program import Metric, ProgramInfo
from paribus.words.translation import in_each_language

JSON_SCHEMA = 1


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The object that `paribus compare --json` prints: strict JSON, so NaN and infinities are null.

    What every program has, and what its kind adds.
    """
    c = comparison
    metrics = [c.metric if metric.name == c.metric.name else metric for metric in c.program.metrics]
    view = {
        "schema": JSON_SCHEMA,
        "id": c.id,
        "paribus": c.paribus,
        "created": c.created,
        "command": c.command,
        **program_json(c.program, c.metric),
        "factor": c.factor,
        "confounded": c.confounded,
        "differences": c.differences,
        "seeds": len(c.seeds),
        "seed_list": c.seeds,
        "margin": c.margin,
        "paired": c.paired,
        "baseline": c.baseline,
        "claims": c.claims,
        "look": c.look,
        "looks_allowed": c.looks_allowed,
        "alpha": c.alpha,
        "rule": c.rule,
        "arms": [_arm(arm, metrics) for arm in c.arms],
        "pairs": [_pair(c, pair) for pair in c.pairs],
        "other_pairs": [_pair(c, pair) for pair in c.other_pairs],
        "factorial": None if c.factorial is None else _factorial(c.factorial),
        "datasets": None if c.datasets is None else c.datasets.model_dump(),
        "tuned_fields": c.tuned_fields,
        "repeat": None if c.repeat is None else {**c.repeat.model_dump(), "same": c.repeat.same},
        "environment": c.environment.model_dump(),
        "verdict": in_each_language(partial(verdict_words, c)),
    }
    whole = program_view(c.program).comparison_json(c, view)
    return {name: strict(value) for name, value in whole.items()}


def _factorial(found: Factorial) -> dict[str, Any]:
    effects = [{**effect.model_dump(), "told": effect.told} for effect in found.effects]
    return {**found.model_dump(), "effects": effects}


def _arm(arm: ArmView, metrics: Sequence[Metric]) -> dict[str, Any]:
    return {
        "name": arm.name,
        "value": arm.value,
        "fields": dict(arm.fields),
        "trained": arm.trained,
        "trained_low": arm.trained_low,
        "trained_high": arm.trained_high,
        "figures": {metric.name: _estimate(arm.figures.get(metric.name), arm.over) for metric in metrics},
        "total": arm.size,
        "runs": [_run(run, metrics) for run in arm.runs],
    }


def _pair(comparison: Comparison, pair: PairView) -> dict[str, Any]:
    return {**pair.model_dump(), "on_these_items": comparison.on_these_items(pair)}


def _run(run: RunView, metrics: Sequence[Metric]) -> dict[str, Any]:
    return {
        "id": run.id,
        "seed": run.seed,
        "dataset": run.dataset,
        "status": run.status,
        "trained": run.trained,
        "figures": {metric.name: run.figures.get(metric.name) for metric in metrics},
        "curves": run.curves,
        "seconds": run.seconds,
        "failure": None if run.failure is None else str(run.failure.message),
        "astray": run.astray,
    }


def _estimate(estimate: Estimate | None, over: str) -> dict[str, Any]:
    """Always an object, so that a reader may ask for its mean: null where no run has the figure."""
    if estimate is None:
        return {"mean": None, "low": None, "high": None, "level": None, "n": 0, "over": over}
    return {**estimate.model_dump(), "over": over}


def program_json(program: ProgramInfo, primary: Metric) -> dict[str, Any]:
    """What is told of a program: `program` and its `metrics`, of which one is `primary` here."""
    at = f"best {program.steers}" if program.at_best else "last"
    return {
        "program": {"kind": program.kind, "name": program.name, "identity": program.identity, "at": at},
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
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    return value
