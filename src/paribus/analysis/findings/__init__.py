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
    signal.exploding_gradient,
    signal.dead_units,
    signal.vanishing_gradient,
    dynamics.learning_rate_too_low,
    outputs.labels_at_chance,
    weights.frozen_layer,
    dynamics.undertraining,
    dynamics.overfitting,
    dynamics.divergence,
    outputs.constant_predictor,
)

_STILL: frozenset[FindingName] = frozenset(
    {"learning_rate_too_low", "labels_at_chance", "frozen_layer", "undertraining"}
)
_BLOCKED: frozenset[FindingName] = _STILL | {"saturation_low", "saturation_high", "dead_units", "exploding_gradient"}
_BAD_START: frozenset[FindingName] = _BLOCKED | {"vanishing_gradient", "learning_rate_too_high"}

# What a cause brings about by itself: left out where the cause is as strong. No finding explains itself in a round.
EXPLAINS: dict[FindingName, frozenset[FindingName]] = {
    "inputs_constant": _BAD_START,
    "inputs_not_normalised": _BAD_START,
    "class_imbalance": frozenset({"labels_at_chance", "undertraining"}),
    "batch_order": _BLOCKED | {"overfitting", "learning_rate_too_high", "noise_too_strong"},
    "symmetric_units": _BAD_START,
    "collapse_to_zero": _BLOCKED | {"learning_rate_too_high"},
    "noise_too_strong": frozenset({"labels_at_chance", "undertraining"}),
    "learning_rate_too_high": _BLOCKED,
    "saturation_low": _STILL,
    "saturation_high": _STILL,
    "dead_units": _STILL,
    # Seen at the start, before any step: what comes with it later is its work, in a network that is slow to leave it.
    "vanishing_gradient": _STILL | {"dead_units", "exploding_gradient", "learning_rate_too_high"},
    "exploding_gradient": _STILL | {"dead_units"},
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
