"""Small made data and one short loop, for loops of other kinds than those on digits."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb

TRAIN, ROWS = 400, 600
Table = tuple[Tensor, Tensor]
Run = Callable[[], pb.Probe]
BCE = F.binary_cross_entropy_with_logits


def blobs(classes: int = 4, columns: int = 12) -> Table:
    """Clusters in a table, and which one."""
    means = torch.randn(classes, columns) * 1.2
    y = torch.randint(0, classes, (ROWS,))
    return (means[y] + torch.randn(ROWS, columns)) / 1.5, y


def line(columns: int = 8) -> Table:
    """A smooth function of a table, [n, 1], of deviation 1."""
    x = torch.randn(ROWS, columns)
    y = x[:, :1] + torch.sin(2 * x[:, 1:2]) + 0.5 * x[:, 2:3] * x[:, 3:4]
    return x, (y - y.mean()) / y.std()


def bits() -> Table:
    """Two classes, 0 and 1, [n, 1]."""
    x, y = line()
    return x, (y > 0).float()


def signals(channels: int = 2, length: int = 24) -> Table:
    """Waves of three frequencies, [n, 2, 24]."""
    y = torch.randint(0, 3, (ROWS,))
    times = torch.arange(length) / length
    phase = torch.rand(ROWS, channels, 1) * 6.28
    return torch.sin(6.28 * (1 + 2 * y[:, None, None]) * times + phase) + 0.3 * torch.randn(ROWS, channels, length), y


def squares(side: int = 10) -> Table:
    """A bright square in noise, [n, 1, 10, 10], and its mask of the same shape."""
    x, y = torch.randn(ROWS, 1, side, side) * 0.5, torch.zeros(ROWS, 1, side, side)
    for row, (top, left) in enumerate(torch.randint(0, 5, (ROWS, 2)).tolist()):
        y[row, 0, top : top + 5, left : left + 5] = 1.0
    return x + 2 * y - 0.5, y


def signs(length: int = 10, kinds: int = 12) -> Table:
    """Sequences that count in strides of 1 to 3, and the same a step on."""
    starts, strides = torch.randint(0, kinds, (ROWS, 1)), torch.randint(1, 4, (ROWS, 1))
    all_signs = (starts + strides * torch.arange(length + 1)) % kinds
    return all_signs[:, :-1], all_signs[:, 1:]


def mlp(
    before: int, out: int, width: int = 32, act: Callable[[], nn.Module] = nn.ReLU, tail: Any = ()
) -> nn.Sequential:
    return nn.Sequential(nn.Linear(before, width), act(), nn.Linear(width, width), act(), nn.Linear(width, out), *tail)


def waves_net(out: int = 3, norm: Any = None, tail: Any = ()) -> nn.Sequential:
    """Convolutions along time."""
    return nn.Sequential(
        nn.Conv1d(2, 16, 5, padding=2), *([norm()] if norm else []), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 16, 5, padding=2), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 12, out), *tail,
    )  # fmt: skip


def mask_net(out: int = 1, tail: Any = ()) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1), nn.GroupNorm(3, 12), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.ReLU(),
        nn.Conv2d(12, out, 1), *tail,
    )  # fmt: skip


class Writer(nn.Module):
    """A small transformer that says each next sign."""

    def __init__(self, kinds: int = 12, width: int = 24, causal: bool = True, length: int = 10) -> None:
        super().__init__()
        self.table, self.causal = nn.Embedding(kinds, width), causal
        self.place = nn.Parameter(torch.randn(length, width) * 0.1)
        layer = nn.TransformerEncoderLayer(width, 2, 48, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(width, kinds)

    def forward(self, x: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1]) if self.causal else None
        return self.head(self.encoder(self.table(x) + self.place[: x.shape[1]], mask=mask))


class Reader(nn.Module):
    """A recurrent network over a signal; its last answer, or each."""

    def __init__(self, out: int = 3, kind: Any = nn.LSTM, batch_first: bool = True, each: bool = False) -> None:
        super().__init__()
        self.cells, self.each = kind(2, 24, batch_first=batch_first), each
        self.head = nn.Linear(24, out)

    def forward(self, x: Tensor) -> Tensor:
        seen = self.cells(x.transpose(1, 2))[0]
        return self.head(seen if self.each else seen[:, -1])


def of_sequence(z: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(z.flatten(0, 1), y.flatten())


def mixed(steps: int, size: int) -> Iterator[Tensor]:
    """Rows of each step, drawn anew in each epoch."""
    step = 0
    while step < steps:
        for rows in torch.randperm(TRAIN).split(size):
            if step < steps and len(rows) == size:
                yield rows
                step += 1


def adam(rate: float = 3e-3) -> Callable[[Any], Any]:
    return lambda parameters: torch.optim.Adam(parameters, rate)


def sgd(rate: float = 0.1, **settings: Any) -> Callable[[Any], Any]:
    return lambda parameters: torch.optim.SGD(parameters, rate, **settings)


def train(
    model: nn.Module,
    data: Table,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    optimizer: Callable[[Any], Any] | Any = None,
    *,
    steps: int = 120,
    size: int = 32,
    rows: Callable[[int, int], Iterator[Tensor]] = mixed,
    change: Callable[[Tensor], Tensor] = lambda x: x,
    held: Table | None = None,
    zero: bool = True,
    before: Callable[[], object] = lambda: None,
    after: Callable[[int], object] = lambda step: None,
    every: int = 20,
) -> pb.Probe:
    """A plain loop. `change`: what is done to each training batch. `before`: the step; `after`: it."""
    x, y = data
    made = (optimizer or adam())(model.parameters()) if optimizer is None or callable(optimizer) else optimizer
    with warnings.catch_warnings(), pb.Probe(model, made, batch=held or (x[TRAIN:], y[TRAIN:]), every=every) as probe:
        warnings.simplefilter("ignore")
        for step, chosen in enumerate(rows(steps, size)):
            if zero:
                made.zero_grad()
            value = loss(model(change(x[chosen])), y[chosen])
            value.backward()
            before()
            made.step()
            probe.step(value)
            after(step)
    return probe
