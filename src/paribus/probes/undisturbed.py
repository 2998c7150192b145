"""Looking at a model without a trace of it left: in the model, or in any stream of random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from paribus.runs.device import random_state_kept


@contextmanager
def undisturbed(model: nn.Module, device: torch.device) -> Iterator[None]:
    """Evaluation mode inside; afterwards every module's mode, every buffer and torch's random state are as before.

    Batch normalisation then uses its running statistics and leaves them, dropout passes everything on, and a user's
    model that draws all the same, or counts its calls in a buffer, is put back.
    """
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module, name, buffer, buffer.clone())
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    try:
        with random_state_kept(device):
            model.eval()
            yield
    finally:
        for module, training in modes:
            module.training = training
        with torch.no_grad():
            for module, name, buffer, before in buffers:
                setattr(module, name, buffer)
                if not torch.equal(buffer, before):
                    buffer.copy_(before)
