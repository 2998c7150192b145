"""Healthy loops of losses and targets of other kinds than digits have."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import BCE, TRAIN, Run, adam, bits, blobs, line, mixed, mlp, train


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


def prices() -> pb.Probe:
    """Large targets with steps that are made for them."""
    x, y = line()
    return train(mlp(8, 1), (x, y * 30 + 10), F.mse_loss, adam(3e-2), steps=250)


OF_LOSSES: dict[str, Run] = {
    "variational autoencoder": variational,
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
    "distilled": distilled,
    "shares of classes, logarithms": of_logarithms,
    "targets to 100": prices,
}
