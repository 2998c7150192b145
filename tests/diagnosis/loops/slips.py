"""Slips of kinds that no other loop here has: each was named otherwise, or not at all, when it was first tried."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb
from tests.diagnosis.loops.small import (
    ROWS,
    TRAIN,
    Run,
    Writer,
    blobs,
    line,
    mlp,
    of_sequence,
    signals,
    signs,
    train,
    waves_net,
)


def not_shifted() -> pb.Probe:
    """Each sign is asked for itself."""
    x, _ = signs()
    return train(Writer(), (x, x), of_sequence)


def by_appearance() -> pb.Probe:
    """Three classes, numbered in each part as they come."""
    x, y = signals()
    return train(waves_net(), (x, y), held=(x[TRAIN:], (y[TRAIN:] + 1) % 3))


def drawn_before_split() -> pb.Probe:
    """Rows are drawn several times, then split."""
    x, y = blobs()
    rows = torch.randint(0, ROWS // 3, (ROWS,))
    return train(mlp(12, 4), (x[rows], y[rows]))


def several_by_one_softmax() -> pb.Probe:
    x, _ = blobs()
    return train(mlp(12, 5, tail=(nn.Softmax(1),)), (x, (x @ torch.randn(12, 5) > -1).float()), F.binary_cross_entropy)


def held_by_decay() -> pb.Probe:
    """Weights settle where decay and gradient are even, far below their first."""
    return train(mlp(12, 4), blobs(), optimizer=lambda p: torch.optim.AdamW(p, 1e-2, weight_decay=30.0))


class OnFixed(nn.Module):
    """A head on layers that are frozen, and given to no optimiser."""

    def __init__(self) -> None:
        super().__init__()
        self.fixed, self.head = mlp(12, 64, width=64).requires_grad_(False), nn.Linear(64, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(F.relu(self.fixed(x)))


def frozen_and_left_out() -> pb.Probe:
    net = OnFixed()
    return train(net, blobs(), optimizer=torch.optim.Adam(net.head.parameters(), 0.03))


SLIPS: dict[str, tuple[tuple[str, ...], Run]] = {
    "targets not shifted": (("answer_in_input",), not_shifted),
    "three classes by appearance": (("labels_renamed",), by_appearance),
    "drawn, then split": (("held_out_shared",), drawn_before_split),
    "several classes by one softmax": (("outputs_bounded",), several_by_one_softmax),
    "sigmoid under Huber's loss": (
        ("outputs_bounded",),
        lambda: train(mlp(8, 1, tail=(nn.Sigmoid(),)), line(), F.smooth_l1_loss),
    ),
    "held by decay": (("collapse_to_zero",), held_by_decay),
}
SOUND_TOO: dict[str, Run] = {
    "frozen and left out": frozen_and_left_out,
}
