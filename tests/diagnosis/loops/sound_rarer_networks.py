"""Healthy loops of other kinds of network, and of step."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import (
    BCE,
    TRAIN,
    Reader,
    Run,
    Writer,
    adam,
    blobs,
    mask_net,
    mixed,
    mlp,
    of_sequence,
    sgd,
    signals,
    signs,
    squares,
    train,
    waves_net,
)


def zero_head() -> pb.Probe:
    model = mlp(12, 4)
    nn.init.zeros_(model[4].weight)
    return train(model, blobs())


def three_areas() -> pb.Probe:
    x, y = squares()
    return train(mask_net(3), (x, (y[:, 0] + (x[:, 0] < -0.9)).long().clamp(0, 2)), steps=150)


def one_dot() -> pb.Probe:
    """A mask of one pixel in a hundred."""
    x, y = squares()
    return train(mask_net(), (x, (y.cumsum(2).cumsum(3) == 25).float()), BCE, adam(1e-2), steps=200)


def next_value() -> pb.Probe:
    x, _ = signals()
    return train(Reader(2, each=True), (x[:, :, :-1], x[:, :, 1:].transpose(1, 2)), F.mse_loss, adam(5e-3), steps=200)


class Bag(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table, self.head = nn.EmbeddingBag(12, 24), nn.Linear(24, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(F.relu(self.table(x))).log_softmax(1)


def bag_of_signs() -> pb.Probe:
    x, _ = signs()
    return train(Bag(), (x, (x[:, 1] - x[:, 0]) % 12 % 3), F.nll_loss, adam(2e-2), steps=150)


def whole(steps: int, size: int) -> Any:
    """All rows at each step."""
    for _ in range(steps):
        yield torch.arange(TRAIN)


class Scaled(nn.Module):
    """Scales its inputs itself."""

    def __init__(self) -> None:
        super().__init__()
        self.net = mlp(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.net((x - 128) / 60)


def scaled_inside() -> pb.Probe:
    x, y = blobs()
    return train(Scaled(), (x * 60 + 128, y))


def normed_inputs() -> pb.Probe:
    x, y = blobs()
    return train(nn.Sequential(nn.BatchNorm1d(12), mlp(12, 4)), (x * 50 + 100, y))


class Auto(nn.Module):
    """In 16-bit numbers inside."""

    def __init__(self) -> None:
        super().__init__()
        self.net = mlp(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return self.net(x)


def masked_signs() -> pb.Probe:
    """Signs that are left out are told from both sides."""
    x, _ = signs()
    hidden = torch.rand(x.shape) < 0.2

    def loss(z: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(z.flatten(0, 1), y.flatten(), ignore_index=-100)

    given, told = torch.where(hidden, 12, x), torch.where(hidden, x, -100)
    return train(Writer(13, causal=False), (given, told), loss, adam(5e-3), steps=250)


def normed_weights() -> pb.Probe:
    model = nn.Sequential(
        nn.utils.parametrizations.weight_norm(nn.Linear(12, 32)), nn.ReLU(),
        nn.utils.parametrizations.spectral_norm(nn.Linear(32, 32)), nn.ReLU(), nn.Linear(32, 4),
    )  # fmt: skip
    return train(model, blobs())


def restarts() -> pb.Probe:
    model = mlp(12, 4)
    made = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(made, 30)
    return train(model, blobs(), optimizer=made, after=lambda step: schedule.step())


def gathered_by_sixteen() -> pb.Probe:
    """Sixteen small batches make one update, each loss divided by as many."""
    x, y = blobs()
    model = mlp(12, 4)
    made = torch.optim.Adam(model.parameters(), 1e-2)
    with pb.Probe(model, made, batch=(x[TRAIN:], y[TRAIN:]), every=20) as probe:
        for step, rows in enumerate(mixed(480, 8)):
            loss = F.cross_entropy(model(x[rows]), y[rows]) / 16
            loss.backward()
            if step % 16 == 15:
                made.step()
                made.zero_grad()
            probe.step(loss)
    return probe


def grown() -> pb.Probe:
    """Inputs with more and more noise: their deviation grows a little."""
    state = {"size": 0.0}

    def change(x: Tensor) -> Tensor:
        state["size"] += 0.005
        return x + torch.randn_like(x) * state["size"]

    return train(mlp(12, 4), blobs(), change=change)


def frozen_norms() -> pb.Probe:
    """Fine-tuned with the averages of batch normalisation held."""
    model, data = waves_net(norm=lambda: nn.BatchNorm1d(16)), signals()
    train(model, data, steps=100)
    model[1].eval()
    return train(model, data, optimizer=adam(5e-4), steps=60)


OF_NETWORKS: dict[str, Run] = {
    "head begins at 0": zero_head,
    "masks, GroupNorm": lambda: train(mask_net(), squares(), BCE),
    "three areas": three_areas,
    "a dot in each image": one_dot,
    "LSTM, next value": next_value,
    "bag of signs": bag_of_signs,
    "causal transformer": lambda: train(Writer(), signs(), of_sequence, adam(5e-3), steps=200),
    "masked signs": masked_signs,
    "conv1d, GroupNorm": lambda: train(waves_net(norm=lambda: nn.GroupNorm(4, 16)), signals()),
    "conv1d, batch norm": lambda: train(waves_net(norm=lambda: nn.BatchNorm1d(16)), signals(), optimizer=sgd()),
    "all rows at each step": lambda: train(mlp(12, 4), blobs(), rows=whole),
    "scales inputs inside": scaled_inside,
    "normalises inputs inside": normed_inputs,
    "16 bits inside": lambda: train(Auto(), blobs()),
    "weight and spectral norm": normed_weights,
    "warm restarts": restarts,
    "sixteen batches an update": gathered_by_sixteen,
    "noise that grows": grown,
    "averages held": frozen_norms,
}
