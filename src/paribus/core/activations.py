"""The activations, one record each. Adding one is one entry in `ACTIVATIONS`; nothing else names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import mark

End = Literal["low", "high"]


@dataclass(frozen=True)
class Activation:
    """One activation.

    Args:
        function: the callable as torch has it, `module:name`; probes take its slope by automatic differentiation.
        formula: the same in JavaScript, an expression of `x`, for the networks that run in a page. `logistic` and
            `errorFunction` are there for it (`page/activations.js`).
        label: what people call it: a message id, or a name that no language changes.
        flat: the ends at which it levels off, so that a unit there is saturated: `low` for large negative inputs,
            `high` for large positive ones. ReLU has none: at zero it is off, by design, and a unit that is never on
            is dead, which is another matter.
        bounded: the least and the largest value, where it has both.
        monotone: whether it never falls. Only then may max pooling come first, which is exact and computes a quarter
            of the activations. (GELU and SiLU dip below zero before they rise, so they are pooled afterwards.)
        native: whether the native kernels (`programs/recipe/kernels/native/`) know it, by the same name.
    """

    function: str
    formula: str
    label: str
    flat: tuple[End, ...] = ()
    bounded: tuple[float, float] | None = None
    monotone: bool = True
    native: bool = False


_F = "torch.nn.functional:"
_BOTH: tuple[End, ...] = ("low", "high")
_LOW: tuple[End, ...] = ("low",)

ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation("torch:positive", "x", mark("identity"), native=True),
    "sigmoid": Activation("torch:sigmoid", "logistic(x)", mark("sigmoid"), _BOTH, (0, 1), native=True),
    "hard_sigmoid": Activation(
        _F + "hardsigmoid", "Math.min(Math.max(x + 3, 0), 6) / 6", mark("hard sigmoid"), _BOTH, (0, 1), native=True
    ),
    "tanh": Activation("torch:tanh", "Math.tanh(x)", mark("tanh"), _BOTH, (-1, 1), native=True),
    "relu": Activation("torch:relu", "x < 0 ? 0 : x", "ReLU", native=True),
    "leaky_relu": Activation(_F + "leaky_relu", "x < 0 ? 0.01 * x : x", mark("leaky ReLU"), native=True),
    "elu": Activation(_F + "elu", "x > 0 ? x : Math.expm1(x)", "ELU", _LOW, native=True),
    "selu": Activation(
        "torch:selu",
        "1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))",
        "SELU",
        _LOW,
        native=True,
    ),
    "gelu": Activation(_F + "gelu", "0.5 * x * (1 + errorFunction(x * Math.SQRT1_2))", "GELU", _LOW, monotone=False),
    "silu": Activation(_F + "silu", "x * logistic(x)", "SiLU", _LOW, monotone=False),
    "softplus": Activation(
        _F + "softplus", "x > 20 ? x : Math.log1p(Math.exp(x))", mark("softplus"), _LOW, native=True
    ),
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


def activation_called(name: str) -> str:
    """The name in `ACTIVATIONS` of the activation that is called so, by its name or its label: `ReLU` is relu.

    Raises:
        ParibusError: there is none, with those that there are.
    """
    written = str(name).casefold()
    for own, activation in ACTIVATIONS.items():
        if written in (own, activation.label.casefold()):
            return own
    raise ParibusError(
        "{field} must be one of {choices}",
        field="activation",
        choices=tuple(ACTIVATIONS),
        got=name,
        hint=nearest(written, ACTIVATIONS),
    )
