"""Mends of optimisers: what they hold, at which rate they step, what they remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn, optim

from paribus.probes.loop_graph import leaves_of
from paribus.probes.weights import parameters_of
from paribus.programs.function.mending.base import Mending

_LOOKED_AT = 3  # backward passes in which parameters are looked for

Groups = list[dict[str, Any]]


def all_parameters(mending: Mending, value: Any) -> None:
    """Parameters that a loss was made from and that no optimiser has are given to the first one."""
    seen = [0]

    def find(losses: Sequence[Tensor]) -> None:
        if seen[0] >= _LOOKED_AT or not mending.events.made:
            return
        seen[0] += 1
        held = {id(p) for p in parameters_of(*mending.events.made)}
        for loss in losses:
            for leaf in leaves_of(loss, ()):
                if isinstance(leaf, nn.Parameter) and leaf.requires_grad and id(leaf) not in held:
                    held.add(id(leaf))
                    mending.events.made[0].param_groups[0]["params"].append(leaf)
                    mending.hit("all_parameters")

    mending.events.on_made()
    mending.events.on_backward(before=find)


def one_optimizer(mending: Mending, value: Any) -> None:
    """An optimiser that is made anew over the same parameters goes on with what the last one had gathered."""
    last: dict[type, optim.Optimizer] = {}

    def before(optimizer: optim.Optimizer) -> None:
        earlier = last.get(type(optimizer))
        if earlier is not None and earlier is not optimizer:
            known = {p: state for p, state in earlier.state.items() if state}
            taken = [p for p in parameters_of(optimizer) if p in known]
            for p in taken:
                optimizer.state.setdefault(p, known[p])
            if taken:
                mending.hit("one_optimizer")
        last[type(optimizer)] = optimizer

    mending.events.on_step(before)


def _during_steps(
    mending: Mending, setting: str, change: Callable[[optim.Optimizer, Groups], list[Any] | None]
) -> None:
    """A setting of an optimiser's groups is another one while it steps. change: the values, None for no change."""
    held: dict[int, list[Any]] = {}

    def before(optimizer: optim.Optimizer) -> None:
        values = change(optimizer, optimizer.param_groups)
        if values is not None:
            held[id(optimizer)] = [group[setting] for group in optimizer.param_groups]
            _set(optimizer, setting, values)

    def after(optimizer: optim.Optimizer) -> None:
        if id(optimizer) in held:
            _set(optimizer, setting, held.pop(id(optimizer)))

    mending.events.on_step(before, after)


def _set(optimizer: optim.Optimizer, setting: str, values: list[Any]) -> None:
    for group, value in zip(optimizer.param_groups, values, strict=True):
        group[setting] = value


def constant_rate(mending: Mending, value: Any) -> None:
    """Every step has the learning rate that its optimiser was made with."""
    begun: dict[int, list[float]] = {}

    def note(optimizer: optim.Optimizer) -> None:
        begun[id(optimizer)] = [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]

    def first(optimizer: optim.Optimizer, groups: Groups) -> list[Any] | None:
        rates = begun.get(id(optimizer))
        if rates is None or len(rates) != len(groups) or rates == [float(group["lr"]) for group in groups]:
            return None
        mending.hit("constant_rate")
        return [_like(group["lr"], rate) for group, rate in zip(groups, rates, strict=True)]

    mending.events.on_made(note)
    _during_steps(mending, "lr", first)


def learning_rate(mending: Mending, value: float) -> None:
    """Every step has so many times its learning rate."""

    def times(optimizer: optim.Optimizer, groups: Groups) -> list[Any] | None:
        if not all("lr" in group for group in groups):
            return None
        mending.hit("learning_rate")
        return [group["lr"] * value for group in groups]

    _during_steps(mending, "lr", times)


def no_decay(mending: Mending, value: Any) -> None:
    """No step decays weights."""

    def none(optimizer: optim.Optimizer, groups: Groups) -> list[Any] | None:
        if not any(group.get("weight_decay") for group in groups):
            return None
        mending.hit("no_decay")
        return [0.0 for _ in groups]

    _during_steps(mending, "weight_decay", none)


def _like(rate: Any, value: float) -> Any:
    """Some optimisers have their rate in a tensor."""
    return torch.full_like(rate, value) if isinstance(rate, Tensor) else value
