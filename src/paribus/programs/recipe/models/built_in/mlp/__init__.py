"""A multilayer perceptron: dense layers alone, which see an image as a list of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from paribus.programs.recipe.model_registry import Plan
from paribus.programs.recipe.models.built_in import BuiltIn


class MLP(BuiltIn):
    """Dense layers fc1, fc2, ... on the pixels; the last one gives one logit a class."""

    def __init__(
        self,
        activation: str = "relu",
        in_channels: int = 1,
        image_size: tuple[int, int] = (28, 28),
        classes: int = 10,
        dense_widths: Sequence[int] = (120, 84),
        batch_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(activation)
        height, width = image_size
        self.add_dense(Plan((in_channels, height, width), (), tuple(dense_widths), classes, batch_norm), dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [batch, classes] of images [batch, channels, height, width]."""
        return self.classify(torch.flatten(x, 1))
