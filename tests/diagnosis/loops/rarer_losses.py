"""Mistakes of losses and of targets."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import BCE, Run, adam, bits, blobs, line, mask_net, mlp, sgd, squares, train


def masks_of_bytes() -> pb.Probe:
    x, y = squares()
    return train(mask_net(), (x, y * 255), BCE)


def minus_one() -> pb.Probe:
    x, y = bits()
    return train(mlp(8, 1), (x, 2 * y - 1), BCE)


def masks_broadcast() -> pb.Probe:
    x, y = squares()
    return train(mask_net(), (x, y[:, 0]), F.mse_loss, size=16)


def one_unit_entropy() -> pb.Probe:
    return train(mlp(8, 1), bits(), F.cross_entropy)


def decoder_of_sigmoids() -> pb.Probe:
    x, _ = blobs()
    return train(nn.Sequential(*mlp(12, 12, 24, tail=(nn.Sigmoid(),))), (x, x), F.mse_loss)


def large_targets() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 2e4 + 2e5), F.mse_loss, adam())


def large_targets_sgd() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 300 + 3000), F.mse_loss, sgd(0.01))


def tiny_targets() -> pb.Probe:
    x, y = line()
    return train(mlp(8, 1), (x, y * 1e-4), F.mse_loss, sgd(0.05))


def divided_again() -> pb.Probe:
    return train(mlp(12, 4), blobs(), lambda z, y: F.cross_entropy(z, y) / 32 / 32, sgd(0.1))


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.one, self.two = mlp(12, 16), nn.Linear(16, 4), nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.body(x))
        return torch.cat([self.one(h), self.two(h)], 1)


def one_loss_detached() -> pb.Probe:
    def loss(z: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(z[:, :4], y) + F.cross_entropy(z[:, 4:].detach(), y % 2)

    return train(TwoHeads(), blobs(), loss)


def divergence_of_probabilities(soft: bool) -> Run:
    def loss(p: Tensor, y: Tensor) -> Tensor:
        wanted = F.one_hot(y, 4).float()
        return F.kl_div(p, wanted * 0.8 + 0.05 if soft else wanted, reduction="batchmean")

    return lambda: train(mlp(12, 4, tail=(nn.Softmax(1),)), blobs(), loss)


def by_hand(mistake: str) -> pb.Probe:
    """The likelihood of one class, by hand."""

    def loss(p: Tensor, y: Tensor) -> Tensor:
        if mistake == "sigmoids":
            return -torch.log(p.sigmoid().gather(1, y[:, None]) + 1e-9).mean()
        return -torch.log(p.gather(1, y[:, None]).clamp(min=1e-6)).mean()

    return train(mlp(12, 4), blobs(), loss)


def regression_by_entropy() -> pb.Probe:
    """Digits of a number's size as one sigmoid, with targets to 5."""
    x, y = line()
    loss = lambda p, t: -(t * p.clamp(1e-7).log() + (1 - t) * (1 - p).clamp(1e-7).log()).mean()  # noqa: E731
    return train(mlp(8, 1, tail=(nn.Sigmoid(),)), (x, (y * 2).round()), loss)


OF_LOSSES: dict[str, tuple[tuple[str, ...], Run]] = {
    "masks of 0 and 255": (("targets_beyond_one",), masks_of_bytes),
    "labels of -1 and 1": (("targets_beyond_one",), minus_one),
    "masks broadcast": (("target_broadcast",), masks_broadcast),
    "cross entropy of one unit": (("outputs_bounded",), one_unit_entropy),
    "decoder of sigmoids": (("outputs_bounded",), decoder_of_sigmoids),
    "targets of 200,000, Adam": (("targets_not_scaled",), large_targets),
    "targets of 3,000, SGD": (("targets_not_scaled",), large_targets_sgd),
    "targets of 0.0001": (("targets_not_scaled",), tiny_targets),
    "mean divided again": (("loss_divided", "learning_rate_too_low"), divided_again),
    "one loss detached": (("gradient_cut_off",), one_loss_detached),
    "KL of probabilities": (("logarithm_missing",), divergence_of_probabilities(False)),
    "KL of probabilities, soft": (("logarithm_missing",), divergence_of_probabilities(True)),
    "likelihood of sigmoids": (("no_probabilities",), lambda: by_hand("sigmoids")),
    "likelihood of logits": (("no_probabilities",), lambda: by_hand("logits")),
    "numbers by cross entropy": (("outputs_bounded",), regression_by_entropy),
}
