"""Gradients of a training loop as they come, beside those that the optimiser gets: added up, erased or clipped."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.hooks import RemovableHandle

from paribus.probes.weights import Layer

_NOT_THERE = 1e-3  # residual, of a gradient, up to which a sum explains it
_ADDED = 0.01  # share of a gradient that is more than rounding


class Arrived(NamedTuple):
    """What came of the gradients of all layers; the fields of `LoopTrace`."""

    backwards: int
    leftover: float | None
    erased: bool | None
    clipped: float | None


@dataclass
class _Came:
    """One layer's gradients of the backward passes since the update before, and what lay in `.grad` then."""

    before: Tensor | None
    parts: list[Tensor] = field(default_factory=list)


def _add(came: _Came, gradient: Tensor) -> None:
    came.parts.append(gradient.detach().clone())


class GradientWatch:
    """Sees each backward pass's own gradient of the layers' weights, for one update."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._came: dict[str, _Came] = {}
        self._handles: list[RemovableHandle] = []

    def begin(self, clean: bool) -> None:
        """Call before a backward pass; clean: the first of an update, so that what is in `.grad` was used already."""
        self.end()
        for layer in self._layers:
            if not layer.weight.requires_grad:
                continue
            old = layer.weight.grad
            came = _Came(None if old is None or old.is_sparse or not clean else old.detach().clone())
            self._came[layer.name] = came
            hook = functools.partial(_add, came)
            self._handles.append(layer.weight.register_hook(hook))  # type: ignore[no-untyped-call]

    def end(self) -> None:
        """Takes every hook back."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._came = [], {}

    def backwards(self) -> int:
        """Backward passes seen since the last update."""
        return max((len(came.parts) for came in self._came.values()), default=0)

    def unreached(self) -> frozenset[str]:
        """Layers that no backward pass brought a gradient."""
        return frozenset(name for name, came in self._came.items() if not came.parts)

    @torch.no_grad()
    def arrived(self, layers: Sequence[Layer]) -> Arrived:
        """What became of the layers' gradients by the time that their optimiser steps."""
        stale, raw, kept, erased = 0.0, 0.0, 0.0, False
        for layer in layers:
            came, now = self._came.get(layer.name), layer.weight.grad
            if came is None or not came.parts or came.parts[0].is_sparse:
                continue
            total = torch.stack([part.to(layer.weight.dtype) for part in came.parts]).sum(0)
            size = float(total.norm())
            erased = erased or (size > 0 and (now is None or float(now.norm()) == 0))
            if now is None or size == 0:
                continue
            seen, old = float(now.norm()), 0.0 if came.before is None else float(came.before.norm())
            if old > 0 and came.before is not None and _holds_old(now, came.parts, came.before):
                stale += old**2
            raw, kept = raw + size**2, kept + seen**2
        leftover = (stale / (stale + raw)) ** 0.5 if raw > 0 else None
        clipped = (kept / raw) ** 0.5 if raw > 0 and not stale else None
        return Arrived(self.backwards(), leftover, erased if self._came else None, clipped)


def _holds_old(now: Tensor, parts: Sequence[Tensor], old: Tensor) -> bool:
    """Whether the gradient is what was there before and what came, rather than any of what came, up to a factor."""
    total = torch.zeros_like(now)
    for part in reversed(parts):  # whatever was cleared in between, the last ones are what it would be
        total = total + part.to(now.dtype)
        if _residual(now, total) <= _NOT_THERE:
            return False
    return _residual(now, total + old) <= _ADDED


def _residual(of: Tensor, by: Tensor) -> float:
    """What is left of a gradient without the best multiple of another, up to once: clipping makes it shorter."""
    square = float(by.square().sum())
    factor = min(max(float((of * by).sum()) / square, 0.0), 1.0) if square > 0 else 0.0
    size = float(of.norm())
    return float((of - factor * by).norm()) / size if size > 0 else 0.0
