"""Checks of a network's start: first weights as He et al. draw them, and how large a signal is after each layer."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from paribus.core.messages import Message, mark
from paribus.lesson.network import Found
from paribus.lesson.probing import called
from paribus.lesson.whole_set_figures import close

_SHAPES = ((120, 400), (40, 1200), (32, 8, 5, 5))  # more inputs than outputs, and a convolution
_FLAT = 2.4  # of the fourth moment by the squared second: 3 where draws are normal, 1.8 where they are uniform
_FAR = 0.08  # of the deviation: that of so many draws lies within a fiftieth


def he_faults(function: Any) -> Iterator[Message]:
    """What is wrong with `he(shape, generator)` (He et al. 2015, eq. 10)."""
    try:
        for shape in _SHAPES:
            drawn = _drawn(function, shape, seed=3)
            again, other = _drawn(function, shape, seed=3), _drawn(function, shape, seed=4)
            if not torch.equal(drawn, again) or torch.equal(drawn, other):
                raise Found(Message("he must draw with the generator that it is given, and with no other."))
            fan_in = math.prod(shape[1:])
            wanted, got = math.sqrt(2 / fan_in), float(drawn.std())
            if not math.isclose(got, wanted, rel_tol=_FAR):
                raise Found(_other_deviation(got, shape, wanted))
            if abs(float(drawn.mean())) > wanted * _FAR:
                raise Found(Message("The mean of what he draws is not zero."))
            if torch.equal(drawn[0], drawn[1]):
                raise Found(Message("he gives every output the same weights, so that they can never differ."))
            if float(drawn.pow(4).mean()) < _FLAT * float(drawn.square().mean()) ** 2:
                raise Found(Message("he does not draw normally: no draw lies far out."))
    except Found as found:
        yield from found.told


def _drawn(function: Any, shape: tuple[int, ...], seed: int) -> Tensor:
    drawn = called("he", function, shape, torch.Generator().manual_seed(seed))
    if not isinstance(drawn, Tensor) or drawn.shape != shape or not drawn.is_floating_point():
        raise Found(Message("he must return a tensor of the shape that it is given."))
    return drawn.detach()


def _other_deviation(got: float, shape: tuple[int, ...], wanted: float) -> Message:
    """Which other law the deviation is that of."""
    fan_in, fan_out = math.prod(shape[1:]), shape[0]
    others = {
        2 / fan_in: mark("he takes the variance for the deviation: the first is the square of the second."),
        math.sqrt(2 / fan_out): mark("he counts the outputs of a layer; it is the inputs of one output that count."),
        math.sqrt(2 / shape[1]): mark(
            "In a convolution one output has more inputs than there are channels: he leaves out the kernel."
        ),
        math.sqrt(1 / fan_in): mark("he does not make up for the half of the signal that ReLU takes away."),
        math.sqrt(2 / (fan_in + fan_out)): mark(
            "he counts inputs and outputs, as Xavier's law does; the text does not."
        ),
        math.sqrt(1 / (3 * fan_in)): mark("he draws as PyTorch does by default; the text asks for another law."),
    }
    for value, told in others.items():
        if math.isclose(got, value, rel_tol=_FAR):
            return Message(told)
    return Message("The weights that he draws for {shape} have a deviation of {got:.4f}, where the formula gives "
                   "{wanted:.4f}.", shape=" × ".join(map(str, shape)), got=got, wanted=wanted)  # fmt: skip


def sizes_faults(function: Any) -> Iterator[Message]:
    """What is wrong with `sizes(x, weights)`: the root mean square of the signal after each layer and its ReLU."""
    draw = torch.Generator().manual_seed(5)
    x = torch.randn(6, 8, generator=draw)
    weights = [torch.randn(n, m, generator=draw) for n, m in ((7, 8), (5, 7), (4, 5))]
    kept = [one.clone() for one in (x, *weights)]
    try:
        given = called("sizes", function, x, weights)
        if not all(torch.equal(one, before) for one, before in zip((x, *weights), kept, strict=True)):
            raise Found(Message("sizes changes what it is given; it is only to measure."))
        if getattr(given, "ndim", 0) == 1:
            given = given.tolist()
        if not isinstance(given, list | tuple) or not all(_is_number(one) for one in given):
            raise Found(Message("sizes must return a list of numbers, one for each layer."))
        got = [float(one) for one in given]
        if not _same(got, _sizes(*kept)):
            yield _other_sizes(got, *kept)
    except Found as found:
        yield from found.told


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) or (isinstance(value, Tensor) and value.numel() == 1)


def _sizes(x: Tensor, *weights: Tensor, relu: bool = True, carried: bool = True, spread: bool = False) -> list[float]:
    """The right answer, and those of what goes wrong. carried: ReLU's output goes on to the next layer."""
    found = []
    for weight in weights:
        before = x @ weight.T
        after = before.relu() if relu else before
        found.append(float(after.std() if spread else after.square().mean().sqrt()))
        x = after if carried else before
    return found


def _same(one: list[float], other: list[float]) -> bool:
    return len(one) == len(other) and all(map(close, one, other))


def _other_sizes(got: list[float], *given: Tensor) -> Message:
    right = _sizes(*given)
    if len(got) == len(right) + 1 and _same(got[1:], right):
        return Message("sizes also gives the size of its input; it is to give one number for each layer.")
    if len(got) != len(right):
        return Message("sizes must return a list of numbers, one for each layer.")
    if _same(got, _sizes(*given, relu=False)):
        return Message("sizes applies no ReLU.")
    if _same(got, _sizes(*given, carried=False)):
        return Message("sizes measures behind ReLU, and hands on to the next layer what stands before it.")
    if _same(got, [one**2 for one in right]):
        return Message("sizes gives the mean of the squares, not its root.")
    roots = [math.sqrt(len(given[0]) * len(weight)) for weight in given[1:]]
    if _same(got, [one * root for one, root in zip(right, roots, strict=True)]):
        return Message("sizes gives the root of the sum of the squares, not of their mean.")
    if _same(got, _sizes(*given, spread=True)):
        return Message("sizes measures how far values lie from their mean; the text asks how far from zero.")
    return Message("sizes gives {got:.4f} for the first layer and {last:.4f} for the last, where it should be "
                   "{right:.4f} and {end:.4f}.", got=got[0], last=got[-1], right=right[0], end=right[-1])  # fmt: skip
