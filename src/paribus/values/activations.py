"""The activations. Adding one is one entry in `ACTIVATIONS`; nothing else names them.

`monotone` says that the function never falls: only then may max pooling come first, which is exact and computes
a quarter of the activations. (GELU and SiLU dip below zero before they rise, so they are pooled afterwards.)

`flat` names the ends at which the function levels off, so that a unit there is saturated: `low` for large negative
inputs, `high` for large positive ones. ReLU and its leaky kind have none: a ReLU at zero is off, by design, and one
that is never on is dead, which is another matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

End = Literal["low", "high"]


@dataclass(frozen=True)
class Activation:
    """`function` names the callable as torch has it, `module:name`; torch itself is imported on floor 1."""

    function: str
    monotone: bool
    flat: tuple[End, ...] = ()


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation("torch:positive", monotone=True),
    "sigmoid": Activation("torch:sigmoid", monotone=True, flat=("low", "high")),
    "hard_sigmoid": Activation("torch.nn.functional:hardsigmoid", monotone=True, flat=("low", "high")),
    "tanh": Activation("torch:tanh", monotone=True, flat=("low", "high")),
    "relu": Activation("torch:relu", monotone=True),
    "leaky_relu": Activation("torch.nn.functional:leaky_relu", monotone=True),
    "elu": Activation("torch.nn.functional:elu", monotone=True, flat=("low",)),
    "selu": Activation("torch:selu", monotone=True, flat=("low",)),
    "gelu": Activation("torch.nn.functional:gelu", monotone=False, flat=("low",)),
    "silu": Activation("torch.nn.functional:silu", monotone=False, flat=("low",)),
    "softplus": Activation("torch.nn.functional:softplus", monotone=True, flat=("low",)),
}

# Functions that a model of the user's own may apply besides, by torch's name for them, and their flat ends.
FLAT_ENDS_OF_OTHERS: dict[str, tuple[End, ...]] = {
    "celu": ("low",),
    "hardswish": ("low",),
    "hardtanh": ("low", "high"),
    "log_sigmoid": ("high",),
    "mish": ("low",),
    "prelu": (),
    "relu6": ("high",),
    "softsign": ("low", "high"),
}


def flat_ends() -> dict[str, tuple[End, ...]]:
    """The flat ends of every function that is known as an activation, by torch's name for it."""
    ours = {activation.function.rpartition(":")[2]: activation.flat for activation in ACTIVATIONS.values()}
    return {**FLAT_ENDS_OF_OTHERS, **ours}
