"""Losses of one class a row, read off their gradient: of logits, of probabilities, of logarithms of probabilities."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.probes.reading import EXACT, FLOOR, Reading
from paribus.records.loop_trace import LossKind

_FEWEST = 0.2  # share of rows that have a gradient; below a floor a row has none
_NEARLY = 0.01  # how far a recovered label may be from 0 or 1


def read_classes(z: Tensor, g: Tensor, loss: float | None) -> Reading | None:
    """The loss of one class a row that explains the gradient best: of logits, of probabilities, of their logarithms."""
    found = [_shared("cross_entropy", z, g, z.softmax(1), z.log_softmax(1), loss)]
    sums = z.sum(1, keepdim=True)
    if bool((sums != 0).all()):
        shares = z / sums
        found.append(_shared("shares", z, g * z, shares, shares.clamp(min=FLOOR).log(), loss))
    found += [_labels_alone("nll", z, g, loss), _labels_alone("likelihood", z, g * z, loss)]
    found.append(_labels_alone("likelihood", z, g / (1 - z.sigmoid()).clamp(min=FLOOR), loss))  # of sigmoids
    known = [one for one in found if one is not None]
    return min(known, key=lambda one: one[0])[1] if known else _of_shares(z, g)


def _of_shares(z: Tensor, g: Tensor) -> Reading | None:
    """The likelihood, of logarithms, of labels that are shares: each row is a weight times minus the shares."""
    sums = -g.sum(1)
    if float(g.max()) > 0 or not float(sums.max() - sums.min()) <= EXACT * float(sums.max()):
        return None
    wanted = -g / sums[:, None]
    return Reading("nll", float(sums.sum()), wanted.argmax(1), float(-(wanted * z).sum(1).mean()), False, z)


def _shared(
    kind: LossKind, z: Tensor, g: Tensor, shares: Tensor, logarithms: Tensor, loss: float | None
) -> tuple[float, Reading] | None:
    """Each row of the gradient is a weight times the shares less the label's 1. With how far it is from that.

    By logits the shares are their softmax. By probabilities that the loss divides by their sum, it is the gradient
    times the probabilities that is of this form.
    """
    felt = g.abs().sum(1) > 0
    best: tuple[float, float, Reading] | None = None
    for sign in (1.0, -1.0):
        wanted = torch.where(felt, _wanted(shares, sign * g, felt), shares.argmax(1))
        due = shares - F.one_hot(wanted, z.shape[1])
        weights = sign * (g * due).sum(1) / due.square().sum(1).clamp(min=1e-300)
        residual = float((g - sign * weights[:, None] * due).norm() / g.norm())
        if not residual <= EXACT or float(weights[felt].min()) < 0:
            continue
        strong = due.abs().amax(1) > 1e-3  # weights of rows that are right already are rounding
        known = felt & strong if bool((felt & strong).any()) else felt
        values = -logarithms.gather(1, wanted[:, None])[:, 0]
        off = residual
        if z.shape[1] == 2:  # every gradient that sums to 0 is of this form
            off = max(off, _off(weights[known], wanted[known], sign * float((weights * values).sum()), loss))
            if off > EXACT:
                continue
        uneven = float(weights[known].std(correction=0) / weights[known].mean().abs().clamp(min=1e-300))
        samples = len(z) if kind == "shares" else int(felt.sum())  # below a floor nothing is felt
        scale = float(weights[known].mean()) * samples
        found = Reading(kind, scale, wanted, _mean(kind, values, scale, loss), sign < 0, z)
        # With two classes the gradient of one label is also that of minus the other's: even weights tell.
        if best is None or uneven < 0.5 * best[0]:
            best = uneven, off, found
    return best[1:] if best else None


def _wanted(shares: Tensor, g: Tensor, felt: Tensor) -> Tensor:
    """The label of each row: where the gradient is least; by usual weights, where shares are below 0."""
    if float(shares.min()) >= 0:
        return g.argmin(1)
    for weight in (1 / len(g), 1.0):
        labels = shares - g / weight
        if bool((labels - labels.round())[felt].abs().amax(1).median() < _NEARLY):
            return labels.argmax(1)
    return g.argmin(1)


def _labels_alone(kind: LossKind, z: Tensor, g: Tensor, loss: float | None) -> tuple[float, Reading] | None:
    """Each row of the gradient is minus a weight at the label, and 0 beside it. With how uneven the weights are.

    By logarithms of probabilities; by probabilities whose logarithms the loss takes, it is the gradient times the
    probabilities. Both are of this form, but only with the right one the weights are even, or make the loss's value.
    """
    used = (g != 0).sum(1)
    if int(used.max()) > 1 or float((used == 1).double().mean()) < _FEWEST:
        return None
    wanted = g.abs().argmax(1)
    weights = g.gather(1, wanted[:, None])[:, 0]
    known = weights[used == 1]
    if not bool((known > 0).all() or (known < 0).all()):
        return None
    given = z.gather(1, wanted[:, None])[:, 0]
    logarithms = given if kind == "nll" else given.clamp(min=FLOOR).log()
    scale, sign = float(known.abs().sum()), float(known.sign()[0])
    off = _off(known, wanted[used == 1], float((weights * logarithms).sum()), loss)
    value = _mean(kind, -logarithms, scale, loss)
    return (off, Reading(kind, scale, wanted, value, sign > 0, z)) if off <= EXACT else None


def _mean(kind: LossKind, values: Tensor, scale: float, loss: float | None) -> float:
    """The loss as a mean over samples. With a floor under probabilities its own value knows more than the labels."""
    if kind in ("shares", "likelihood") and loss is not None and math.isfinite(loss):
        return abs(loss) / scale
    return float(values.mean())


def _off(weights: Tensor, labels: Tensor, value: float, loss: float | None) -> float:
    """How far rows' weights are from those of a loss of this kind: uneven, and making another value than it has."""
    off = _uneven(weights, labels)
    return min(off, abs(value / loss - 1)) if loss and math.isfinite(loss) else off


def _uneven(weights: Tensor, labels: Tensor) -> float:
    """How far weights of one label are apart, as a share of all; classes may have weights of their own."""
    of_class, counts = torch.unique(labels, return_inverse=True, return_counts=True)[1:]
    if len(counts) > len(labels) / 2:  # hardly a label is there twice
        return float(weights.std(correction=0) / weights.mean().abs())
    means = torch.zeros(len(counts), dtype=weights.dtype).index_add(0, of_class, weights) / counts
    return float((weights - means[of_class]).square().mean().sqrt() / weights.mean().abs())
