"""All parameters in one buffer, and all gradients in another: one operation for the optimiser, one for zeroing.

On a small network an optimiser spends more time on going from tensor to tensor than on their arithmetic.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.no_grad()
def flatten(model: nn.Module) -> list[nn.Parameter]:
    """Make the model's trainable parameters, and their gradients, views of one parameter, and return that.

    The model works as before, but its parameters must not be moved or replaced afterwards, and a backward pass adds
    to the gradients that are there. A parameter that takes no part in the loss has a gradient of zero rather than
    none, so weight decay reaches it. Where devices or types differ there is no one buffer: all are returned as they
    are.
    """
    own = [p for p in model.parameters() if p.requires_grad]
    if len({(p.device, p.dtype) for p in own}) != 1:
        return own
    whole = nn.Parameter(torch.cat([p.reshape(-1) for p in own]))
    whole.grad = torch.zeros_like(whole)
    lay_into(whole.data, whole.grad, own)
    return [whole]


def lay_into(values: Tensor, gradients: Tensor, parameters: list[nn.Parameter]) -> None:
    """Make each parameter and its gradient the view of its place in the buffers, which hold its value already."""
    start = 0
    for p in parameters:
        place = slice(start, start + p.numel())
        p.data, p.grad = values[place].view(p.shape), gradients[place].view(p.shape)
        start = place.stop


def zero(parameters: list[Tensor]) -> None:
    """Gradients to zero in place: views of them stay views."""
    for p in parameters:
        if p.grad is not None:
            p.grad.zero_()
