"""The batches of a training loop beside the held-out ones: their inputs, their targets, what they have in common."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import torch
from torch import Tensor

from paribus.probes.reading import Reading
from paribus.records.loop_trace import OF_CLASSES

_FEW, _MANY = 8, 2_000  # numbers of a row by which it is told from others; rows that are remembered
_COMPARED = 1_000_000  # numbers of a batch that is compared with another
_KEPT = 4_096  # targets that are remembered


class BatchWatch:
    """Remembers what was seen of the batches so far."""

    def __init__(self, held_out: Tensor | None) -> None:
        self._held = _rows(held_out) if held_out is not None else ()
        if len(set(self._held)) < len(self._held) and not _is_varied(held_out):
            self._held = ()  # samples of few different numbers may be equal by nature
        self._met: set[bytes] = set()
        self.classes: Counter[int] = Counter()
        self._targets: list[Tensor] = []
        self._last: Tensor | None = None

    def shared(self, inputs: object) -> float | None:
        """Share of the held-out samples that were met so far, this training batch included."""
        if not self._held or not isinstance(inputs, Tensor):
            return None
        self._met |= set(_rows(inputs)) & set(self._held)
        return len(self._met) / len(self._held)

    def same(self, inputs: object) -> bool | None:
        """Whether a training batch is that of the look before; None for the first."""
        if not isinstance(inputs, Tensor) or inputs.dim() < 1 or inputs.numel() > _COMPARED:
            return None
        last, self._last = self._last, inputs.detach().clone()
        return None if last is None else last.shape == inputs.shape and torch.equal(last, self._last)

    def constant(self, reading: Reading) -> float | None:
        """The loss of the best constant answer to the targets so far, those of `reading` included."""
        if reading.targets is None:
            return None
        if reading.kind in OF_CLASSES:
            self.classes.update(reading.targets.tolist())
            return entropy(self.classes)
        if sum(t.shape[0] for t in self._targets) < _KEPT:
            self._targets.append(reading.targets.reshape(len(reading.targets), -1))
        if len({t.shape[1] for t in self._targets}) > 1:
            return None
        seen = torch.cat(self._targets)
        if reading.kind in ("bce_logits", "bce"):
            p = seen.mean(0).clamp(1e-12, 1 - 1e-12)
            return float(-(p * p.log() + (1 - p) * (1 - p).log()).mean())
        if reading.kind == "squared":
            return float(seen.var(0, correction=0).mean())
        return float((seen - seen.median(0).values).abs().mean())


def entropy(counts: Counter[int]) -> float:
    """Of how often each class is there, in nats."""
    total = sum(counts.values())
    return -sum(n / total * math.log(n / total) for n in counts.values() if n) + 0.0 if total else 0.0


def bad_rows(inputs: object) -> float | None:
    """Share of rows with a number that is not finite; None where inputs are no floats."""
    if not isinstance(inputs, Tensor) or not inputs.is_floating_point() or inputs.numel() == 0:
        return None
    return float((~torch.isfinite(inputs.detach().flatten(1) if inputs.dim() > 1 else inputs)).any(-1).float().mean())


def _is_varied(x: object) -> bool:
    """Whether rows are of so many different numbers that only copies are equal."""
    return isinstance(x, Tensor) and all(len(torch.unique(row)) >= _FEW for row in x[:_FEW])


def _rows(x: object) -> tuple[bytes, ...]:
    """A row's bytes, by which it is known again."""
    if not isinstance(x, Tensor) or not x.is_floating_point() or x.dim() < 2 or x[0].numel() < _FEW:
        return ()
    table = x[:_MANY].detach().flatten(1).float().cpu().contiguous().numpy()
    return tuple(row.tobytes() for row in table)


def length_of(batch: Any) -> int | None:
    """How many rows a batch has; None of what is no batch."""
    return len(batch) if isinstance(batch, Tensor) and batch.dim() else None
