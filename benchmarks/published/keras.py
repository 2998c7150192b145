"""What Keras did in the programs with these faults: first weights, losses of probabilities, optimisers; and scores.

Keras 2 computes cross entropy from the probabilities that a network ends in, after dividing them by their sum
(`categorical_crossentropy`) and with a floor of 1e-7.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

FLOOR = 1e-7

Optimizer = Callable[[Iterable[Tensor]], optim.Optimizer]


def stack(*layers: nn.Module, weights: str | float = "glorot", biases: float = 0.0) -> nn.Sequential:
    """Layers with Keras's first weights: `glorot`, `uniform` (within 0.05), `normal` (0.05), `he`, or a deviation."""
    model = nn.Sequential(*layers)
    for layer in model:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            if weights == "glorot":
                nn.init.xavier_uniform_(layer.weight)
            elif weights == "he":
                nn.init.kaiming_normal_(layer.weight)
            elif weights == "uniform":
                nn.init.uniform_(layer.weight, -0.05, 0.05)
            else:
                nn.init.normal_(layer.weight, std=0.05 if weights == "normal" else float(weights))
            assert layer.bias is not None
            if biases:
                nn.init.normal_(layer.bias, std=biases)
            else:
                nn.init.zeros_(layer.bias)
    return model


def dense(*widths: int, act: type[nn.Module], drop: float = 0.0) -> list[nn.Module]:
    """Hidden layers, each with its activation and its dropout."""
    made: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        made += [nn.Linear(before, after), act(), *([nn.Dropout(drop)] if drop else [])]
    return made


def categorical_crossentropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Of one-hot targets."""
    shares = (outputs / outputs.sum(1, keepdim=True)).clamp(FLOOR, 1 - FLOOR)
    return -(targets * shares.log()).sum(1).mean()


def binary_crossentropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Of any numbers between 0 and 1, a mean over units too. Targets beyond 0 and 1 are taken as they are."""
    shares = outputs.clamp(FLOOR, 1 - FLOOR)
    return -(targets * shares.log() + (1 - targets) * (1 - shares).log()).mean()


def mse(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.mse_loss(outputs, targets)


def mae(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.l1_loss(outputs, targets)


def sgd(rate: float = 0.01, momentum: float = 0.0) -> Optimizer:
    """With Nesterov's momentum, where there is one."""
    return partial(optim.SGD, lr=rate, momentum=momentum, nesterov=momentum > 0, fused=True)


def adam(rate: float = 1e-3) -> Optimizer:
    return partial(optim.Adam, lr=rate, eps=1e-7, fused=True)


def rmsprop(rate: float = 1e-3) -> Optimizer:
    return partial(optim.RMSprop, lr=rate, alpha=0.9, eps=1e-7)


# Scores of held-out outputs, from 0 to 1.


def of_classes(outputs: Tensor, targets: Tensor) -> float:
    """Share of right classes; targets are one-hot or numbers of classes."""
    classes = targets.argmax(1) if targets.dim() == 2 else targets
    return float((outputs.argmax(1) == classes).float().mean())


def of_one_unit(outputs: Tensor, targets: Tensor) -> float:
    """Share of right classes by a unit above or below a half."""
    return float(((outputs > 0.5) == (targets > 0.5)).float().mean())


def of_rounded(outputs: Tensor, targets: Tensor) -> float:
    """Share of right classes by a unit that says their number."""
    return float((outputs.round() == targets).float().mean())


def closeness(outputs: Tensor, targets: Tensor) -> float:
    """1 less the mean distance; for targets of 0 and 1."""
    return max(0.0, 1 - float((outputs - targets).abs().mean()))


def explained(outputs: Tensor, targets: Tensor) -> float:
    """Share of the targets' variance that is explained, 0 where it is none."""
    rest = (outputs.double() - targets.double()).square().mean() / targets.double().var(correction=0)
    return max(0.0, 1 - float(rest)) if bool(torch.isfinite(rest)) else 0.0
