"""What the small loops are made of: data, networks, optimisers, losses, and one plain training loop."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import paribus as pb

SIDE = 14  # digits are halved, so that a loop takes a second


@dataclass(frozen=True)
class Data:
    """Inputs [n, 1, 14, 14] and targets, to train on and held out."""

    x: Tensor
    y: Tensor
    xv: Tensor
    yv: Tensor

    def with_(self, **changes: Tensor) -> Data:
        return Data(**{**vars(self), **changes})


@cache
def raw_digits() -> tuple[Tensor, Tensor]:
    """2,000 digits, 0 to 255, and their labels."""
    mnist = pb.open_dataset("mnist")
    images = torch.tensor(np.array(mnist.train_images[:2000])).float().view(2000, 1, 28, 28)
    return F.avg_pool2d(images, 2), torch.tensor(np.array(mnist.train_labels[:2000])).long()


def digits(scale: float = 1.0) -> Data:
    """Normalised digits."""
    raw, labels = raw_digits()
    x = (raw - raw.mean()) / raw.std() * scale
    return Data(x[:1500], labels[:1500], x[1500:], labels[1500:])


def even() -> Data:
    """Whether a digit is even: targets 0 and 1, [n, 1]."""
    d = digits()
    return d.with_(y=(d.y % 2 == 0).float()[:, None], yv=(d.yv % 2 == 0).float()[:, None])


def numbers(low: float = -1.6, high: float = 1.6) -> Data:
    """The digit as a number between two, [n, 1]."""
    d = digits()

    def scaled(labels: Tensor) -> Tensor:
        return (low + (high - low) * labels / 9)[:, None]

    return d.with_(y=scaled(d.y), yv=scaled(d.yv))


def one_hot() -> Data:
    d = digits()
    return d.with_(y=F.one_hot(d.y, 10).float(), yv=F.one_hot(d.yv, 10).float())


# Networks: all of [n, 1, 14, 14].


def mlp(out: int = 10, act: Callable[[], nn.Module] = nn.ReLU, widths: tuple[int, ...] = (64, 64), tail: Any = ()):
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in zip((SIDE * SIDE, *widths), widths, strict=False):
        layers += [nn.Linear(before, after), act()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], out), *tail)


def cnn(out: int = 10, norm: Callable[[int], nn.Module] | None = None, tail: Any = (), dropout: float = 0.0):
    def block(before: int, after: int) -> list[nn.Module]:
        return [nn.Conv2d(before, after, 3, padding=1), *([norm(after)] if norm else []), nn.ReLU(), nn.MaxPool2d(2)]

    drop = [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*block(1, 8), *block(8, 16), nn.Flatten(), *drop, nn.Linear(16 * 9, out), *tail)


def batch_norm_cnn(out: int = 10, tail: Any = ()):
    return cnn(out, nn.BatchNorm2d, tail)


def group_norm_cnn(out: int = 10, tail: Any = ()):
    return cnn(out, lambda n: nn.GroupNorm(4, n), tail)


def conv1d(out: int = 10, tail: Any = ()):
    """Rows of a digit as channels."""
    return nn.Sequential(
        nn.Flatten(1, 2), nn.Conv1d(SIDE, 24, 3, padding=1), nn.ReLU(), nn.Conv1d(24, 24, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(96, out), *tail,
    )  # fmt: skip


class Residual(nn.Module):
    def __init__(self, width: int, norm: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.norm1, self.norm2 = norm(width), norm(width)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


def residual(out: int = 10, tail: Any = (), norm: Callable[[int], nn.Module] = nn.BatchNorm2d):
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), Residual(12, norm), Residual(12, norm),
        nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(108, out), *tail,
    )  # fmt: skip


class Transformer(nn.Module):
    """Rows of a digit as tokens."""

    def __init__(self, out: int = 10, tail: Any = (), batch_first: bool = True, dropout: float = 0.0) -> None:
        super().__init__()
        self.embed = nn.Linear(SIDE, 32)
        self.place = nn.Parameter(torch.randn(SIDE, 32) * 0.02)
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=dropout, batch_first=batch_first)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(32, out)
        self.tail = nn.Sequential(*tail)

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(self.head(self.encoder(self.embed(x[:, 0]) + self.place).mean(1)))


class Recurrent(nn.Module):
    def __init__(self, out: int = 10, tail: Any = (), kind: Any = nn.GRU) -> None:
        super().__init__()
        self.cells = kind(SIDE, 48, batch_first=True)
        self.head = nn.Linear(48, out)
        self.tail = nn.Sequential(*tail)

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(self.head(self.cells(x[:, 0])[0][:, -1]))


NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "mlp": mlp,
    "cnn": cnn,
    "batch norm": batch_norm_cnn,
    "group norm": group_norm_cnn,
    "conv1d": conv1d,
    "residual": residual,
    "transformer": Transformer,
    "gru": Recurrent,
}

# Optimisers with rates at which these networks train.
OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1),
    "momentum": lambda p: torch.optim.SGD(p, 0.02, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, 2e-3),
    "adamw": lambda p: torch.optim.AdamW(p, 2e-3, weight_decay=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, 1e-3),
}


@dataclass
class Loop:
    """One plain loop; what a mistake changes is given. `epoch_of`: figures at the end of each epoch."""

    model: nn.Module
    optimizer: Any
    data: Data = field(default_factory=digits)
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy
    steps: int = 250
    size: int = 50
    held: tuple[Tensor, Tensor] | None = None
    zero: Callable[[Any], None] = lambda optimizer: optimizer.zero_grad()
    backward: Callable[[Tensor], None] = lambda loss: loss.backward()
    before_step: Callable[[nn.Module], None] = lambda model: None
    update: Callable[[Any, int], None] = lambda optimizer, step: optimizer.step()
    after: Callable[[int], None] = lambda step: None
    batches: Callable[[Data, int, int], Iterator[Tensor]] | None = None
    answer: Callable[[nn.Module, Tensor], Tensor] = lambda model, x: model(x)
    probe: bool = True
    tell_loss: Callable[[Tensor], Any] = lambda loss: loss
    epochs: bool = False
    evaluate: Callable[[nn.Module, Data], None] | None = None

    def run(self) -> pb.Probe:
        held = self.held or (self.data.xv[:200], self.data.yv[:200])
        draws = (self.batches or shuffled)(self.data, self.steps, self.size)
        probe = pb.Probe(self.model, self.optimizer, batch=held, every=25)
        with probe, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step, rows in enumerate(draws):
                self.zero(self.optimizer)
                loss = self.loss(self.answer(self.model, self.data.x[rows]), self.data.y[rows])
                self.backward(loss)
                self.before_step(self.model)
                self.update(self.optimizer, step)
                probe.step(self.tell_loss(loss))
                self.after(step)
                if self.evaluate is not None and step % 25 == 24:
                    self.evaluate(self.model, self.data)
                if self.epochs and step % 30 == 29:
                    probe.epoch(train=accuracy(self.model, self.data.x, self.data.y), val=self.held_out())
        return probe

    def held_out(self) -> float:
        return accuracy(self.model, self.data.xv, self.data.yv)


def shuffled(data: Data, steps: int, size: int) -> Iterator[Tensor]:
    """Epoch by epoch, each sample once."""
    step = 0
    while step < steps:
        for rows in torch.randperm(len(data.x)).split(min(size, len(data.x))):
            if step < steps and len(rows) >= min(size, len(data.x)):
                yield rows
                step += 1


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of right answers; of numbers, the share of their variance that is explained."""
    modes = model.training
    model.eval()
    answers = model(x)
    model.train(modes)
    if y.dim() == 1 and not y.is_floating_point():
        return float((answers.argmax(1) == y).float().mean())
    if y.shape[-1] > 1:
        return float((answers.argmax(1) == y.argmax(1)).float().mean())
    if set(y.unique().tolist()) == {0.0, 1.0}:
        return float(
            ((answers > (0.5 if answers.min() >= 0 and answers.max() <= 1 else 0)) == (y > 0.5)).float().mean()
        )
    return max(-math.inf, 1 - float(F.mse_loss(answers.view_as(y), y) / y.var(correction=0)))
