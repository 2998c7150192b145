"""Mistakes of networks: how they are built, and what they begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import (
    Reader,
    Run,
    Writer,
    blobs,
    mlp,
    of_sequence,
    sgd,
    signals,
    signs,
    train,
    waves_net,
)


def sees_ahead() -> pb.Probe:
    return train(Writer(causal=False), signs(), of_sequence)


def gru_of_batches() -> pb.Probe:
    return train(Reader(kind=nn.GRU, batch_first=False), signals())


class Moved(nn.Module):
    """Time and samples change places by a view."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(2, 16), nn.Linear(16 * 24, 3)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.one(x.permute(2, 0, 1)))  # [24, n, 16]
        return self.two(h.reshape(x.shape[0], -1))


class OverQueries(nn.Module):
    """Attention whose weights sum to 1 over the queries."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.head = (nn.Linear(2, 24), nn.Linear(2, 24), nn.Linear(2, 24), nn.Linear(24, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(1, 2)
        weights = (self.q(x) @ self.k(x).transpose(1, 2) / 5).softmax(1)
        return self.head(F.relu(weights @ self.v(x)).mean(1))


class Averages(nn.Module):
    """Batch normalisation whose averages do not follow."""

    def __init__(self, momentum: float) -> None:
        super().__init__()
        self.net = waves_net(norm=lambda: nn.BatchNorm1d(16, momentum=momentum))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x * 20 + 30)


def deep_sigmoids() -> pb.Probe:
    layers: list[nn.Module] = [nn.Linear(12, 24), nn.Sigmoid()]
    for _ in range(6):
        layers += [nn.Linear(24, 24), nn.Sigmoid()]
    return train(nn.Sequential(*layers, nn.Linear(24, 4)), blobs(), optimizer=sgd(0.05))


def filled(model: nn.Module, how: Callable[[Tensor], Any]) -> nn.Module:
    for p in model.parameters():
        nn.init.zeros_(p) if p.dim() == 1 else how(p)
    return model


def negative_biases() -> pb.Probe:
    model = mlp(12, 4)
    nn.init.constant_(model[0].bias, -30.0)
    return train(model, blobs())


def dropped_logits() -> pb.Probe:
    return train(mlp(12, 4, tail=(nn.Dropout(0.9),)), blobs())


def normed_without_activation() -> pb.Probe:
    model = nn.Sequential(
        nn.Conv1d(2, 16, 5), nn.BatchNorm1d(16), nn.Conv1d(16, 16, 5), nn.BatchNorm1d(16), nn.Flatten(),
        nn.Linear(16 * 16, 3),
    )  # fmt: skip
    return train(model, signals())


def halves() -> pb.Probe:
    return train(mlp(12, 4).bfloat16(), tuple_of(blobs()), optimizer=lambda p: torch.optim.SGD(p, 1e-3))


def tuple_of(data: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return data[0].bfloat16(), data[1]


OF_NETWORKS: dict[str, tuple[tuple[str, ...], Run]] = {
    "transformer sees the next sign": (("answer_in_input",), sees_ahead),
    "GRU over the batch": (("rows_mixed",), gru_of_batches),
    "LSTM over the batch": (("rows_mixed",), lambda: train(Reader(batch_first=False), signals())),
    "view that moves rows": (("rows_mixed",), lambda: train(Moved(), signals())),
    "attention over the queries": (("attention_crossed",), lambda: train(OverQueries(), signals())),
    "averages that stand still": (("averages_behind",), lambda: train(Averages(0.0), signals())),
    "averages that hardly move": (("averages_behind",), lambda: train(Averages(1e-4), signals())),
    "deep sigmoids": (("vanishing_gradient",), deep_sigmoids),
    "all weights 0": (("symmetric_units",), lambda: train(filled(mlp(12, 4), nn.init.zeros_), blobs())),
    "all weights alike": (
        ("symmetric_units",),
        lambda: train(filled(mlp(12, 4), lambda p: nn.init.constant_(p, 0.1)), blobs()),
    ),
    "weights of 5, tanh": (
        ("saturation_low", "saturation_high"),
        lambda: train(
            filled(mlp(12, 4, act=nn.Tanh), lambda p: nn.init.normal_(p, 0, 5)), blobs(), optimizer=sgd(0.01)
        ),
    ),
    "weights of 5, ReLU": (
        ("exploding_gradient",),
        lambda: train(filled(mlp(12, 4), lambda p: nn.init.normal_(p, 0, 5)), blobs(), optimizer=sgd(0.1)),
    ),
    "biases of -30": (("dead_units",), negative_biases),
    "dropout of the logits": (("noise_too_strong",), dropped_logits),
    "norms without activations": (("no_activation",), normed_without_activation),
    "weights of 16 bits": (("learning_rate_too_low",), halves),
}
