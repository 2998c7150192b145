"""Data with a mistake in them, and batches of one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tests.diagnosis.loops.parts import (
    Data,
    raw_digits,
)


def sorted_rows(data: Data, steps: int, size: int) -> Any:
    rows = data.y.argsort(stable=True).split(size)
    for step in range(steps):
        yield rows[step % len(rows)]


def one_class_rows(data: Data, steps: int, size: int) -> Any:
    for step in range(steps):
        yield (data.y == step % 10).nonzero()[:size, 0]


def byte_data(d: Data) -> Data:
    raw = raw_digits()[0]
    return d.with_(x=raw[:1500], xv=raw[1500:])


def held_bytes(d: Data) -> Data:
    return d.with_(xv=raw_digits()[0][1500:])


def train_bytes(d: Data) -> Data:
    return d.with_(x=raw_digits()[0][:1500])


def held_offset(d: Data) -> Data:
    return d.with_(xv=d.xv + 3)


def held_unit(d: Data) -> Data:
    """Training inputs normalised, held-out ones 0 to 1."""
    return d.with_(xv=raw_digits()[0][1500:] / 2550)


def with_holes(d: Data) -> Data:
    x = d.x.clone()
    x[::100, 0, 5, 5] = float("nan")
    return d.with_(x=x)


def with_infinities(d: Data) -> Data:
    x = d.x.clone()
    x[::20] = x[::20] / 0.0
    return d.with_(x=x)


def one_class_mostly(d: Data) -> Data:
    rows = torch.cat([(d.y == 3).nonzero()[:, 0].repeat(8), torch.arange(12)])
    return d.with_(x=d.x[rows], y=d.y[rows])


def shuffled_labels(d: Data) -> Data:
    return d.with_(y=d.y[torch.randperm(len(d.y))])


def few(n: int) -> Callable[[Data], Data]:
    return lambda d: d.with_(x=d.x[:n], y=d.y[:n])


def shifted_labels(d: Data) -> Data:
    return d.with_(yv=(d.yv + 1) % 10)


def leaked(d: Data) -> Data:
    return d.with_(xv=d.x[:500], yv=d.y[:500])


def half_leaked(d: Data) -> Data:
    return d.with_(x=torch.cat([d.x, d.xv]), y=torch.cat([d.y, d.yv]))
