"""Which loss a gradient by the outputs is of, and which targets it wants: read off, so that nobody need say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.probes.class_losses import read_classes
from paribus.probes.reading import EXACT, FLOOR, UNKNOWN, Reading
from paribus.records.loop_trace import LossKind

_NEARLY = 0.01  # how far a recovered label may be from 0 or 1
_ALIKE = 1e-4  # how far the sizes of an absolute error's gradient may be apart
_BY_VALUE = 1e-3  # how far the loss's value may be off where it is what tells the kind
_MOST = 1_000_000  # numbers that are read


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
    bits = _of_bits(z, g)
    if bits is not None and whole:
        return _rather_squared(bits, z, g, loss) or bits
    for rows, slopes in _tables(z, g):
        found = read_classes(rows, slopes, loss if whole else None)
        if found is not None and not whole:
            return replace(found, scale=(found.scale or 0.0) * scale)
        if found is not None:
            return _rather_squared(found, z, g, loss) or found
    if not whole:
        return UNKNOWN
    return _of_numbers(z, g, loss) or _of_given(z, g, targets) or _soft(z, g) or UNKNOWN


def _rather_squared(reading: Reading, z: Tensor, g: Tensor, loss: float | None) -> Reading | None:
    """A squared error of near equal probabilities, or of outputs at a bound, where the value is that.

    Its gradient is cross entropy's too.
    """
    value = (reading.scale or 0.0) * (reading.value or 0.0)
    made = loss is None or abs(value - abs(loss)) <= 0.5 * abs(loss)  # classes may weigh more and less
    return None if made or loss is None else _squared(z, g, loss)


def _tables(z: Tensor, g: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Outputs and gradients as [rows, classes]: classes are last, or second as in images of classes."""
    if z.dim() < 2:
        return
    for place in dict.fromkeys((z.dim() - 1, 1)):
        if z.shape[place] > 1:
            yield tuple(t.movedim(place, -1).reshape(-1, z.shape[place]) for t in (z, g))  # type: ignore[misc]


def _of_bits(z: Tensor, g: Tensor) -> Reading | None:
    """Cross entropy of yes or no, of each number by itself."""
    for share in dict.fromkeys((1 / z.numel(), 1 / len(z), 1.0)):
        for sign in (1.0, -1.0):
            found = _binary(z, sign * g / share)
            if found is not None:
                kind, targets = found
                value = float(_BINARY[kind](z, targets))
                return Reading(kind, share * z.numel(), targets, value, sign < 0)
    return None


def _of_numbers(z: Tensor, g: Tensor, loss: float | None) -> Reading | None:
    """Errors of each number by itself: a mean of all, a sum over a row, or a sum of all."""
    if loss is None or not math.isfinite(loss):
        return None
    sizes = g.abs()[g != 0]
    share = float(sizes.mean())
    absolute = None
    if float(sizes.max() - sizes.min()) <= _ALIKE * share and z.numel() > 1:
        absolute = Reading("absolute", share * z.numel(), None, abs(loss) / (share * z.numel()), loss < 0)
        if any(abs(share / usual - 1) <= EXACT for usual in (1 / z.numel(), 1 / len(z), 1.0)):
            return absolute
    return _binary_by_value(z, g, loss) or _squared(z, g, loss) or absolute


def _squared(z: Tensor, g: Tensor, loss: float) -> Reading | None:
    """A squared error, or half of one: its value is the gradient's square, up to a usual weight."""
    sign = -1.0 if loss < 0 else 1.0
    share = float(g.square().sum()) / (4 * abs(loss)) if loss and math.isfinite(loss) else 0.0
    for usual in (1 / z.numel(), 1 / len(z), 1.0):
        for part in (1.0, 0.5):
            if abs(share / (usual * part) - 1) < EXACT:
                targets = z - sign * g / (2 * share)
                value = float((z - targets).square().mean())
                return Reading("squared", usual * z.numel(), targets, value, sign < 0)
    return None


def _binary(z: Tensor, slopes: Tensor) -> tuple[LossKind, Tensor] | None:
    """Labels 0 and 1 that each number's slope is explained by."""
    for kind, labels in _labels(z, slopes):
        rounded = labels.round()
        away = labels - rounded
        near = float(away.abs().max()) < _NEARLY and float(away.norm()) <= EXACT * float(slopes.norm())
        if near and bool(((rounded == 0) | (rounded == 1)).all()):
            return kind, rounded
    return None


def _binary_by_value(z: Tensor, g: Tensor, loss: float) -> Reading | None:
    """Labels that are any numbers, where the loss has the value that it has with them."""
    for share in dict.fromkeys((1 / z.numel(), 1 / len(z), 1.0)):
        for kind, labels in _labels(z, g / share):
            value = float(_BINARY[kind](z, labels))
            if abs(share * z.numel() * value - loss) <= _BY_VALUE * abs(loss):
                return Reading(kind, share * z.numel(), labels, value)
    return None


def _labels(z: Tensor, slopes: Tensor) -> Iterator[tuple[LossKind, Tensor]]:
    """The labels of logits, and those of probabilities, that have these slopes."""
    yield "bce_logits", z.sigmoid() - slopes
    if float(z.min()) >= 0 and float(z.max()) <= 1:
        labels = z - slopes * z * (1 - z)
        sure = (z < FLOOR) | (z > 1 - FLOOR)  # where a loss has a floor, and says nothing of the label
        if bool(slopes[~sure].any()):
            yield "bce", torch.where(sure, z.round(), labels)


def _mean_binary(p: Tensor, t: Tensor) -> Tensor:
    p = p.clamp(FLOOR, 1 - FLOOR)
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()


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
        if float((g - weight * due).norm() / g.norm()) <= EXACT:
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
