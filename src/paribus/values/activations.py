"""The activations, one record each. Adding one is one entry in `ACTIVATIONS`; nothing else names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paribus.values.messages import mark

End = Literal["low", "high"]


@dataclass(frozen=True, kw_only=True)
class Activation:
    """One activation.

    Args:
        function: the callable as torch has it, `module:name`; probes take its slope by automatic differentiation.
        formula: the same in JavaScript, an expression of `x`, for the networks that run in a page. `logistic` and
            `errorFunction` are there for it (`presentation/page/activations.js`).
        label: what people call it: a message id, or a name that no language changes.
        monotone: whether it never falls. Only then may max pooling come first, which is exact and computes a quarter
            of the activations. (GELU and SiLU dip below zero before they rise, so they are pooled afterwards.)
        flat: the ends at which it levels off, so that a unit there is saturated: `low` for large negative inputs,
            `high` for large positive ones. ReLU has none: at zero it is off, by design, and a unit that is never on
            is dead, which is another matter.
        bounded: the least and the largest value, where it has both.
        native: its name in the native kernels (`matter/kernels/native/`); None where PyTorch computes it.
    """

    function: str
    formula: str
    label: str
    monotone: bool
    flat: tuple[End, ...] = ()
    bounded: tuple[float, float] | None = None
    native: str | None = None


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation(
        function="torch:positive",
        formula="x",
        label=mark("identity"),
        monotone=True,
        native="identity",
    ),
    "sigmoid": Activation(
        function="torch:sigmoid",
        formula="logistic(x)",
        label=mark("sigmoid"),
        monotone=True,
        flat=("low", "high"),
        bounded=(0, 1),
        native="sigmoid",
    ),
    "hard_sigmoid": Activation(
        function="torch.nn.functional:hardsigmoid",
        formula="Math.min(Math.max(x + 3, 0), 6) / 6",
        label=mark("hard sigmoid"),
        monotone=True,
        flat=("low", "high"),
        bounded=(0, 1),
        native="hard_sigmoid",
    ),
    "tanh": Activation(
        function="torch:tanh",
        formula="Math.tanh(x)",
        label=mark("tanh"),
        monotone=True,
        flat=("low", "high"),
        bounded=(-1, 1),
        native="tanh",
    ),
    "relu": Activation(
        function="torch:relu",
        formula="x < 0 ? 0 : x",
        label="ReLU",
        monotone=True,
        native="relu",
    ),
    "leaky_relu": Activation(
        function="torch.nn.functional:leaky_relu",
        formula="x < 0 ? 0.01 * x : x",
        label=mark("leaky ReLU"),
        monotone=True,
        native="leaky_relu",
    ),
    "elu": Activation(
        function="torch.nn.functional:elu",
        formula="x > 0 ? x : Math.expm1(x)",
        label="ELU",
        monotone=True,
        flat=("low",),
        native="elu",
    ),
    "selu": Activation(
        function="torch:selu",
        formula="1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))",
        label="SELU",
        monotone=True,
        flat=("low",),
        native="selu",
    ),
    "gelu": Activation(
        function="torch.nn.functional:gelu",
        formula="0.5 * x * (1 + errorFunction(x * Math.SQRT1_2))",
        label="GELU",
        monotone=False,
        flat=("low",),
    ),
    "silu": Activation(
        function="torch.nn.functional:silu",
        formula="x * logistic(x)",
        label="SiLU",
        monotone=False,
        flat=("low",),
    ),
    "softplus": Activation(
        function="torch.nn.functional:softplus",
        formula="x > 20 ? x : Math.log1p(Math.exp(x))",
        label=mark("softplus"),
        monotone=True,
        flat=("low",),
        native="softplus",
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
