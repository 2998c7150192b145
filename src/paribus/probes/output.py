"""What a network answers to a batch, and how much its labels and inputs vary."""

from __future__ import annotations

from typing import TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.records.trace import OutputTrace

_SUMS = 1e-3  # how far from 1 a row of probabilities may sum, in 16-bit numbers too


@torch.no_grad()
def output_trace(logits: object, y: object) -> OutputTrace | None:
    """None where the output is no table of logits [n, classes] with a class each in y [n]."""
    if not isinstance(logits, Tensor) or logits.dim() != 2 or not _are_classes(y) or len(y) != len(logits):
        return None
    logits = logits.detach().float()
    if is_distribution(logits):
        logits = logits.clamp(min=torch.finfo(logits.dtype).tiny).log()
    answers = logits.argmax(1)
    return OutputTrace(
        spread=float(logits.softmax(1).std(0, correction=0).mean()),
        predicted_entropy=class_entropy(answers),
        loss=float(F.cross_entropy(logits, y)),
        prior_entropy=class_entropy(y),
        classes=logits.shape[1],
        right=float((answers == y).float().mean()),
        renamed=_renamed(answers, y),
    )


def _renamed(answers: Tensor, y: Tensor) -> float:
    """Accuracy where each answer means the class that it is given for most often."""
    pairs, counts = torch.unique(torch.stack([answers, y]), dim=1, return_counts=True)
    most = torch.zeros(int(answers.max()) + 1, dtype=counts.dtype, device=counts.device)
    return float(most.scatter_reduce(0, pairs[0], counts, "amax").sum()) / len(y)


def is_distribution(rows: Tensor) -> bool:
    """Whether each row [n, classes] is of numbers from 0 up that sum to 1."""
    if rows.dim() != 2 or rows.shape[1] < 2 or not rows.numel():
        return False
    return bool((rows >= 0).all()) and float((rows.sum(1) - 1).abs().max()) < _SUMS


def label_entropy(y: object) -> float | None:
    """Entropy of the classes in y [n], in nats; None where y is something else."""
    return class_entropy(y) if _are_classes(y) else None


def class_entropy(classes: Tensor) -> float:
    """Entropy in nats of how often each class is there, of classes [n]."""
    counts = torch.unique(classes, return_counts=True)[1]
    shares = counts.cpu().double() / len(classes)  # in this order: MPS has no float64
    return float(-(shares * shares.log()).sum()) + 0.0  # no minus zero


def input_moments(x: object) -> tuple[float | None, float | None]:
    """Mean and standard deviation of all of x; None where x is no tensor of floats."""
    if not isinstance(x, Tensor) or not x.is_floating_point() or x.numel() == 0:
        return None, None
    x = x.detach().float()
    return float(x.mean()), float(x.std(correction=0))


def _are_classes(y: object) -> TypeGuard[Tensor]:
    return isinstance(y, Tensor) and y.dim() == 1 and len(y) > 0 and not (y.is_floating_point() or y.is_complex())
