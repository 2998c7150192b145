"""The initialisations. Adding one is one entry in `INITIALISATIONS`; nothing else names them.

Every scheme transforms the same raw draws, uniform in [-1, 1) from the stream `init/PARAMETER`, so two arms that
differ in initialisation alone differ in nothing but the transformation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Initialisation:
    """`bound(fan_in, fan_out)` is the half-width of the uniform law; `orthogonal` takes the Q of a QR instead.

    `bias_bound(fan_in)` is the half-width for biases.
    """

    bound: Callable[[int, int], float]
    bias_bound: Callable[[int], float]
    source: str
    orthogonal: bool = False


def _zero(fan_in: int) -> float:
    return 0.0


INITIALISATIONS: dict[str, Initialisation] = {
    "default": Initialisation(
        lambda fan_in, fan_out: 1 / math.sqrt(fan_in),
        lambda fan_in: 1 / math.sqrt(fan_in),
        "PyTorch's Linear and Conv2d: U(-1/sqrt(fan_in), 1/sqrt(fan_in)), biases alike",
    ),
    "xavier": Initialisation(
        lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)),
        _zero,
        "Glorot and Bengio 2010, eq. 16",
    ),
    "he": Initialisation(lambda fan_in, fan_out: math.sqrt(6 / fan_in), _zero, "He et al. 2015, eq. 10"),
    "lecun": Initialisation(lambda fan_in, fan_out: math.sqrt(3 / fan_in), _zero, "LeCun et al. 1998, sec. 4.6"),
    "orthogonal": Initialisation(lambda fan_in, fan_out: 1.0, _zero, "Saxe et al. 2014, sec. 3", orthogonal=True),
    "zeros": Initialisation(lambda fan_in, fan_out: 0.0, _zero, "all weights zero: a broken start, on purpose"),
}
