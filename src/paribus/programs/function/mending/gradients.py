"""Mends between the loss and the step: gradients that are cleared, kept, turned or left unclipped."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn, optim

from paribus.probes.weights import parameters_of
from paribus.programs.function.mending.base import Mending

LENGTH = 1.0  # to which gradients are clipped


def _cleared_once_used(mending: Mending, met: Callable[[], None]) -> None:
    """What an optimiser has used is cleared before the next backward pass."""
    used: list[optim.Optimizer] = []

    def clear(losses: Sequence[Tensor]) -> None:
        old = _with_gradient(parameters_of(*used))
        if any(bool(p.grad.any()) for p in old if p.grad is not None and not p.grad.is_sparse):
            met()
        for p in old:
            p.grad = None
        used.clear()

    mending.events.on_step(after=used.append)
    mending.events.on_backward(before=clear)


def clear_gradients(mending: Mending, value: Any) -> None:
    """Gradients that were used are cleared before the next backward pass."""
    _cleared_once_used(mending, functools.partial(mending.hit, "clear_gradients"))


def keep_gradients(mending: Mending, value: Any) -> None:
    """Between a backward pass and the step nothing is cleared, but after it."""
    fresh = [False]

    def told(is_fresh: bool) -> Callable[[Any], None]:
        return lambda _: fresh.__setitem__(0, is_fresh)

    def unless_fresh(zero_grad: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(zero_grad)
        def zero(*args: Any, **kwargs: Any) -> None:
            if fresh[0]:
                mending.hit("keep_gradients")
            else:
                zero_grad(*args, **kwargs)

        return zero

    _cleared_once_used(mending, lambda: None)
    mending.events.on_backward(after=told(True))
    mending.events.on_step(after=told(False))
    for owner in (optim.Optimizer, nn.Module):
        mending.events.replace(owner, "zero_grad", unless_fresh)


def step_taken(mending: Mending, value: Any) -> None:
    """Every optimiser steps after each backward pass."""

    def step(losses: Sequence[Tensor]) -> None:
        for optimizer in mending.events.made:
            optimizer.step()
            mending.hit("step_taken")

    mending.events.on_made()
    _cleared_once_used(mending, lambda: None)
    mending.events.on_backward(after=step)


def descent(mending: Mending, value: Any) -> None:
    """Steps go the other way: an optimiser that maximises minimises, else the gradient is turned."""
    turning: list[optim.Optimizer] = []

    def turned(losses: Sequence[Tensor]) -> float:
        if any(_maximises(optimizer) for optimizer in mending.events.made):
            return 1.0
        mending.hit("descent")
        return -1.0

    def before(optimizer: optim.Optimizer) -> None:
        if _maximises(optimizer):
            mending.hit("descent")
            turning.append(optimizer)
            for group in optimizer.param_groups:
                group["maximize"] = False

    def after(optimizer: optim.Optimizer) -> None:
        if turning:
            for group in turning.pop().param_groups:
                group["maximize"] = True

    mending.events.on_made()
    mending.events.on_backward(scaled=turned)
    mending.events.on_step(before, after)


def _maximises(optimizer: optim.Optimizer) -> bool:
    return any(group.get("maximize") for group in optimizer.param_groups)


def mean_loss(mending: Mending, value: Any) -> None:
    """The gradient of a sum over the batch is divided by its samples."""
    samples = [1]

    def count(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = args[0] if args else next(iter(kwargs.values()), None)
        if torch.is_grad_enabled() and isinstance(given, Tensor) and given.dim():
            samples[0] = len(given)
        return args, kwargs

    def smaller(losses: Sequence[Tensor]) -> float:
        if samples[0] > 1:
            mending.hit("mean_loss")
        return 1.0 / samples[0]

    mending.events.on_call(count)
    mending.events.on_backward(scaled=smaller)


def no_clip(mending: Mending, value: Any) -> None:
    """`clip_grad_norm_` and `clip_grad_value_` leave gradients as they are."""

    def unclipped(clip: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(clip)
        def unchanged(parameters: Any, *args: Any, **kwargs: Any) -> Any:
            of = [parameters] if isinstance(parameters, Tensor) else list(parameters)
            before = [(p, p.grad.clone()) for p in of if p.grad is not None]
            said = clip(of, *args, **kwargs)
            if any(not torch.equal(p.grad, gradient) for p, gradient in before if p.grad is not None):
                mending.hit("no_clip")
            for p, gradient in before:
                p.grad = gradient
            return said

        return unchanged

    for owner in (nn.utils, nn.utils.clip_grad):
        for name in ("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm"):
            if hasattr(owner, name):
                mending.events.replace(owner, name, unclipped)


def clip(mending: Mending, value: Any) -> None:
    """Gradients longer than 1 are brought to that length."""
    shorten = nn.utils.clip_grad_norm_

    def before(optimizer: optim.Optimizer) -> None:
        if float(shorten(_with_gradient(parameters_of(optimizer)), LENGTH)) > LENGTH:
            mending.hit("clip")

    mending.events.on_step(before)


def _with_gradient(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [p for p in parameters if p.grad is not None]
