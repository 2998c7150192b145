"""Whether the loss and the accuracy that a student's function gives are those of all images that were evaluated."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator
from typing import Any

import torch

from paribus.core.messages import Message
from paribus.lesson.probing import Truth


def close(one: float, other: float) -> bool:
    """Equal but for rounding."""
    return math.isclose(one, other, rel_tol=2e-4, abs_tol=1e-6)


def figure_faults(name: str, given: Any, truth: Truth, dataset: int) -> Iterator[Message]:
    """What is wrong with what it returned. dataset: how many images the loader's data set has."""
    if getattr(given, "ndim", 0) == 1:  # an array of two numbers
        given = list(given)
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        yield Message("{name} must return two numbers: the mean loss and the accuracy.", name=name)
        return
    values = [_number(one) for one in given]
    if None in values:
        yield Message("{name} must return two numbers: the mean loss and the accuracy.", name=name)
        return
    loss, accuracy = (value for value in values if value is not None)
    if close(loss, truth.accuracy) and close(accuracy, truth.loss):
        yield Message("{name} returns the accuracy first; the mean loss comes first.", name=name)
        return
    if not close(accuracy, truth.accuracy):
        yield _accuracy_fault(name, accuracy, truth, dataset)
    if not close(loss, truth.loss):
        yield _loss_fault(name, loss, truth, dataset)
    if any(isinstance(one, torch.Tensor) for one in given):
        yield Message("{name} returns tensors in place of plain numbers, which keep all behind them in memory.",
                      name=name)  # fmt: skip


def _number(value: Any) -> float | None:
    if isinstance(value, torch.Tensor) or hasattr(value, "item"):
        return float(value) if getattr(value, "ndim", 0) == 0 or math.prod(value.shape) == 1 else None
    return float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else None


def _accuracy_fault(name: str, got: float, truth: Truth, dataset: int) -> Message:
    hits = sum(truth.hits)
    shares = [hit / size for hit, size in zip(truth.hits, truth.sizes, strict=True)]
    if close(got, hits):
        return Message("{name} returns how many are right, not which share of them.", name=name)
    if close(got, 100 * truth.accuracy):
        return Message("{name} gives the accuracy in per cent; it is to be between 0 and 1.", name=name)
    if close(got, 1 - truth.accuracy):
        return Message("{name} gives the share that is wrong, not the one that is right.", name=name)
    if close(got, shares[-1]):
        return Message("The accuracy of {name} is that of the last batch alone.", name=name)
    if close(got, sum(shares) / len(shares)):
        return Message("In the accuracy of {name} an image of a small batch counts more than others.", name=name)
    whole = max(dataset, math.ceil(truth.count / 4) * 4)
    if any(close(got, factor * hits / n) for n in {dataset, whole, len(shares)} - {truth.count} for factor in (1, 100)):
        return Message("{name} divides the number of right answers by another number than that of the images that it "
                       "has evaluated.", name=name)  # fmt: skip
    return Message("The accuracy of {name} is {got:.3g}, where {right:.3g} of the images that it evaluated are right.",
                   name=name, got=got, right=truth.accuracy)  # fmt: skip


def _loss_fault(name: str, got: float, truth: Truth, dataset: int) -> Message:
    losses, n = truth.losses, truth.count
    total = truth.loss * n
    if close(got, sum(losses) / len(losses)) and not close(sum(losses) / len(losses), truth.loss):
        return Message("In the mean loss of {name} an image of a small batch counts more than others.", name=name)
    if close(got, losses[-1]):
        return Message("The loss of {name} is that of the last batch alone.", name=name)
    if close(got, total) or close(got, sum(losses)):
        return Message("{name} returns a sum of losses, not their mean over the images.", name=name)
    if any(close(got, sum(losses) / by) for by in (n, dataset)):
        return Message("{name} adds up means of batches and divides by the number of images: two kinds of numbers.",
                       name=name)  # fmt: skip
    if any(close(got, total / by) for by in (dataset, len(losses))):
        return Message("{name} divides the loss by another number than that of the images that it has evaluated.",
                       name=name)  # fmt: skip
    return Message("The mean loss of {name} is {got:.3g}, where that of the images that it evaluated is {right:.3g}.",
                   name=name, got=got, right=truth.loss)  # fmt: skip
