"""A finding: a named symptom or cause, with its evidence and its strength."""

from __future__ import annotations

from typing import Literal

from paribus.values.frozen import Frozen

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
# What evidence measures; ratios and shares, so that they mean the same for any data set and network.
Quantity = Literal[
    "weights_left",
    "force_balance",
    "unit_spread",
    "update_ratio",
    "way",
    "sensitivity",
    "slope_product",
    "saturation_low",
    "saturation_high",
    "dead",
    "killed",
    "output_spread",
    "loss",
    "val_loss",
    "train_loss",
    "surprise",
    "label_balance",
    "batch_mixture",
    "input_rms",
    "input_std",
    "input_variation",
    "dropout_noise",
    "noise_gap",
    "unsound_steps",
    "loss_growth",
    "loss_spike",
    "sharpness_times_rate",
    "loss_fall",
    "spread_growth",
    "accuracy_gap",
    "val_loss_rise",
]


class Evidence(Frozen):
    """One number that speaks for a finding: what was measured, against which threshold, and where that comes from."""

    quantity: Quantity
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
