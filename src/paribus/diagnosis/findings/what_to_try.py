"""Changes of one field that rules point at, and those that are worth trying whatever was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from paribus.records.finding import Finding

# A field and the value it would get, of all fields' values and of the finding that points there, if any; the same
# value, or None, where there is nothing to change.
Move = tuple[str, Callable[[Mapping[str, Any], Finding | None], Any]]

# An update's length over that of the weights: a usual one, and a long one with which networks still train.
USUAL_UPDATE, LARGEST_UPDATE = 1e-3, 1e-2
USUAL_BATCH, LARGE_BATCH = 64, 256


def to(field: str, value: Any) -> Move:
    """The field set to a value."""
    return field, lambda fields, finding: value


def times(factor: float) -> Move:
    """The learning rate multiplied."""
    return "learning_rate", lambda fields, finding: _rate(fields["learning_rate"] * factor)


def to_update(wanted: float) -> Move:
    """The learning rate, by as many powers of ten as bring updates near the wanted length, from what was measured."""

    def rate(fields: Mapping[str, Any], finding: Finding | None) -> float | None:
        seen = [e.value for e in finding.evidence if e.quantity == "update_ratio"] if finding else []
        if not seen or not 0 < seen[0] < math.inf:
            return None
        return _rate(fields["learning_rate"] * 10.0 ** round(math.log10(wanted / seen[0])))

    return "learning_rate", rate


def as_long(factor: int) -> Move:
    """So many times the epochs."""
    return "epochs", lambda fields, finding: fields["epochs"] * factor


def at_most(field: str, value: float) -> Move:
    """The field lowered to a value, where it is above."""
    return field, lambda fields, finding: min(fields[field], value)


def _smaller_batches(fields: Mapping[str, Any], finding: Finding | None) -> int | None:
    return USUAL_BATCH if fields["batch_size"] > LARGE_BATCH else None


def _rate(value: float) -> float:
    return float(f"{value:.2g}")


def _decoupled(fields: Mapping[str, Any], finding: Finding | None) -> str | None:
    return "adamw" if fields["optimizer"] == "adam" and fields["weight_decay"] > 0 else None


def _own_normalisation(fields: Mapping[str, Any], finding: Finding | None) -> bool | None:
    return None if ":" in fields["model"] else True  # a network of the user's own has no such switch


SMALLER_BATCHES: Move = ("batch_size", _smaller_batches)
NO_DECAY, DECOUPLED = to("weight_decay", 0.0), ("optimizer", _decoupled)
BATCH_NORM: Move = ("batch_norm", _own_normalisation)
USUAL_START = (to("init_gain", 1.0), to("bias_value", "default"), to("initialisation", "default"))
USUAL_INPUTS = (to("normalise", True), to("input_scale", 1.0))
USUAL_LABELS = (to("label_noise", 0.0), to("label_smoothing", 0.0), to("majority_fraction", 0.0))
NO_DROPOUT, SHUFFLED, NO_CLIP = to("dropout", 0.0), to("batch_order", "shuffled"), to("gradient_clip", 0.0)
# What else than the learning rate makes steps short.
FULL_STEPS = (NO_CLIP, to("warmup_epochs", 0.0), to("schedule", "constant"))
PLAIN = (NO_DECAY, *USUAL_START, *USUAL_INPUTS, *USUAL_LABELS, NO_DROPOUT, SHUFFLED, *FULL_STEPS)

# Tried whatever was found: a cause may leave no trace that a rule knows, and what people are taught is tested too.
ANYWAY: tuple[Move, ...] = (
    NO_DECAY,
    DECOUPLED,
    SHUFFLED,
    to("initialisation", "xavier"),
    BATCH_NORM,
    times(10),
    times(0.1),
    to("initialisation", "he"),
    times(3),
    times(1 / 3),
    to("activation", "relu"),
    to("gradient_clip", 1.0),
    to("optimizer", "adam"),
    *PLAIN,
    to("batch_size", USUAL_BATCH),
)
