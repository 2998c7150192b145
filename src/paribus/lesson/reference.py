"""The network of the lesson as a function of its weights, and what others would make of the same weights."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.core.activations import ACTIVATIONS

SHAPES = ((6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,))
COUNT = sum(math.prod(shape) for shape in SHAPES)  # 61,706
ORDERS = tuple(itertools.permutations((1, 2, 3)))  # in which channels, rows and columns may be laid out flat

Function = Callable[[Tensor], Tensor]


def _named(where: str) -> Function:
    """`module:name`."""
    module, _, name = where.partition(":")
    found: Function = getattr(import_module(module), name)
    return found


NOTHING = "identity"
KNOWN: Mapping[str, Function] = {
    **{name: _named(activation.function) for name, activation in ACTIVATIONS.items()},
    "relu6": F.relu6,
    "softmax": lambda x: F.softmax(x, 1),
}
LAST: Mapping[str, Function] = {
    "softmax": lambda x: F.softmax(x, 1),
    "log_softmax": lambda x: F.log_softmax(x, 1),
    "sigmoid": torch.sigmoid,
    "relu": F.relu,
    "tanh": torch.tanh,
    "softmax over the batch": lambda x: F.softmax(x, 0),
}


@dataclass(frozen=True)
class Drawn:
    """What a network does with its weights. acts: after each hidden layer; pools: after each convolution."""

    acts: tuple[str, str, str, str]
    pools: tuple[str, str] = ("max", "max")
    last: str = ""
    order: tuple[int, ...] = ORDERS[0]

    def answer(self, weights: list[Tensor], images: Tensor) -> Tensor:
        """Ten numbers an image, (n, 1, 28, 28) -> (n, 10). weights: of the shapes of SHAPES, in their order."""
        acts, x = [KNOWN[name] for name in self.acts], images
        for layer, padding in ((0, 2), (1, 0)):
            x = acts[layer](F.conv2d(x, weights[2 * layer], weights[2 * layer + 1], padding=padding))
            x = F.max_pool2d(x, 2) if self.pools[layer] == "max" else F.avg_pool2d(x, 2)
        x = x.permute(0, *self.order).flatten(1)
        for layer in (2, 3):
            x = acts[layer](F.linear(x, weights[2 * layer], weights[2 * layer + 1]))
        x = F.linear(x, weights[8], weights[9])
        return LAST[self.last](x) if self.last else x


def others(wanted: str, at_once: int) -> Iterator[Drawn]:
    """What students build in place of it: with one fault, then with two, where so many are asked for."""
    right = Drawn((wanted,) * 4)
    subsets = [set(s) for n in (4, 1, 2, 3) for s in itertools.combinations(range(4), n)]
    swapped = [
        replace(right, acts=tuple(name if place in subset else wanted for place in range(4)))  # type: ignore[arg-type]
        for name in KNOWN
        for subset in subsets
        if name != wanted and (len(subset) in (1, 4) or name in (NOTHING, "relu", "sigmoid"))
    ]
    pools = [replace(right, pools=pools) for pools in (("avg", "avg"), ("avg", "max"), ("max", "avg"))]
    ends = [replace(right, last=last) for last in LAST]
    yield from (*ends, *pools, *swapped)
    for one in (*pools, *swapped) if at_once > 1 else ():
        yield from (replace(one, last=last) for last in LAST)
        if one.acts != right.acts:
            yield from (replace(one, pools=pool.pools) for pool in pools)


def drawn_weights() -> list[Tensor]:
    """Weights that make every kind of network answer differently: large, and far from where units saturate."""
    draw = torch.Generator().manual_seed(20)
    made = []
    for shape in SHAPES:
        spread = 0.5 if len(shape) == 1 else 1.5 / math.sqrt(math.prod(shape[1:]))
        made.append(torch.randn(shape, generator=draw) * spread)
    return made
