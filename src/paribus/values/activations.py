"""The activations. Adding one is one entry in `ACTIVATIONS`; nothing else names them.

`monotone` says that the function never falls: only then may max pooling come first, which is exact and computes
a quarter of the activations. (GELU and SiLU dip below zero before they rise, so they are pooled afterwards.)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Activation:
    """`function` names the callable as torch has it, `module:name`; torch itself is imported on floor 1."""

    function: str
    monotone: bool


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation("torch:positive", monotone=True),
    "sigmoid": Activation("torch:sigmoid", monotone=True),
    "hard_sigmoid": Activation("torch.nn.functional:hardsigmoid", monotone=True),
    "tanh": Activation("torch:tanh", monotone=True),
    "relu": Activation("torch:relu", monotone=True),
    "leaky_relu": Activation("torch.nn.functional:leaky_relu", monotone=True),
    "elu": Activation("torch.nn.functional:elu", monotone=True),
    "selu": Activation("torch:selu", monotone=True),
    "gelu": Activation("torch.nn.functional:gelu", monotone=False),
    "silu": Activation("torch.nn.functional:silu", monotone=False),
    "softplus": Activation("torch.nn.functional:softplus", monotone=True),
}
