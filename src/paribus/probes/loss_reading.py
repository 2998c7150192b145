"""Which loss a gradient by the outputs is of, and which targets it wants: read off, so that nobody need say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.records.loop_trace import LossKind

_EXACT = 0.02  # residual of a gradient, as a share of it, that is rounding, in 16-bit numbers too
_NEARLY = 0.01  # how far a recovered label may be from 0 or 1
_MOST = 1_000_000  # numbers that are read


@dataclass(frozen=True)
class Reading:
    """A loss as its gradient tells it. `targets`: classes [rows], or numbers of the outputs' shape; None if unknown.

    scale: the weight of all samples together. value: the loss as a mean over samples. uphill: it is minus the loss.
    rows: the outputs as [rows, classes] where the targets are classes.
    """

    kind: LossKind
    scale: float | None = None
    targets: Tensor | None = None
    value: float | None = None
    uphill: bool = False
    rows: Tensor | None = None


UNKNOWN = Reading("unknown")


@torch.no_grad()
def read_loss(outputs: Tensor, gradient: Tensor, loss: float | None = None, targets: object = None) -> Reading:
    """The first kind of loss that explains the gradient; unknown where none does.

    outputs, gradient: of one shape, the gradient of a batch's loss by them. `loss`: its value; squared errors need it.
    `targets`: where the user gave them; without, they are recovered.
    """
    scale = 1.0
    if outputs.numel() > _MOST and outputs.dim() > 1:  # some rows of a large table tell of all
        few = max(_MOST * len(outputs) // outputs.numel(), 1)
        scale, outputs, gradient = len(outputs) / few, outputs[:few], gradient[:few]
    whole = scale == 1.0
    z, g = outputs.detach().cpu().double(), gradient.detach().cpu().double()  # in this order: MPS has no float64
    if z.dim() == 0 or z.numel() == 0 or not (torch.isfinite(z).all() and torch.isfinite(g).all()) or not g.any():
        return UNKNOWN
    for rows, slopes in _tables(z, g):
        found = _cross_entropy(rows, slopes) or _likelihood(rows, slopes)
        if found is not None:
            return found if whole else replace(found, scale=(found.scale or 0.0) * scale)
    if not whole:
        return UNKNOWN
    return _of_numbers(z, g, loss) or _of_given(z, g, targets) or _soft(z, g) or UNKNOWN


def _tables(z: Tensor, g: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Outputs and gradients as [rows, classes]: classes are last, or second as in images of classes."""
    if z.dim() < 2:
        return
    for place in dict.fromkeys((z.dim() - 1, 1)):
        if z.shape[place] > 1:
            yield tuple(t.movedim(place, -1).reshape(-1, z.shape[place]) for t in (z, g))  # type: ignore[misc]


def _cross_entropy(z: Tensor, g: Tensor) -> Reading | None:
    """Each row of the gradient is a weight times softmax(z) less the label's 1."""
    felt = g.abs().sum(1) > 0
    p = z.softmax(1)
    best: tuple[float, Reading] | None = None
    for sign in (1.0, -1.0):
        wanted = torch.where(felt, (sign * g).argmin(1), z.argmax(1))
        due = p - F.one_hot(wanted, z.shape[1])
        weights = sign * (g * due).sum(1) / due.square().sum(1).clamp(min=1e-300)
        residual = float((g - sign * weights[:, None] * due).norm() / g.norm())
        if residual > _EXACT or float(weights[felt].min()) < 0:
            continue
        strong = due.abs().amax(1) > 1e-3  # weights of rows that are right already are rounding
        known = weights[felt & strong] if bool((felt & strong).any()) else weights[felt]
        uneven = float(known.std(correction=0) / known.mean().abs().clamp(min=1e-300))
        value = float(F.cross_entropy(z, wanted))
        scale = float(known.mean()) * int(felt.sum())
        found = Reading("cross_entropy", scale, wanted, value, sign < 0, z)
        # With two classes the gradient of one label is also that of minus the other's: even weights tell.
        if best is None or uneven < 0.5 * best[0]:
            best = uneven, found
    return best[1] if best else None


def _likelihood(z: Tensor, g: Tensor) -> Reading | None:
    """Each row of the gradient is minus a weight at the label, and 0 beside it."""
    used = (g != 0).sum(1)
    if int(used.max()) > 1 or float((used == 1).double().mean()) < 0.5:
        return None
    wanted = g.abs().argmax(1)
    weights = g.gather(1, wanted[:, None])[:, 0]
    known = weights[used == 1]
    if not bool((known > 0).all() or (known < 0).all()):
        return None
    value = float(-z.gather(1, wanted[:, None]).mean())
    scale = float(known.abs().sum())
    return Reading("nll", scale, wanted, value, bool((known > 0).all()), z)


