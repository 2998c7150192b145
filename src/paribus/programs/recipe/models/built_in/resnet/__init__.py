"""A small residual network (He et al. 2016, basic blocks; a convolution of 1x1 where a block changes the shape)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from paribus.programs.recipe.model_registry import ResidualPlan
from paribus.programs.recipe.models.built_in import BuiltIn


class Block(nn.Module):
    """Two 3x3 convolutions and the way past them: `activation(past(x) + conv2(activation(conv1(x))))`."""

    def __init__(
        self, activation: Callable[[Tensor], Tensor], before: int, after: int, stride: int, batch_norm: bool
    ) -> None:
        super().__init__()
        self.activation = activation
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(after) if batch_norm else nn.Identity()
        self.bn2 = nn.BatchNorm2d(after) if batch_norm else nn.Identity()
        same = stride == 1 and before == after
        self.past = nn.Identity() if same else nn.Conv2d(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Maps [batch, after, height, width] of maps [batch, before, height, width] or twice that."""
        inner = self.activation(self.bn1(self.conv1(x)))
        return self.activation(self.past(x) + self.bn2(self.conv2(inner)))


class ResNet(BuiltIn):
    """A convolution that halves the image, then two stages of two blocks, the second of half the height and width.

    Means over the last maps go into one dense layer, `fc1`: one logit a class. Layers are named conv1, block1.conv1,
    block1.conv2, ..., block3.past, ..., fc1. `conv_channels`: of both stages. Any image size will do.
    """

    def __init__(
        self,
        activation: str = "relu",
        in_channels: int = 1,
        image_size: tuple[int, int] = (28, 28),
        classes: int = 10,
        conv_channels: Sequence[int] = (6, 16),
        batch_norm: bool = False,
    ) -> None:
        super().__init__(activation)
        height, width = image_size
        first, second = conv_channels
        self.conv1 = nn.Conv2d(in_channels, first, 3, stride=2, padding=1)
        self.bn1 = nn.BatchNorm2d(first) if batch_norm else nn.Identity()
        self.block1 = Block(self.activation, first, first, 1, batch_norm)
        self.block2 = Block(self.activation, first, first, 1, batch_norm)
        self.block3 = Block(self.activation, first, second, 2, batch_norm)
        self.block4 = Block(self.activation, second, second, 1, batch_norm)
        self.add_dense(ResidualPlan((in_channels, height, width), (first, second), classes, batch_norm).dense, 0.0)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [batch, classes] of images [batch, channels, height, width]."""
        x = self.activation(self.bn1(self.conv1(x)))  # (N, 6, 14, 14)
        x = self.block2(self.block1(x))
        x = self.block4(self.block3(x))  # (N, 16, 7, 7)
        return self.classify(F.adaptive_avg_pool2d(x, 1).flatten(1))  # (N, 16)
