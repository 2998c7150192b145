"""What loops with a mistake are made of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.diagnosis.loops.mistaken_data import byte_data
from tests.diagnosis.loops.parts import (
    NETWORKS,
    OPTIMIZERS,
    Data,
    Loop,
    digits,
    numbers,
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


def of_model(kind: Callable[[], nn.Module], **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        model = kind()
        return Loop(model, OPTIMIZERS[optimizer](model.parameters()), **changes)

    return make


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


def data(how: Callable[[Data], Data], **changes: Any) -> Make:
    def make(network: str, optimizer: str) -> Loop:
        changed_data = how(digits())
        held = changes.pop("held", None)
        return plain(network, optimizer, data=changed_data, held=held, **changes)

    return make


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