def _of_numbers(z: Tensor, g: Tensor, loss: float | None) -> Reading | None:
    """Losses of each number by itself: a mean of all, a sum over a row, or a sum of all."""
    for share in dict.fromkeys((1 / z.numel(), 1 / len(z), 1.0)):
        for sign in (1.0, -1.0):
            found = _binary(z, sign * g / share)
            if found is not None:
                kind, targets = found
                value = float(_BINARY[kind](z, targets))
                return Reading(kind, share * z.numel(), targets, value, sign < 0)
    if loss is None or not math.isfinite(loss):
        return None
    sign = -1.0 if loss < 0 else 1.0
    size = abs(loss)
    if size > 0:
        share = float(g.square().sum()) / (4 * size)
        for usual in (1 / z.numel(), 1 / len(z), 1.0):
            for part in (1.0, 0.5):
                if abs(share / (usual * part) - 1) < _EXACT:
                    targets = z - sign * g / (2 * share)
                    value = float((z - targets).square().mean())
                    return Reading("squared", usual * z.numel(), targets, value, sign < 0)
    sizes = g.abs()[g != 0]
    if float(sizes.max() - sizes.min()) <= _NEARLY * float(sizes.max()) and z.numel() > 1:
        share = float(sizes.mean())
        return Reading("absolute", share * z.numel(), None, size / (share * z.numel()), sign < 0)
    return None


def _binary(z: Tensor, slopes: Tensor) -> tuple[LossKind, Tensor] | None:
    """Labels 0 and 1 that each number's slope is explained by."""
    labels = z.sigmoid() - slopes
    if bool((labels.sub(labels.round()).abs() < _NEARLY).all()) and _are_bits(labels):
        return "bce_logits", labels.round()
    if float(z.min()) > 0 and float(z.max()) < 1:
        labels = z - slopes * z * (1 - z)
        if bool((labels.sub(labels.round()).abs() < _NEARLY).all()) and _are_bits(labels):
            return "bce", labels.round()
    return None


def _are_bits(labels: Tensor) -> bool:
    rounded = labels.round()
    return bool(((rounded == 0) | (rounded == 1)).all())


def _mean_binary(p: Tensor, t: Tensor) -> Tensor:
    return F.binary_cross_entropy(p, t)


def _mean_binary_logits(z: Tensor, t: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, t)


_BINARY: dict[LossKind, Callable[[Tensor, Tensor], Tensor]] = {"bce_logits": _mean_binary_logits, "bce": _mean_binary}
_GIVEN: dict[LossKind, Callable[[Tensor, Tensor], Tensor]] = {
    "squared": F.mse_loss,
    "absolute": F.l1_loss,
    "huber": F.smooth_l1_loss,
    "bce_logits": _mean_binary_logits,
}


def _of_given(z: Tensor, g: Tensor, targets: object) -> Reading | None:
    """Losses whose targets cannot be recovered, where the user gave them."""
    if not isinstance(targets, Tensor) or targets.numel() != z.numel():
        return None
    t = targets.detach().double().cpu().reshape(z.shape)
    for kind, loss_of in _GIVEN.items():
        with torch.enable_grad():
            leaf = z.clone().requires_grad_()
            loss = loss_of(leaf, t)
            (due,) = torch.autograd.grad(loss, leaf)
        if not due.any():
            continue
        weight = float((g * due).sum() / due.square().sum())
        if float((g - weight * due).norm() / g.norm()) <= _EXACT:
            return Reading(kind, abs(weight), t, float(loss.detach()), weight < 0)
    return None


def _soft(z: Tensor, g: Tensor) -> Reading | None:
    """Cross entropy of labels that are distributions, as smoothed or mixed ones are: a mean, or a sum."""
    for rows, slopes in _tables(z, g):
        if float(slopes.sum(1).abs().max()) > _NEARLY * float(slopes.abs().max()):
            continue
        for weight in (1 / len(rows), 1.0):
            wanted = rows.softmax(1) - slopes / weight
            if float(wanted.min()) > -_NEARLY and float(wanted.max()) < 1 + _NEARLY:
                wanted = wanted.clamp(0, 1)
                value = float(-(wanted * rows.log_softmax(1)).sum(1).mean())
                return Reading("cross_entropy", weight * len(rows), wanted.argmax(1), value, False, rows)
    return None
