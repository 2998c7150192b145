"""Data of the published trainings: as in the source, halved digits, or made where the source's are not public."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import paribus as pb
from published.fault import Data

SIDE = 14
TRAIN, HELD = 1500, 1000


def parted(x: Tensor, y: Tensor, train: int) -> Data:
    """In a new order, the first so many to train on."""
    order = torch.randperm(len(x))
    return Data(x[order[:train]], y[order[:train]], x[order[train:]], y[order[train:]])


def standard(data: Data, targets: bool = False) -> Data:
    """Inputs with mean 0 and deviation 1 in each column, by the training part; the targets too if that is asked for."""

    def scaled(train: Tensor, held: Tensor) -> tuple[Tensor, Tensor]:
        mean, deviation = train.mean(0), train.std(0) + 1e-12
        return (train - mean) / deviation, (held - mean) / deviation

    x, xv = scaled(data.x, data.xv)
    y, yv = scaled(data.y, data.yv) if targets else (data.y, data.yv)
    return Data(x, y, xv, yv)


@cache
def raw_digits() -> tuple[Tensor, Tensor]:
    """6,000 digits of 14 x 14, from 0 to 255, and their labels."""
    mnist = pb.open_dataset("mnist")
    images = torch.tensor(np.array(mnist.train_images[:6000])).float().view(-1, 1, 28, 28)
    return F.avg_pool2d(images, 2), torch.tensor(np.array(mnist.train_labels[:6000])).long()


def digits(top: float = 1.0, one_hot: bool = True, flat: bool = False, classes: int = 10) -> Data:
    """Digits from 0 to `top`, of the first so many classes."""
    images, labels = raw_digits()
    images, labels = images[labels < classes], labels[labels < classes]
    drawn = torch.randperm(len(images))[: TRAIN + HELD]
    x, y = images[drawn] * (top / 255), labels[drawn]
    data = parted(x.flatten(1) if flat else x, F.one_hot(y, classes).float() if one_hot else y, min(TRAIN, len(x) // 2))
    return Data(data.x, data.y, data.xv[:HELD], data.yv[:HELD])


def xor() -> Data:
    x = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [0.0], [1.0]])
    return Data(x, y, x, y)


def table(columns: int = 8, rows: int = 1200, one_hot: bool = False, spread: float = 1.0) -> Data:
    """Made: columns of very different size (years, counts, sums), and two classes by some of them and by chance.

    `spread`: the largest column's deviation is about 10 to the power of this, the smallest's about 1.
    """
    plain = torch.randn(rows, columns)
    signs = torch.tensor([1.0, -1.0] * columns)[:columns]
    chance = torch.randn(rows) * 0.5
    label = ((plain * signs).sum(1) / columns**0.5 + 0.5 * plain[:, 0] * plain[:, 1] + chance > 0).float()
    size = 10 ** torch.linspace(0, spread, columns)
    x = plain * size + 2 * size
    return parted(x, F.one_hot(label.long(), 2).float() if one_hot else label[:, None], rows * 2 // 3)


def one_column() -> Data:
    """Made: one number, and whether it is large."""
    x = torch.randn(1000, 1) * 30 + 100
    return parted(x, (x + torch.randn(1000, 1) * 10 > 100).float(), 800)


def ones_or_zeros() -> Data:
    """128 ones or 128 zeros, and which it is."""
    y = (torch.rand(2400, 1) > 0.5).float()
    return parted(y.repeat(1, 128), y, 2000)


def squares() -> Data:
    """Points of two squares, 0.2 to 0.4 and 0.5 to 0.7."""
    x = torch.cat([torch.rand(200, 2) * 0.2 + 0.2, torch.rand(200, 2) * 0.2 + 0.5])
    y = torch.cat([torch.zeros(200, 1), torch.ones(200, 1)])
    return parted(x, y, 200)


def two_columns(data: Data) -> Data:
    """One-hot targets in place of a column of 0 and 1."""
    return Data(data.x, F.one_hot(data.y[:, 0].long(), 2).float(), data.xv, F.one_hot(data.yv[:, 0].long(), 2).float())


def several_labels() -> Data:
    """Counts of 20 words; each of three labels makes some words more frequent."""
    frequent = torch.distributions.Dirichlet(torch.ones(20)).sample((3,))
    y = (torch.rand(3000, 3) > 0.5).float()
    mixed = (y @ frequent + 0.02) / (y.sum(1, keepdim=True) + 0.4)
    return parted(torch.poisson(mixed * 50), y, 2000)


def flowers() -> Data:
    """Made: three clusters in four columns, with the means and about the deviations of Iris, in centimetres."""
    means = torch.tensor([[5.0, 3.4, 1.5, 0.25], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.55, 2.0]])
    deviations = torch.tensor([[0.35, 0.38, 0.17, 0.1], [0.52, 0.31, 0.47, 0.2], [0.64, 0.32, 0.55, 0.27]])
    y = torch.arange(3).repeat(100)
    x = means[y] + torch.randn(300, 4) * deviations[y]
    return parted(x, F.one_hot(y, 3).float(), 150)


def weighted_sum(divided: float = 1.0) -> Data:
    """2a + b + c/2 + 2.2 of three numbers from 0 to 10,000, divided by a number."""
    x = torch.rand(3000, 3) * 10_000
    return parted(x, (x @ torch.tensor([[2.0], [1.0], [0.5]]) + 2.2) / divided, 2000)


def line() -> Data:
    """Made: a line from 1 to 5."""
    x = torch.rand(400, 1) * 2 - 1
    return parted(x, 2 * x + 3 + torch.randn(400, 1) * 0.1, 300)


def two_inputs() -> Data:
    """Made: a smooth function of two inputs, from 0 to 1."""
    x = torch.rand(400, 2) * 2 - 1
    return parted(x, (0.5 + 0.4 * torch.sin(2 * x[:, :1]) * x[:, 1:]), 200)


def parabola() -> Data:
    """Five times a square, with the cube of a normal number added."""
    x = torch.arange(0.0, 5.0, 0.1)[:, None]
    y = 5 * x**2 + torch.randn(50, 1) ** 3
    return Data(x, y, x, y)


def fourth_power() -> Data:
    x = torch.arange(-100.0, 100.0, 0.5)[:, None]
    return Data(x, x**4, x, x**4)
