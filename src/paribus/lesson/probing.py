"""Small stand-ins that a student's function is run with: a network, images, a loader, a loss and an optimiser.

Each notes what is done with it, and behaves as the real thing does otherwise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from paribus.core.messages import Message
from paribus.lesson.network import Found

BATCH, IMAGES = 4, 10  # so that the last batch is a small one
PIXELS = 28 * 28
_RIGHT = (0, 2, 4, 5, 6, 7, 9)  # which images the network is right about before it is trained
_MARK = 100.0  # images carry their number, as a hundredth, in their first pixel


@dataclass(frozen=True)
class Call:
    """One pass of images through the network: which, in which mode, and whether gradients were taken."""

    images: tuple[int, ...]
    training: bool
    gradient: bool


class Network(nn.Module):
    """One linear layer from pixels to ten numbers. It notes its calls, and how often a gradient came back."""

    def __init__(self, seed: int = 5) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(torch.randn(10, PIXELS, generator=draw) * 0.1)
        self.bias = nn.Parameter(torch.randn(10, generator=draw))
        self.calls: list[Call] = []
        self.gradients = 0
        self.bias.register_hook(self._count)  # type: ignore[no-untyped-call]

    def _count(self, gradient: Tensor) -> None:
        self.gradients += 1

    def forward(self, images: Tensor) -> Tensor:
        """(n, 1, 28, 28) -> (n, 10), on the device that the images are on."""
        marks = images.detach().reshape(len(images), -1)[:, 0]
        numbers = tuple(int(n) for n in (marks * _MARK).round().long().cpu())
        self.calls.append(Call(numbers, self.training, torch.is_grad_enabled()))
        here = images.reshape(len(images), -1).to(self.weight.device, self.weight.dtype)
        return (here @ self.weight.t() + self.bias).to(images.device)

    def values(self) -> list[Tensor]:
        """Its weights as they are now."""
        return [parameter.detach().clone() for parameter in self.parameters()]


class Loader(DataLoader[Any]):
    """A real loader that counts how often somebody goes through it."""

    passes: int

    def __iter__(self) -> Any:
        self.passes += 1
        return super().__iter__()


def loader(images: int = IMAGES, first: int = 0, *, drop_last: bool = False, seed: int = 6) -> Loader:
    """Images numbered from `first`, in batches of four.

    Labels are such that the network is right about 2, 4 and 1 image of its batches: whatever goes wrong with a count
    then gives another number than whatever else does.
    """
    draw = torch.Generator().manual_seed(seed)
    pixels = torch.randn(images, 1, 28, 28, generator=draw)
    pixels[:, 0, 0, 0] = torch.arange(first, first + images) / _MARK
    with torch.no_grad():
        said = Network()(pixels).argmax(1)
    wrong = (said + torch.randint(1, 10, (images,), generator=draw)) % 10
    labels = torch.where(torch.isin(torch.arange(images), torch.tensor(_RIGHT)), said, wrong)
    made = Loader(TensorDataset(pixels, labels), batch_size=BATCH, drop_last=drop_last)
    made.passes = 0
    return made


def batches(of: Loader) -> list[tuple[Tensor, Tensor]]:
    """Its batches, which does not count as a pass and draws no random number."""
    dataset: Any = of.dataset
    pixels, labels = dataset.tensors
    starts = range(0, len(pixels), BATCH)
    whole = [(pixels[start : start + BATCH], labels[start : start + BATCH]) for start in starts]
    return [pair for pair in whole if len(pair[1]) == BATCH or not of.drop_last]


class Loss(nn.CrossEntropyLoss):
    """Half of the cross entropy, so that whoever takes another loss than the one handed in has other figures."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over the batch."""
        self.calls += 1
        return 0.5 * super().forward(input, target.to(input.device))


class Steps(torch.optim.SGD):
    """Plain steps, counted."""

    def __init__(self, network: nn.Module) -> None:
        self.steps = 0
        super().__init__(network.parameters(), lr=0.5)

    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """One step."""
        self.steps += 1
        return super().step(closure)


@dataclass
class Truth:
    """What one pass gives when each image is counted once. losses, hits, sizes: of each batch."""

    losses: list[float] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, said: Tensor, labels: Tensor, loss: Tensor) -> None:
        """One batch."""
        self.losses.append(float(loss.detach()))
        self.hits.append(int((said.detach().argmax(1) == labels).sum()))
        self.sizes.append(len(labels))

    @property
    def count(self) -> int:
        """How many images."""
        return sum(self.sizes)

    @property
    def loss(self) -> float:
        """The mean over images."""
        return sum(loss * size for loss, size in zip(self.losses, self.sizes, strict=True)) / self.count

    @property
    def accuracy(self) -> float:
        """A share."""
        return sum(self.hits) / self.count


def called(name: str, function: Any, *arguments: Any) -> Any:
    """What a student's function gives. Raises Found where it takes other arguments, or raises."""
    if not callable(function):
        raise Found(Message("{name} must be a function.", name=name))
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        signature = None
    if signature is not None:
        try:
            signature.bind(*arguments)
        except TypeError:
            raise Found(Message("{name} cannot be called with {arguments}.", name=name,
                                arguments=", ".join(ARGUMENTS[name]))) from None  # fmt: skip
    grad = torch.is_grad_enabled()
    try:
        given = function(*arguments)
        if inspect.isgenerator(given):
            given = _drained(given)
    except Found:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise Found(Message("{name} stopped with an error: {fault}", name=name, fault=told)) from None
    finally:
        left, _ = torch.is_grad_enabled(), torch.set_grad_enabled(grad)
    if left != grad:
        raise Found(Message("After {name} no gradients are taken any more, in the whole notebook.", name=name))
    return given


def _drained(generator: Iterator[Any]) -> Any:
    """What a generator yields, as a list; or what it returns at the end, where that is something."""
    yielded = []
    while True:
        try:
            yielded.append(next(generator))
        except StopIteration as stop:
            return yielded if stop.value is None else stop.value


ARGUMENTS = {
    "train_epoch": ("model", "loader", "loss_fn", "optimizer"),
    "test": ("model", "loader", "loss_fn"),
    "training": ("model", "train_loader", "validation_loader", "epochs"),
    "adam": ("weights", "gradient_of", "steps", "rate", "decay"),
    "adamw": ("weights", "gradient_of", "steps", "rate", "decay"),
    "he": ("shape", "generator"),
    "sizes": ("x", "weights"),
}


def seeded_alike(run: Callable[[], Any]) -> bool:
    """Whether what runs sets a random seed: from two states it comes to one and the same."""
    ends = []
    for seed in (11, 12):
        torch.manual_seed(seed)
        run()
        ends.append(torch.get_rng_state())
    return bool(torch.equal(*ends))
