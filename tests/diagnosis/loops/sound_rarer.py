"""Healthy loops of other kinds of network and of loop than those on digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.slips import SOUND_TOO
from tests.diagnosis.loops.small import (
    TRAIN,
    Reader,
    Writer,
    adam,
    bits,
    blobs,
    line,
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

Run = Callable[[], pb.Probe]
BCE = F.binary_cross_entropy_with_logits


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


class Variational(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encode, self.decode = mlp(12, 8), mlp(4, 12)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log = self.encode(x).chunk(2, 1)
        drawn = mean + torch.randn_like(mean) * (log / 2).exp() if self.training else mean
        return self.decode(drawn), mean, log


def variational() -> pb.Probe:
    x, _ = blobs()

    def loss(told: tuple[Tensor, Tensor, Tensor], y: Tensor) -> Tensor:
        out, mean, log = told
        return (F.mse_loss(out, y, reduction="sum") + 0.05 * (mean**2 + log.exp() - log - 1).sum()) / len(y)

    return train(Variational(), (x, x), loss)  # type: ignore[arg-type]


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


def triplets() -> pb.Probe:
    x, y = blobs()
    model = mlp(12, 8)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with pb.Probe(model, optimizer, batch=(x[TRAIN:], y[TRAIN:]), every=20) as probe:
        for rows in mixed(100, 30):
            optimizer.zero_grad()
            a, b, c = model(x[rows]).chunk(3)
            loss = F.triplet_margin_loss(a, b, c)
            loss.backward()
            optimizer.step()
            probe.step(loss)
    return probe


def values_of_actions() -> pb.Probe:
    """Of each row one output is taught, as in learning by rewards."""
    x, y = blobs()

    def loss(z: Tensor, actions: Tensor) -> Tensor:
        return F.mse_loss(z.gather(1, actions[:, None])[:, 0], (actions.float() - 1.5) / 2 + 1.0)

    return train(mlp(12, 4), (x, y), loss)


def rewarded() -> pb.Probe:
    """A policy's gradient: log probabilities times rewards."""
    x, y = blobs()

    def loss(z: Tensor, right: Tensor) -> Tensor:
        chosen = torch.distributions.Categorical(logits=z)
        actions = chosen.sample()
        return -(chosen.log_prob(actions) * ((actions == right).float() - 0.25)).mean()

    return train(mlp(12, 4), (x, y), loss, steps=200)


def counts() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, torch.poisson((y * 0.5 + 1).exp())), F.poisson_nll_loss)


def with_deviation() -> pb.Probe:
    def loss(z: Tensor, y: Tensor) -> Tensor:
        return F.gaussian_nll_loss(z[:, :1], y, F.softplus(z[:, 1:]) + 1e-3)

    return train(mlp(8, 2), line(), loss)


def quantile(z: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(0.8 * (y - z), -0.2 * (y - z)).mean()


def by_hand(p: Tensor, y: Tensor) -> Tensor:
    return -torch.log(p.gather(1, y[:, None]) + 1e-9).mean()


def divided_by_sum(p: Tensor, y: Tensor) -> Tensor:
    shares = (p / p.sum(1, keepdim=True)).clamp(1e-7, 1 - 1e-7)
    return -(F.one_hot(y, 4) * shares.log()).sum(1).mean()


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


def distilled() -> pb.Probe:
    x, y = blobs()
    teacher = mlp(12, 4)
    train(teacher, (x, y))
    with torch.no_grad():
        wanted = (teacher(x) / 2).softmax(1)

    def loss(z: Tensor, shares: Tensor) -> Tensor:
        return F.kl_div(z.log_softmax(1), shares, reduction="batchmean")

    return train(mlp(12, 4), (x, wanted), loss)


def of_logarithms() -> pb.Probe:
    x, y = blobs()
    wanted = F.one_hot(y, 4) * 0.8 + 0.05
    return train(mlp(12, 4, tail=(nn.LogSoftmax(1),)), (x, wanted), lambda z, t: F.kl_div(z, t, reduction="batchmean"))


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


def prices() -> pb.Probe:
    """Large targets with steps that are made for them."""
    x, y = line()
    return train(mlp(8, 1), (x, y * 30 + 10), F.mse_loss, adam(3e-2), steps=250)


SOUND: dict[str, Run] = {
    "head begins at 0": zero_head,
    "masks, GroupNorm": lambda: train(mask_net(), squares(), BCE),
    "three areas": three_areas,
    "a dot in each image": one_dot,
    "variational autoencoder": variational,
    "LSTM, next value": next_value,
    "bag of signs": bag_of_signs,
    "causal transformer": lambda: train(Writer(), signs(), of_sequence, adam(5e-3), steps=200),
    "masked signs": masked_signs,
    "conv1d, GroupNorm": lambda: train(waves_net(norm=lambda: nn.GroupNorm(4, 16)), signals()),
    "conv1d, batch norm": lambda: train(waves_net(norm=lambda: nn.BatchNorm1d(16)), signals(), optimizer=sgd()),
    "triplets": triplets,
    "values of actions": values_of_actions,
    "policy's gradient": rewarded,
    "counts": counts,
    "mean and deviation": with_deviation,
    "quantile": lambda: train(mlp(8, 1), line(), quantile),
    "margins": lambda: train(mlp(12, 4), blobs(), F.multi_margin_loss),
    "positive weight": lambda: train(mlp(8, 1), bits(), lambda z, y: BCE(z, y, pos_weight=torch.tensor(2.0))),
    "likelihood by hand": lambda: train(mlp(12, 4, tail=(nn.Softmax(1),)), blobs(), by_hand),
    "divided by their sum": lambda: train(mlp(12, 4, tail=(nn.Softmax(1),)), blobs(), divided_by_sum),
    "two classes, softmax, by hand": lambda: train(mlp(12, 2, tail=(nn.Softmax(1),)), blobs(2), by_hand),
    "all rows at each step": lambda: train(mlp(12, 4), blobs(), rows=whole),
    "scales inputs inside": scaled_inside,
    "normalises inputs inside": normed_inputs,
    "16 bits inside": lambda: train(Auto(), blobs()),
    "distilled": distilled,
    "shares of classes, logarithms": of_logarithms,
    "weight and spectral norm": normed_weights,
    "warm restarts": restarts,
    "sixteen batches an update": gathered_by_sixteen,
    "noise that grows": grown,
    "averages held": frozen_norms,
    "targets to 100": prices,
    **SOUND_TOO,
}
