"""Networks of healthy loops."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.diagnosis.loops.parts import (
    mlp,
)


class Tied(nn.Module):
    """An autoencoder whose decoder is its encoder, transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Linear(196, 32)
        self.bias = nn.Parameter(torch.zeros(196))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(torch.tanh(self.encode(x.flatten(1))), self.encode.weight.T, self.bias)


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(196, 64), nn.ELU(), nn.Linear(64, 196))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Mixer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed, self.mix = nn.Linear(14, 32), nn.Linear(14, 14)
        self.norm1, self.norm2 = nn.LayerNorm(32), nn.LayerNorm(32)
        self.feed = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embed(x[:, 0])
        x = x + self.mix(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return self.head((x + self.feed(self.norm2(x))).mean(1))


class Attentive(nn.Module):
    """Attention by hand, with the softmax that it needs."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v = nn.Linear(14, 32), nn.Linear(14, 32), nn.Linear(14, 32)
        self.head = nn.Linear(32 * 14, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, 0]
        weights = (self.q(x) @ self.k(x).transpose(1, 2) / math.sqrt(32)).softmax(-1)
        return self.head((weights @ self.v(x)).flatten(1))


class Gated(nn.Module):
    """Two experts and a gate that is a softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.experts = nn.Linear(196, 2), nn.ModuleList([mlp(), mlp(act=nn.Tanh)])

    def forward(self, x: Tensor) -> Tensor:
        weights = self.gate(x.flatten(1)).softmax(1)
        return sum(weights[:, i : i + 1] * expert(x) for i, expert in enumerate(self.experts))


class Depthwise(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.Hardswish(), nn.Conv2d(16, 16, 3, 1, 1, groups=16), nn.Conv2d(16, 32, 1),
            nn.BatchNorm2d(32), nn.SiLU(), nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(288, 10),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Dense(nn.Module):
    """Each layer sees all before it."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(1 + 6 * i, 6, 3, padding=1) for i in range(3)])
        self.head = nn.Linear(19 * 49, 10)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = torch.cat([x, F.leaky_relu(conv(x), 0.1)], 1)
        return self.head(F.avg_pool2d(x, 2).flatten(1))


class Siamese(nn.Module):
    """Gives two outputs: classes, and whether the digit is even."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.one, self.two = mlp(64), nn.Linear(64, 10), nn.Linear(64, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = F.relu(self.body(x))
        return self.one(x), self.two(x)


class TinyText(nn.Module):
    """Predicts the next of a sequence's signs, with one table for both ends."""

    def __init__(self, signs: int = 12, width: int = 32) -> None:
        super().__init__()
        self.table = nn.Embedding(signs, width)
        layer = nn.TransformerEncoderLayer(width, 4, 64, dropout=0.1, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.place = nn.Parameter(torch.randn(16, width) * 0.02)
        self.head = nn.Linear(width, signs, bias=False)
        self.head.weight = self.table.weight

    def forward(self, signs: Tensor) -> Tensor:
        n = signs.shape[1]
        mask = torch.full((n, n), -math.inf).triu(1)
        return self.head(self.encoder(self.table(signs) + self.place[:n], mask=mask))
