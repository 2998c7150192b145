"""A finding: a named symptom or cause, with its evidence and its strength."""

from __future__ import annotations

from typing import Literal

from paribus.values.records import Frozen

FindingName = Literal[
    "collapse_to_zero",
    "constant_predictor",
    "vanishing_gradient",
    "exploding_gradient",
    "saturation_low",
    "saturation_high",
    "dead_units",
    "divergence",
    "learning_rate_too_high",
    "learning_rate_too_low",
    "undertraining",
    "overfitting",
    "symmetric_units",
    "inputs_not_normalised",
    "inputs_constant",
    "labels_at_chance",
    "class_imbalance",
    "frozen_layer",
    "batch_order",
    "noise_too_strong",
]
Strength = Literal["weak", "moderate", "strong"]


class Evidence(Frozen):
    """One number that speaks for a finding: what was measured, against which threshold, and where that comes from."""

    quantity: str
    value: float
    threshold: float
    source: str


class Finding(Frozen):
    """What a rule saw: in which layers (none where it concerns the whole network), from which step to which.

    Steps count from 0, as in the trace. Strength: `strong` where the network cannot train with it, `moderate` where it
    costs accuracy, `weak` where it is visible and may be harmless.
    """

    name: FindingName
    strength: Strength
    layers: tuple[str, ...]
    first_step: int
    last_step: int
    evidence: tuple[Evidence, ...]
