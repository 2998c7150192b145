"""Networks with a mistake in them."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.diagnosis.loops.parts import (
    cnn,
    mlp,
)


class ListedLayers(nn.Module):
    """Hidden layers in a plain list."""

    def __init__(self, deep: int = 2) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(196, 64), nn.Linear(64, 10)
        self.hidden = [nn.Linear(64, 64) for _ in range(deep)]

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x.flatten(1)))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.last(x)


class NamedBlocks(nn.Module):
    """Blocks in a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = {"one": cnn()[:3], "two": nn.Conv2d(8, 16, 3)}
        self.last = nn.Linear(16 * 25, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(self.blocks["two"](self.blocks["one"](x))).flatten(1))


class LooseWeight(nn.Module):
    """A tensor with a gradient that is no parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(196, 64), nn.Linear(64, 10)
        self.mixing = (torch.randn(64, 64) / 8).requires_grad_()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(F.relu(self.first(x.flatten(1))) @ self.mixing))


class Cut(nn.Module):
    """The lower part's output is detached."""

    def __init__(self, how: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.lower, self.upper, self.how = cnn()[:6], nn.Sequential(nn.Flatten(), nn.Linear(144, 10)), how

    def forward(self, x: Tensor) -> Tensor:
        return self.upper(self.how(self.lower(x)))


class CutBranch(nn.Module):
    """A residual branch under no_grad."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.branch, self.last = nn.Linear(196, 64), nn.Linear(64, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x.flatten(1)))
        with torch.no_grad():
            side = self.branch(x)
        return self.last(F.relu(x + side))


class OverBatch(nn.Module):
    """Something over the first dimension in the middle of a network."""

    def __init__(self, how: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.how = mlp(), how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(self.net(x))


class Softened(nn.Module):
    """A softmax as the activation between layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(196, 64), nn.Linear(64, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.softmax(self.second(F.softmax(self.first(x.flatten(1)), 1)), 1))


class AlwaysDropping(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.first, self.last, self.p = nn.Linear(196, 64), nn.Linear(64, 10), p

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.dropout(F.relu(self.first(x.flatten(1))), self.p))
