"""What loops with a mistake are made of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.diagnosis.loops.parts import (
    NETWORKS,
    OPTIMIZERS,
    Data,
    Loop,
    cnn,
    digits,
    mlp,
    numbers,
    raw_digits,
)

Make = Callable[[str, str], Loop]


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake, how its loop is made of a network and an optimiser, on which, and what must be named first."""

    name: str
    named: tuple[str, ...]
    make: Make
    on: tuple[tuple[str, str], ...] = (("mlp", "sgd"), ("cnn", "adam"))


WIDE = (("mlp", "sgd"), ("cnn", "adam"), ("residual", "momentum"), ("transformer", "adamw"), ("gru", "rmsprop"))
SOME = (("mlp", "momentum"), ("group norm", "adam"), ("conv1d", "adamw"))


def plain(network: str, optimizer: str, **changes: Any) -> Loop:
    model = NETWORKS[network]()
    return Loop(model, OPTIMIZERS[optimizer](model.parameters()), **changes)


def tailed(tail: Callable[[], nn.Module], out: int = 10, **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        model = NETWORKS[network](out, tail=(tail(),))
        data = changes.get("data")
        return Loop(
            model, OPTIMIZERS[optimizer](model.parameters()), **{**changes, **({"data": data()} if data else {})}
        )

    return make


def changed(**changes: Any) -> Make:
    return lambda network, optimizer: plain(network, optimizer, **changes)


def of_numbers(loss: Any = F.mse_loss, out: int = 1, data: Callable[[], Data] = numbers, **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        model = NETWORKS[network](out)
        return Loop(model, OPTIMIZERS[optimizer](model.parameters()), data=data(), loss=loss, **changes)

    return make


def no_zero(optimizer: Any) -> None:
    pass


def layers_missing(network: str, optimizer: str) -> Loop:
    model = NETWORKS[network]()
    weights = list(model.parameters())
    return Loop(model, OPTIMIZERS[optimizer](weights[:2] + weights[-2:]))


def head_missing(network: str, optimizer: str) -> Loop:
    model = NETWORKS[network]()
    return Loop(model, OPTIMIZERS[optimizer](list(model.parameters())[:-2]))


def another_models(network: str, optimizer: str) -> Loop:
    return Loop(NETWORKS[network](), OPTIMIZERS[optimizer](NETWORKS[network]().parameters()))


def copy_trained(network: str, optimizer: str) -> Loop:
    model = NETWORKS[network]()
    other = copy.deepcopy(model)
    return Loop(model, OPTIMIZERS[optimizer](other.parameters()), answer=lambda model, x: other(x))


def schedule(make: Callable[[Any], Any]) -> Make:
    def loop(network: str, optimizer: str) -> Loop:
        made = plain(network, optimizer)
        schedule = make(made.optimizer)
        made.after = lambda step: schedule.step()
        return made

    return loop


class ListedLayers(nn.Module):
    """Hidden layers in a plain list."""

    def __init__(self, deep: int = 2) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(196, 64), nn.Linear(64, 10)
        self.hidden = [nn.Linear(64, 64) for _ in range(deep)]

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x.flatten(1)))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.last(x)


class NamedBlocks(nn.Module):
    """Blocks in a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = {"one": cnn()[:3], "two": nn.Conv2d(8, 16, 3)}
        self.last = nn.Linear(16 * 25, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(self.blocks["two"](self.blocks["one"](x))).flatten(1))


class LooseWeight(nn.Module):
    """A tensor with a gradient that is no parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(196, 64), nn.Linear(64, 10)
        self.mixing = (torch.randn(64, 64) / 8).requires_grad_()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(F.relu(self.first(x.flatten(1))) @ self.mixing))


