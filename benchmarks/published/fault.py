"""What a published fault is here: a training with it, one with its published repair, and where both are from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn, optim

Score = Callable[["Tensor", "Tensor"], float]


@dataclass(frozen=True)
class Data:
    """Inputs and targets to train on, and held out."""

    x: Tensor
    y: Tensor
    xv: Tensor
    yv: Tensor


@dataclass(frozen=True)
class Training:
    """One training; `data` and `network` draw from torch's global stream. `score` is of held-out outputs, from 0 to 1.

    Lengths are in steps. `clear`: gradients are cleared before each backward pass. `mode`: the model's mode while it is
    trained and while it is evaluated.
    """

    data: Callable[[], Data]
    network: Callable[[], nn.Module]
    loss: Callable[[Tensor, Tensor], Tensor]
    optimizer: Callable[[Iterable[Tensor]], optim.Optimizer]
    steps: int
    size: int
    score: Score
    clear: bool = True
    mode: tuple[bool, bool] = (True, False)


@dataclass(frozen=True)
class Source:
    """Where a fault and its repair are described: an address, and what it is called there."""

    title: str
    address: str


@dataclass(frozen=True)
class Fault:
    """A fault and its repair. `named`: the findings by which a reader would know it.

    Those were written down before any of these trainings was run. `otherwise`: what is not as in the source, such as
    data that were not published.
    """

    name: str
    source: Source
    repair: str
    faulty: Training
    repaired: Training
    named: tuple[str, ...]
    otherwise: str = ""


@dataclass(frozen=True)
class NotExpressed:
    """A published fault that is not tried here, and why."""

    name: str
    source: Source
    reason: str
