"""What tells recipes apart in the names of runs and comparisons: every field, from a point that never moves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# The fields of version 0.1.0, at its defaults. What is as here goes unsaid, so that runs and comparisons of that
# version keep their names; anything else is said, whatever a field's default has become. A field that comes later is
# to be listed with the value under which everything is as it was without it.
FIXED_POINT: Mapping[str, Any] = {
    "dataset": "mnist",
    "validation_fraction": 0.2,
    "train_size": 0,
    "normalise": True,
    "input_scale": 1.0,
    "label_noise": 0.0,
    "majority_fraction": 0.0,
    "batch_size": 64,
    "batch_order": "as_is",
    "drop_last": False,
    "model": "lenet",
    "conv_channels": [6, 16],
    "dense_widths": [120, 84],
    "activation": "relu",
    "pooling": "max",
    "batch_norm": False,
    "dropout": 0.0,
    "initialisation": "default",
    "init_gain": 1.0,
    "bias_value": "default",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "momentum": 0.0,
    "beta1": 0.9,
    "beta2": 0.999,
    "weight_decay": 0.1,
    "schedule": "constant",
    "step_epochs": 5,
    "step_factor": 0.1,
    "warmup_epochs": 0.0,
    "gradient_clip": 0.0,
    "label_smoothing": 0.0,
    "loss": "cross_entropy",
    "epochs": 15,
}


def telling(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, as plain JSON values, that are not as they are at the fixed point."""
    return {name: value for name, value in fields.items() if name not in FIXED_POINT or FIXED_POINT[name] != value}


def digest(fields: Mapping[str, Any]) -> str:
    """SHA-256 (hex) that differs wherever any field does."""
    return hashlib.sha256(json.dumps(telling(fields), sort_keys=True).encode()).hexdigest()
