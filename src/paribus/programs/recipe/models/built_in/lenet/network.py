"""LeNet for images of any size, channels and classes (after LeCun et al. 1998, as the lesson draws it)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paribus.core.activations import ACTIVATIONS
from paribus.core.errors import ParibusError
from paribus.programs.recipe.kernels import PLAIN
from paribus.programs.recipe.kernels.convpool import conv_pool
from paribus.programs.recipe.model_registry import KERNEL, Plan, lenet_plan
from paribus.programs.recipe.models.built_in import BuiltIn
from paribus.programs.recipe.models.built_in.lenet.native import NativeGradient, gradient_of

POOLS: dict[str, Callable[[Tensor, int], Tensor]] = {"max": F.max_pool2d, "avg": F.avg_pool2d}


class LeNet(BuiltIn):
    """Two convolutions with pooling, then dense layers; the lesson's has 61,706 parameters.

    Layers are named conv1, conv2, fc1, fc2, ...; the last dense layer gives one logit a class.
    `pool_first`: take the maximum of 2x2 before the activation, where that is exact (a monotone activation and max
    pooling), and so compute a quarter of the activations. None: wherever it is exact. `kernel`: which kernel fuses
    convolution and pooling, or trains the whole network, where pooling comes first and no batch normalisation between;
    see `recipe.kernels`.
    Raises ParibusError where the image is too small for two 5x5 convolutions and two halvings (under 12 pixels).
    """

    def __init__(
        self,
        activation: str = "relu",
        pooling: str = "max",
        in_channels: int = 1,
        image_size: tuple[int, int] = (28, 28),
        classes: int = 10,
        conv_channels: Sequence[int] = (6, 16),
        dense_widths: Sequence[int] = (120, 84),
        batch_norm: bool = False,
        dropout: float = 0.0,
        pool_first: bool | None = None,
        kernel: str = PLAIN,
    ) -> None:
        height, width = image_size
        plan = lenet_plan(
            Plan((in_channels, height, width), tuple(conv_channels), tuple(dense_widths), classes, batch_norm)
        )
        super().__init__(activation)
        if pooling not in POOLS:
            raise ParibusError("{field} must be one of {choices}", field="pooling", choices=tuple(POOLS), got=pooling)
        self.pool = POOLS[pooling]
        exact = pooling == "max" and ACTIVATIONS[self.activation_name].monotone
        self.pool_first = exact if pool_first is None else pool_first
        self.kernel = kernel if exact and self.pool_first and not batch_norm else PLAIN
        self.image_size = tuple(image_size)
        self._described = f"activation={self.activation_name}, pooling={pooling}"

        first, second = conv_channels
        self.conv1 = nn.Conv2d(in_channels, first, KERNEL, padding=2)
        self.conv2 = nn.Conv2d(first, second, KERNEL)
        self.bn1 = nn.BatchNorm2d(first) if batch_norm else nn.Identity()
        self.bn2 = nn.BatchNorm2d(second) if batch_norm else nn.Identity()
        self.add_dense(plan, dropout)

    def extra_repr(self) -> str:
        """What `print(model)` shows besides the layers."""
        return self._described

    def forward(self, x: Tensor) -> Tensor:
        """Logits [batch, classes] of images [batch, channels, height, width]."""
        x = self._pooled(x, self.conv1, self.bn1)  # (N, 6, 14, 14)
        x = self._pooled(x, self.conv2, self.bn2)  # (N, 16, 5, 5)
        return self.classify(torch.flatten(x, 1))  # (N, 400)

    def _pooled(self, x: Tensor, conv: nn.Conv2d, norm: nn.Module) -> Tensor:
        if self.kernel != PLAIN:
            return self.activation(conv_pool(x, conv, self.kernel))
        x = norm(conv(x))
        return self.activation(self.pool(x, 2)) if self.pool_first else self.pool(self.activation(x), 2)

    def plain_twin(self) -> nn.Module:
        """A network that pools first computes only the activations that win, which are not like the others."""
        twin = copy.copy(self)
        twin.pool_first, twin.kernel = False, PLAIN
        if twin.pool is F.max_pool2d:
            twin.pool = _largest_of_four
        return twin

    def native_gradient(self, parameters: list[Tensor]) -> NativeGradient | None:
        """Where it was made for a kernel that takes whole networks."""
        return gradient_of(self, parameters)


def _largest_of_four(x: Tensor, side: int) -> Tensor:
    """Max pooling over 2x2 without a record of the places, which takes PyTorch's own most of its time on a CPU."""
    height, width = (n // side * side for n in x.shape[-2:])
    rows = torch.maximum(x[..., 0:height:2, :width], x[..., 1:height:2, :width])
    return torch.maximum(rows[..., ::2], rows[..., 1::2])
