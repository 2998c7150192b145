"""Probes look at a training and change nothing: they read, keep scalars, and draw no random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Trace = Callable[[dict[str, Any]], None]


class Probe:
    """Sees, at chosen steps, each layer's weights and data gradient, and writes one line of the trace.

    The data gradient is that of the loss alone: torch's optimisers add weight decay afterwards, inside `step`.
    Norms are Euclidean, of the layer's weight tensor. `steps` counts from 0 over the whole training.
    """

    def __init__(self, model: nn.Module, steps: frozenset[int], write: Trace) -> None:
        self._layers = [(n, p) for n, p in model.named_parameters() if p.dim() > 1]
        self._steps = steps
        self._write = write

    @torch.no_grad()
    def after_backward(self, step: int) -> None:
        """Call between `backward` and the optimiser's step."""
        if step not in self._steps:
            return
        layers = {
            name: {
                "weight_norm": float(p.norm()),
                "gradient_norm": float(p.grad.norm()) if p.grad is not None else 0.0,
            }
            for name, p in self._layers
        }
        self._write({"step": step, "layers": layers})
