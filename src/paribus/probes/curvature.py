"""The loss around the present weights: how sharply it curves, and how noisy its gradient is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from paribus.core.seeds import derive

Product = Callable[[Tensor], Tensor]  # a vector's product with a symmetric matrix

_MOST_ITERATIONS = 100
_TOLERANCE = 1e-3  # relative change of the eigenvalue at which the iteration ends


def sharpness(loss: Tensor, parameters: Sequence[Tensor]) -> float:
    """The largest eigenvalue of the Hessian of `loss`, a scalar with its graph, in all `parameters` together.

    Power iteration on Hessian-vector products (Pearlmutter 1994), from a start vector that is always the same. It
    finds the eigenvalue largest in size; where that is negative, it is run again on the Hessian shifted by it.
    NaN where the loss is not finite.
    """
    gradients = torch.autograd.grad(loss, parameters, create_graph=True, materialize_grads=True)
    curved = [g for g in gradients if g.requires_grad]
    if not torch.isfinite(loss):
        return math.nan
    if not curved:
        return 0.0
    shapes = [g.shape for g in curved]
    owners = [p for p, g in zip(parameters, gradients, strict=True) if g.requires_grad]

    def product(vector: Tensor) -> Tensor:
        parts = torch.split(vector, [shape.numel() for shape in shapes])
        # The slope of one number: handed vectors of its own, autograd first loads SymPy, for half a second.
        along = torch.stack([(g * part.view(g.shape)).sum() for g, part in zip(curved, parts, strict=True)]).sum()
        image = torch.autograd.grad(along, owners, retain_graph=True, materialize_grads=True)
        return _flat(image)

    start = _start(_flat(curved))
    value = _power_iteration(product, start)
    return _power_iteration(product, start, shift=value) if value < 0 else value


def _power_iteration(product: Product, start: Tensor, shift: float = 0.0) -> float:
    """The eigenvalue farthest from `shift`, as the Rayleigh quotient of the last vector."""
    vector, value = start, math.inf
    for _ in range(_MOST_ITERATIONS):
        image = product(vector)
        before, value = value, float(vector @ image)
        image = image - shift * vector
        norm = float(image.norm())
        if norm == 0 or not math.isfinite(norm) or abs(value - before) <= _TOLERANCE * abs(value):
            break
        vector = image / norm
    return value


def _start(like: Tensor) -> Tensor:
    """Drawn on the CPU from a stream of its own, so that every device and every call begins alike."""
    draws = torch.Generator().manual_seed(derive(0, "sharpness"))
    vector: Tensor = torch.randn(like.numel(), generator=draws).to(like)
    return vector.div(vector.norm())


def _flat(parts: Sequence[Tensor]) -> Tensor:
    return torch.cat([part.detach().reshape(-1) for part in parts])


def noise_scale(
    loss_of: Callable[[Tensor, Tensor], Tensor], parameters: Sequence[Tensor], x: Tensor, y: Tensor, parts: int = 16
) -> float:
    """The simple gradient noise scale tr(S)/|G|^2 in samples: S the covariance of a sample's gradient, G its mean.

    McCandlish et al. 2018, eq. 2.9, estimated without bias of either from two batch sizes (appendix A.1): the whole
    batch, and each of `parts` equal parts of it. `loss_of(x, y)` is a mean over samples. Infinite where the mean
    gradient cannot be told from zero, NaN where every gradient is zero.
    """
    size = len(x) // parts
    if size == 0:
        return math.nan
    x, y = x[: size * parts], y[: size * parts]
    pieces = [
        _gradient(loss_of(part_x, part_y), parameters)
        for part_x, part_y in zip(torch.split(x, size), torch.split(y, size), strict=True)
    ]
    small = sum(float(piece.square().sum()) for piece in pieces) / parts
    big = float((sum(pieces[1:], pieces[0]) / parts).square().sum())  # parts are equal: their mean is the whole's
    mean_square = (len(x) * big - size * small) / (len(x) - size)
    variance = (small - big) / (1 / size - 1 / len(x))
    if variance < 0:
        variance = 0.0  # rounding, where all samples agree
    if mean_square > 0 or math.isnan(mean_square):
        return variance / mean_square
    return math.inf if variance > 0 else math.nan


def _gradient(loss: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    return _flat(torch.autograd.grad(loss, parameters, materialize_grads=True))
