"""Twelve spoilt recipes: each a network that learns, with one field changed so that it does not.

`tools/practice_cases.py` asks why of each of them, and says whether the field that was spoilt is the cause it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What may be spoilt: fields of a recipe, of which one is the cause of each case.
CAUSES = (
    "label_noise",
    "majority_fraction",
    "input_scale",
    "batch_order",
    "initialisation",
    "init_gain",
    "bias_value",
    "dropout",
    "learning_rate",
    "weight_decay",
)
START = "fair"  # the recipe that all begin with: no weight decay, batches shuffled
SIZE: Mapping[str, Any] = {"train_size": 1600, "batch_size": 16, "epochs": 3}  # a run takes a second, and learns


@dataclass(frozen=True)
class Spoilt:
    """One case. sound: what else differs from `START`, and learns. field, value: what is spoilt, and by what."""

    sound: Mapping[str, Any]
    field: str
    value: Any

    @property
    def settings(self) -> dict[str, Any]:
        """All that differs from `START`."""
        return {**SIZE, **self.sound, self.field: self.value}


_SGD = {"optimizer": "sgd", "learning_rate": 0.1}
_TANH = {"activation": "tanh"}

TWELVE = (
    Spoilt(_TANH, "weight_decay", 0.5),
    Spoilt({}, "learning_rate", 0.1),
    Spoilt({}, "label_noise", 1.0),
    Spoilt({}, "bias_value", -10.0),
    Spoilt(_SGD, "batch_order", "sorted"),
    Spoilt({}, "initialisation", "zeros"),
    Spoilt({}, "dropout", 0.95),
    Spoilt(_SGD, "init_gain", 0.001),
    Spoilt({}, "learning_rate", 1e-6),
    Spoilt({}, "input_scale", 0.0),
    Spoilt(_TANH, "init_gain", 100.0),
    Spoilt({}, "majority_fraction", 0.99),
)
