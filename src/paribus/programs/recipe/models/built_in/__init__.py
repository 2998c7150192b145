"""What our own models share: dropout, dense layers at their end, and what the engine asks of a model."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from paribus.core.activations import ACTIVATIONS, activation_called
from paribus.programs.recipe.model_registry import Plan

if TYPE_CHECKING:
    from paribus.programs.recipe.models.built_in.lenet.native import NativeGradient


class Dropout(nn.Dropout):
    """Zeroes each element with probability `p` while training, and scales the rest by 1/(1-p).

    Srivastava et al. 2014, in the inverted form. `reseed` gives it a generator; without one it draws from torch's
    global state, as `nn.Dropout` does.
    """

    def __init__(self, p: float) -> None:
        super().__init__(p)
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


class BuiltIn(nn.Module):
    """A model of our own. Each constructor calls `add_dense` once its other layers are there."""

    def __init__(self, activation: str) -> None:
        super().__init__()
        self.activation_name = activation_called(activation)
        module, _, name = ACTIVATIONS[self.activation_name].function.partition(":")
        self.activation: Callable[[Tensor], Tensor] = getattr(import_module(module), name)

    def add_dense(self, plan: Plan, dropout: float) -> None:
        """The plan's dense layers, fc1 to the last, with normalisation where it says so."""
        self.dense = [f"fc{i}" for i in range(1, len(plan.widths))]
        for name, (before, after) in zip(self.dense, pairwise(plan.widths), strict=True):
            self.add_module(name, nn.Linear(before, after))
        for name, units in zip(self.dense, plan.hidden, strict=False):
            self.add_module(f"{name}_bn", nn.BatchNorm1d(units) if plan.batch_norm else nn.Identity())
        self.dropout = Dropout(dropout)

    def classify(self, x: Tensor) -> Tensor:
        """Logits [batch, classes] of what goes into the dense layers [batch, numbers]."""
        for name in self.dense[:-1]:
            x = self.get_submodule(f"{name}_bn")(self.get_submodule(name)(x))
            x = self.dropout(self.activation(x))
        logits: Tensor = self.get_submodule(self.dense[-1])(x)
        return logits

    def plain_twin(self) -> nn.Module:
        """The same function of the same weights in PyTorch's operations, each activation before its pooling.

        Layers are shared, and this model is left as it is.
        """
        return self

    def native_gradient(self, parameters: list[Tensor]) -> NativeGradient | None:
        """What computes its gradient in one native call, for parameters as `flatten` lays them; None without."""
        return None


def native_gradient(model: nn.Module, parameters: list[Tensor]) -> NativeGradient | None:
    """The native gradient of a model of ours, where there is one."""
    return model.native_gradient(parameters) if isinstance(model, BuiltIn) else None
