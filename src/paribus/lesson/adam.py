"""Checks of Adam's step as a student writes it: with the decay in the gradient, and apart from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from paribus.core.messages import Message, mark
from paribus.lesson.network import Found
from paribus.lesson.probing import called

RATE, DECAY, STEPS = 0.1, 0.5, 4
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Way:
    """A way to take steps (Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2)."""

    coupled: bool
    decay: float = DECAY
    corrected: bool = True  # for averages that begin at zero
    after: bool = False  # a decay apart from the gradient may come before or after the step
    within: bool = False  # whether the small number is added within the root
    squared: bool = True  # whether the step is divided by the gradient's size
    steps: int = STEPS

    def walk(self, weights: Tensor, gradient_of: Callable[[Tensor], Tensor]) -> Tensor:
        """The weights after all steps."""
        mean, square = torch.zeros_like(weights), torch.zeros_like(weights)
        for step in range(1, self.steps + 1):
            gradient = gradient_of(weights) + (self.decay * weights if self.coupled else 0)
            mean = _BETA1 * mean + (1 - _BETA1) * gradient
            square = _BETA2 * square + (1 - _BETA2) * gradient**2
            by = ((1 - _BETA1**step), (1 - _BETA2**step)) if self.corrected else (1.0, 1.0)
            under = (square / by[1] + _EPSILON).sqrt() if self.within else (square / by[1]).sqrt() + _EPSILON
            moved = weights - RATE * (mean / by[0] / under if self.squared else gradient)
            shrunk = moved if self.after else weights
            weights = moved - (0 if self.coupled else RATE * self.decay * shrunk)
        return weights


def _gradient(weights: Tensor) -> Tensor:
    """Of a bowl whose lowest point is not at zero, much flatter in one direction than in another."""
    return torch.tensor([2.0, 0.05, 1.0]) * (weights - torch.tensor([3.0, 1.0, -1.0]))


def step_faults(function: Any, *, name: str) -> Iterator[Message]:
    """What is wrong with `adam(weights, gradient_of, steps, rate, decay)`, or with `adamw`, which takes the same."""
    right = Way(coupled=name == "adam")
    ways = (right,) if right.coupled else (right, replace(right, after=True))
    try:
        start = torch.tensor([1.0, -2.0, 0.5])
        got = _walked(name, function, start, _gradient, STEPS, DECAY)
        first = _walked(name, function, start, _gradient, 1, DECAY)
        way = next((way for way in ways if _same(got, way, start)), None)
        if way is None:
            yield _difference(got, right, start, name, first)
        elif not _same(first, replace(way, steps=1), start):
            yield Message("{name} takes another number of steps than it is asked for.", name=name)
        else:
            yield from _small_faults(_walked(name, function, start, _flat, STEPS, 0.0), right, start, name)
    except Found as found:
        yield from found.told


def _walked(name: str, function: Any, start: Tensor, gradient_of: Any, steps: int, decay: float) -> Tensor:
    """Where a student's function comes to. Raises Found where that is nothing like weights."""
    given = start.clone()
    got = called(name, function, given, gradient_of, steps, RATE, decay)
    if not isinstance(got, Tensor) or got.shape != start.shape:
        raise Found(Message("{name} must return the weights after its steps, a tensor as large.", name=name))
    if not torch.equal(given, start):
        raise Found(Message("{name} changes the weights that it is given; it is to return new ones.", name=name))
    return got.detach().to(start.dtype)


def _flat(weights: Tensor) -> Tensor:
    """A gradient so small that the formula's small number counts."""
    return 1e-4 * _gradient(weights)


def _same(got: Tensor, way: Way, start: Tensor, gradient_of: Callable[[Tensor], Tensor] = _gradient) -> bool:
    return bool(torch.allclose(got, way.walk(start, gradient_of), rtol=1e-3, atol=1e-4))


def _small_faults(got: Tensor, right: Way, start: Tensor, name: str) -> Iterator[Message]:
    """What is wrong where gradients are small."""
    way = replace(right, decay=0.0)
    if _same(got, replace(way, within=True), start, _flat):
        yield Message("{name} adds the small number before it takes the root; the formula adds it after.", name=name)
    elif not _same(got, way, start, _flat):
        yield Message("Where gradients are small, the weights of {name} are not where its formula takes them.",
                      name=name)  # fmt: skip


def _difference(got: Tensor, right: Way, start: Tensor, name: str, first: Tensor) -> Message:
    others = {
        replace(right, coupled=not right.coupled): mark("{name} decays in the other of the two ways."),
        replace(right, decay=0.0): mark("{name} does not decay the weights."),
        replace(right, corrected=False): mark(
            "The first steps of {name} are wrong: its averages begin at zero, and nothing makes up for that."
        ),
        replace(right, squared=False): mark("The steps of {name} are as long as the gradient; those of Adam are not."),
        replace(right, steps=1): mark("{name} takes another number of steps than it is asked for."),
    }
    for way, told in others.items():
        if _same(got, way, start):
            return Message(told, name=name)
    if _same(first, replace(right, steps=1), start):
        return Message("The first step of {name} is right, and those after it are not.", name=name)
    return Message("After {n} steps the weights of {name} are not where its formula takes them.", name=name, n=STEPS)
