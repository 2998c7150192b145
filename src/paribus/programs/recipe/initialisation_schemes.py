"""The initialisations. Adding one is one entry in `INITIALISATIONS`; nothing else names them.

Every scheme transforms the same raw draws, uniform in [-1, 1) from the stream `init/PARAMETER`, so two arms that
differ in initialisation alone differ in nothing but the transformation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from paribus.core.messages import mark


@dataclass(frozen=True)
class Initialisation:
    """One law of the first weights.

    Args:
        label: what people call it: a message id.
        bound: half-width of the uniform law, of `(fan_in, fan_out)`.
        bias_bound: half-width for biases, of `fan_in`.
        source: where the law comes from.
        orthogonal: take the Q of a QR decomposition instead of a uniform law.
    """

    label: str
    bound: Callable[[int, int], float]
    bias_bound: Callable[[int], float]
    source: str
    orthogonal: bool = False


def _zero(fan_in: int) -> float:
    return 0.0


INITIALISATIONS: dict[str, Initialisation] = {
    "default": Initialisation(
        mark("default initialisation"),
        lambda fan_in, fan_out: 1 / math.sqrt(fan_in),
        lambda fan_in: 1 / math.sqrt(fan_in),
        "PyTorch's Linear and Conv2d: U(-1/sqrt(fan_in), 1/sqrt(fan_in)), biases alike",
    ),
    "xavier": Initialisation(
        mark("Xavier initialisation"),
        lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)),
        _zero,
        "Glorot and Bengio 2010, eq. 16",
    ),
    "he": Initialisation(
        mark("He initialisation"),
        lambda fan_in, fan_out: math.sqrt(6 / fan_in),
        _zero,
        "He et al. 2015, eq. 10",
    ),
    "lecun": Initialisation(
        mark("LeCun initialisation"),
        lambda fan_in, fan_out: math.sqrt(3 / fan_in),
        _zero,
        "LeCun et al. 1998, sec. 4.6",
    ),
    "orthogonal": Initialisation(
        mark("orthogonal initialisation"),
        lambda fan_in, fan_out: 1.0,
        _zero,
        "Saxe et al. 2014, sec. 3",
        orthogonal=True,
    ),
    "zeros": Initialisation(
        mark("zero initialisation"),
        lambda fan_in, fan_out: 0.0,
        _zero,
        "all weights zero: a broken start, on purpose",
    ),
}
