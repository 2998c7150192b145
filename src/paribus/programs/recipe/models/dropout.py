"""Dropout that draws from a generator of its own, so that no global random state decides a run."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Zeroes each element with probability `p` while training, and scales the rest by 1/(1-p).

    Srivastava et al. 2014, in the inverted form. `reseed` gives it a generator; without one it draws from torch's
    global state, as `nn.Dropout` does.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.generator: torch.Generator | None = None

    def reseed(self, seed: int, device: torch.device) -> None:
        """Start a new stream of draws."""
        self.generator = torch.Generator(device=device).manual_seed(seed)

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same out."""
        if not self.training or self.p == 0:
            return x
        kept = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.p
        return x * kept / (1 - self.p)

    def extra_repr(self) -> str:
        """What `print(model)` shows."""
        return f"p={self.p}"
