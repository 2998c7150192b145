"""Findings: from a trace to named symptoms and causes, by rules that know no recipe, layer or data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from paribus.analysis.findings import dynamics, inputs, outputs, signal, weights
from paribus.analysis.findings.history import History
from paribus.values.findings import Finding, FindingName, Strength
from paribus.values.records import EpochMetrics
from paribus.values.trace import StepTrace

Rule = Callable[[History], Iterator[Finding]]

# Causes before what follows from them: of two findings equally strong the earlier is named first.
RULES: tuple[Rule, ...] = (
    inputs.inputs_constant,
    inputs.inputs_not_normalised,
    outputs.class_imbalance,
    outputs.batch_order,
    weights.symmetric_units,
    weights.collapse_to_zero,
    inputs.noise_too_strong,
    dynamics.learning_rate_too_high,
    signal.saturation_low,
    signal.saturation_high,
    signal.dead_units,
    signal.vanishing_gradient,
    signal.exploding_gradient,
    dynamics.learning_rate_too_low,
    outputs.labels_at_chance,
    weights.frozen_layer,
    dynamics.undertraining,
    dynamics.overfitting,
    dynamics.divergence,
    outputs.constant_predictor,
)

_STILL: frozenset[FindingName] = frozenset(
    {"vanishing_gradient", "learning_rate_too_low", "labels_at_chance", "frozen_layer", "undertraining"}
)
_BROKEN: frozenset[FindingName] = _STILL | {"saturation_low", "saturation_high", "dead_units", "exploding_gradient"}

# What a cause brings about by itself: left out where the cause is as strong.
EXPLAINS: dict[FindingName, frozenset[FindingName]] = {
    "inputs_constant": _BROKEN,
    "inputs_not_normalised": _BROKEN | {"learning_rate_too_high"},
    "class_imbalance": frozenset({"labels_at_chance", "undertraining"}),
    "batch_order": _BROKEN | {"overfitting", "learning_rate_too_high", "noise_too_strong"},
    "symmetric_units": _BROKEN | {"learning_rate_too_high"},
    "collapse_to_zero": _BROKEN | {"learning_rate_too_high"},
    "noise_too_strong": frozenset({"labels_at_chance", "undertraining"}),
    "learning_rate_too_high": _BROKEN - {"vanishing_gradient"},  # seen at the start, before steps have any effect
    "saturation_low": _STILL,
    "saturation_high": _STILL,
    "dead_units": _STILL,
    "vanishing_gradient": _STILL | {"learning_rate_too_high", "exploding_gradient", "dead_units"},
    "exploding_gradient": _STILL,
    "labels_at_chance": frozenset({"overfitting", "undertraining"}),
    "learning_rate_too_low": frozenset({"undertraining", "labels_at_chance", "frozen_layer"}),
    "divergence": _STILL,
}

_RANK: dict[Strength, int] = {"strong": 0, "moderate": 1, "weak": 2}


def findings_of(trace: Sequence[StepTrace], metrics: Sequence[EpochMetrics] = ()) -> tuple[Finding, ...]:
    """What the rules see in a run, the strongest first, causes before what follows from them.

    `trace` in any order; fields that are None, NaN or infinite leave the rules that need them silent. `metrics` are
    those of the same run.
    """
    if not trace:
        return ()
    history = History.of(trace, metrics)
    found = [finding for rule in RULES for finding in rule(history)]
    kept = [finding for finding in found if not any(_explains(cause, finding) for cause in found)]
    return tuple(sorted(kept, key=lambda finding: _RANK[finding.strength]))


def _explains(cause: Finding, finding: Finding) -> bool:
    return (
        cause.name != finding.name
        and finding.name in EXPLAINS.get(cause.name, ())
        and _RANK[cause.strength] <= _RANK[finding.strength]
    )