def of_model(kind: Callable[[], nn.Module], **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        model = kind()
        return Loop(model, OPTIMIZERS[optimizer](model.parameters()), **changes)

    return make


class Cut(nn.Module):
    """The lower part's output is detached."""

    def __init__(self, how: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.lower, self.upper, self.how = cnn()[:6], nn.Sequential(nn.Flatten(), nn.Linear(144, 10)), how

    def forward(self, x: Tensor) -> Tensor:
        return self.upper(self.how(self.lower(x)))


class CutBranch(nn.Module):
    """A residual branch under no_grad."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.branch, self.last = nn.Linear(196, 64), nn.Linear(64, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x.flatten(1)))
        with torch.no_grad():
            side = self.branch(x)
        return self.last(F.relu(x + side))


class OverBatch(nn.Module):
    """Something over the first dimension in the middle of a network."""

    def __init__(self, how: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.how = mlp(), how

    def forward(self, x: Tensor) -> Tensor:
        return self.how(self.net(x))


class Softened(nn.Module):
    """A softmax as the activation between layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(196, 64), nn.Linear(64, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.softmax(self.second(F.softmax(self.first(x.flatten(1)), 1)), 1))


class AlwaysDropping(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.first, self.last, self.p = nn.Linear(196, 64), nn.Linear(64, 10), p

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.dropout(F.relu(self.first(x.flatten(1))), self.p))


def summed(f: Any) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda out, y: f(out, y, reduction="sum")


def negative(f: Any) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda out, y: -f(out, y)


def broadcast(f: Any) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda out, y: f(out, y[:, 0])


def clip_norm(limit: float) -> Callable[[nn.Module], None]:
    return lambda model: nn.utils.clip_grad_norm_(model.parameters(), limit) and None


def clip_value(limit: float) -> Callable[[nn.Module], None]:
    return lambda model: nn.utils.clip_grad_value_(model.parameters(), limit)


def erase(model: nn.Module) -> None:
    model.zero_grad()


def evaluating(network: str, optimizer: str) -> Loop:
    loop = plain(network, optimizer)
    loop.model.eval()
    return loop


def evaluating_with(kind: Callable[[], nn.Module]) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        loop = of_model(kind)(network, optimizer)
        loop.model.eval()
        return loop

    return make


def in_training_mode(model: nn.Module, data: Data) -> None:
    with torch.no_grad():
        model(data.xv[:100])


def sorted_rows(data: Data, steps: int, size: int) -> Any:
    rows = data.y.argsort(stable=True).split(size)
    for step in range(steps):
        yield rows[step % len(rows)]


def one_class_rows(data: Data, steps: int, size: int) -> Any:
    for step in range(steps):
        yield (data.y == step % 10).nonzero()[:size, 0]


def data(how: Callable[[Data], Data], **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        changed_data = how(digits())
        held = changes.pop("held", None)
        return plain(network, optimizer, data=changed_data, held=held, **changes)

    return make


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


def rate(factor: float) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        loop = plain(network, optimizer)
        for group in loop.optimizer.param_groups:
            group["lr"] *= factor
        return loop

    return make


def decayed(kind: Any, decay: float, lr: float) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        model = NETWORKS[network]()
        return Loop(model, kind(model.parameters(), lr, weight_decay=decay), steps=400)

    return make


def maximised(network: str, optimizer: str) -> Loop:
    loop = plain(network, optimizer)
    for group in loop.optimizer.param_groups:
        group["maximize"] = True
    return loop


def made_anew(network: str, optimizer: str) -> Loop:
    loop = plain(network, optimizer)

    def update(old: Any, step: int) -> None:
        OPTIMIZERS[optimizer](loop.model.parameters()).step()

    return replace(loop, update=update)


def new_loss_leaf(loss: Tensor) -> None:
    torch.tensor(loss.item(), requires_grad=True).backward()


def frozen_left(network: str, optimizer: str) -> Loop:
    loop = plain(network, optimizer)
    for p in list(loop.model.parameters())[:-1]:
        p.requires_grad_(False)
    return loop


def bytes_and_evaluating(network: str, optimizer: str) -> Loop:
    loop = data(byte_data)(network, optimizer)
    loop.model.eval()
    return loop


def slow_numbers(network: str, optimizer: str) -> Loop:
    loop = of_numbers()(network, optimizer)
    for group in loop.optimizer.param_groups:
        group["lr"] *= 1e-4
    return loop


def tiny_batches(network: str, optimizer: str) -> Loop:
    model = nn.Sequential(nn.Flatten(), nn.Linear(196, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
    return Loop(model, OPTIMIZERS[optimizer](model.parameters()), size=2)
