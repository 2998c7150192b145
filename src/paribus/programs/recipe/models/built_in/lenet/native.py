"""The gradient of a whole LeNet in one native call, in place of a forward and a backward pass through PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from paribus.programs.recipe.kernels import instruction_set, is_whole, native

if TYPE_CHECKING:
    from paribus.programs.recipe.models.built_in.lenet.network import LeNet


class NativeGradient:
    """Mean cross entropy of a batch and its gradient, for a network whose parameters lie in one buffer.

    values: float32 [parameters], in the model's order, as `flatten` lays them; its `grad` is where gradients go.
    """

    def __init__(self, model: LeNet, values: Tensor) -> None:
        height, width = model.image_size
        sizes = (model.conv1.in_channels, height, width)
        channels = (model.conv1.out_channels, model.conv2.out_channels)
        dense = [model.get_submodule(name) for name in model.dense]
        widths = [layer.out_features for layer in dense if isinstance(layer, nn.Linear)]
        self._network: Any = native.Network(
            instruction_set(model.kernel), *sizes, *channels, widths, model.activation_name
        )
        self._image, self._values = torch.Size(sizes), values

    def learn(self, x: Tensor, y: Tensor, label_smoothing: float) -> tuple[Tensor, Tensor]:
        """Loss (float32) and hits (int64), scalars both, on x [batch, channels, height, width] and labels y [batch].

        As `F.cross_entropy` and a backward pass from zero would have it, to float rounding; hits count the largest
        logit, the first one on a tie. IndexError where a label is not one of the classes.
        """
        x, y, gradients = x.contiguous(), y.contiguous(), self._values.grad
        fits = x.shape[1:] == self._image and x.dtype == torch.float32 and y.dtype == torch.int64
        if not fits or y.shape != x.shape[:1] or gradients is None:
            raise ValueError(
                f"a batch must be float32 images [batch, *{list(self._image)}] with int64 labels [batch], and "
                f"gradients must be in place; got {x.dtype} {list(x.shape)} and {y.dtype} {list(y.shape)}"
            )
        where = self._values.data_ptr(), gradients.data_ptr()
        loss, hits = x.new_empty(()), y.new_empty(())
        answer = loss.data_ptr(), hits.data_ptr()
        self._network.learn(len(y), x.data_ptr(), y.data_ptr(), label_smoothing, *where, *answer)
        return loss, hits


def gradient_of(model: LeNet, parameters: list[Tensor]) -> NativeGradient | None:
    """For a model made for a kernel that takes whole networks, laid into `parameters` by `flatten`; else None."""
    if native is None or not is_whole(model.kernel) or model.dropout.p > 0 or len(parameters) != 1:
        return None
    (values,) = parameters
    return NativeGradient(model, values) if _is_laid_into(values, list(model.parameters())) else None


def _is_laid_into(values: Tensor, parameters: list[nn.Parameter]) -> bool:
    """Whether values and gradients of all parameters lie one after another in those of `values`."""
    where = [(p.data_ptr(), p.grad.data_ptr()) for p in parameters if p.grad is not None]
    if values.grad is None or values.dtype != torch.float32 or values.device.type != "cpu":
        return False
    value, gradient, expected = values.data_ptr(), values.grad.data_ptr(), []
    for p in parameters:
        expected.append((value, gradient))
        value, gradient = value + p.numel() * p.element_size(), gradient + p.numel() * p.element_size()
    return where == expected and values.numel() == sum(p.numel() for p in parameters)
