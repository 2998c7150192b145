"""Convolution + bias + 2x2 max pooling as one differentiable operation on the CPU.

For 1, 6 and 16 channels PyTorch's general kernels reorder layouts, pad channels and compute a dense gradient that is
three-quarters zeros. Ours gives the pooled output and which of the four won, and its backward pass visits the winners
alone. Everything around it stays PyTorch.

The operation exists twice around the same two calls. Eager code takes a `torch.autograd.Function`, because a registered
operation costs tens of microseconds more a call (`benchmarks/custom_op.py`). torch.compile takes
`torch.ops.paribus.conv_pool`, which importing this file registers: one node that it schedules without looking inside.
torch.export and tracing, and so ONNX, take PyTorch's own convolution and pooling, so that what they write runs where
there is no Paribus.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from paribus.programs.recipe.kernels import PLAIN, instruction_set, native

SIDE = 5  # of the convolution's kernel


def conv_pool(x: Tensor, conv: nn.Conv2d, kernel: str) -> Tensor:
    """`max_pool2d(conv(x), 2)`, [batch, outputs, height, width], by the named kernel where it can, else by PyTorch.

    It can for float32 on the CPU and a 5x5 convolution of stride 1 with a bias, outside torch.export and tracing.
    Equal to PyTorch's to float rounding, in value and gradients; ties go to the first of the four and NaN before
    anything, as PyTorch has it. There is no second derivative.
    """
    if kernel == PLAIN or not _fits(x, conv):
        return F.max_pool2d(conv(x), 2)
    assert conv.bias is not None
    padding, isa = int(conv.padding[0]), instruction_set(kernel)
    if torch.compiler.is_compiling():
        out: Tensor = _conv_pool(x, conv.weight, conv.bias, padding, isa)[0]
    else:
        out = _ConvPool.apply(x, conv.weight, conv.bias, padding, isa)  # type: ignore[no-untyped-call]
    return out


def _fits(x: Tensor, conv: nn.Conv2d) -> bool:
    return (
        native is not None
        and x.device.type == "cpu"
        and x.dtype == conv.weight.dtype == torch.float32
        and conv.bias is not None
        and conv.kernel_size == (SIDE, SIDE)
        and (conv.stride, conv.dilation, conv.groups) == ((1, 1), (1, 1), 1)
        and conv.padding in ((0, 0), (1, 1), (2, 2))
        and conv.padding_mode == "zeros"
        and not _for_elsewhere()
    )


def _for_elsewhere() -> bool:
    """Whether what is recorded now may run without Paribus. Before 2.7 torch does not tell export from compile."""
    exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)
    return bool(exporting()) or bool(torch.jit.is_tracing())  # type: ignore[attr-defined, no-untyped-call]


def _pooled_shape(x: Tensor, outputs: int, padding: int) -> tuple[int, int, int, int]:
    height, width = (side + 2 * padding - SIDE + 1 for side in x.shape[2:])
    return x.shape[0], outputs, height // 2, width // 2


def _forward(
    x: Tensor, weight: Tensor, bias: Tensor, padding: int, isa: str, winners: bool = True
) -> tuple[Tensor, Tensor]:
    """Pooled values and which of the four each is (uint8, 0 to 3, row by row; empty unless `winners`)."""
    x, weight, bias = x.contiguous(), weight.contiguous(), bias.contiguous()
    shape = _pooled_shape(x, weight.shape[0], padding)
    out = x.new_empty(shape)
    winner = x.new_empty(shape if winners else 0, dtype=torch.uint8)
    where = winner.data_ptr() if winners else 0
    sizes = (*x.shape, weight.shape[0], padding)
    native.forward(isa, *sizes, x.data_ptr(), weight.data_ptr(), bias.data_ptr(), out.data_ptr(), where)
    return out, winner


def _backward(
    x: Tensor, weight: Tensor, winner: Tensor, grad_out: Tensor, padding: int, isa: str, wants_x: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of x (empty unless `wants_x`), weight and bias."""
    x, weight, grad_out = x.contiguous(), weight.contiguous(), grad_out.contiguous()
    grad_x = x.new_empty(x.shape if wants_x else 0)
    grad_weight, grad_bias = torch.empty_like(weight), weight.new_empty(weight.shape[0])
    into = (grad_x.data_ptr() if wants_x else 0, grad_weight.data_ptr(), grad_bias.data_ptr())
    sizes = (*x.shape, weight.shape[0], padding)
    native.backward(isa, *sizes, x.data_ptr(), weight.data_ptr(), grad_out.data_ptr(), winner.data_ptr(), *into)
    return grad_x, grad_weight, grad_bias


class _ConvPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, padding: int, isa: str) -> Tensor:
        out, winner = _forward(x, weight, bias, padding, isa, any(ctx.needs_input_grad))
        ctx.save_for_backward(x, weight, winner)
        ctx.padding, ctx.isa = padding, isa
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
        return _gradients(ctx, _backward, grad_out)


def _gradients(ctx: Any, backward: Any, grad_out: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
    wants_x = ctx.needs_input_grad[0]
    x, weight, winner = ctx.saved_tensors
    grad_x, grad_weight, grad_bias = backward(x, weight, winner, grad_out, ctx.padding, ctx.isa, wants_x)
    return grad_x if wants_x else None, grad_weight, grad_bias, None, None


# The registered twin. The winners, its second output, are for its backward pass alone. Its schemas are in words because
# the first torch to have `custom_op` reads no annotation that is a string.


@torch.library.custom_op(
    "paribus::conv_pool",
    mutates_args=(),
    device_types="cpu",
    schema="(Tensor x, Tensor weight, Tensor bias, int padding, str isa) -> (Tensor, Tensor)",
)
def _conv_pool(x: Tensor, weight: Tensor, bias: Tensor, padding: int, isa: str) -> tuple[Tensor, Tensor]:
    return _forward(x, weight, bias, padding, isa)


@torch.library.custom_op(
    "paribus::conv_pool_backward",
    mutates_args=(),
    device_types="cpu",
    schema="(Tensor x, Tensor weight, Tensor winner, Tensor grad_out, int padding, str isa, bool wants_x)"
    " -> (Tensor, Tensor, Tensor)",
)
def _conv_pool_backward(
    x: Tensor, weight: Tensor, winner: Tensor, grad_out: Tensor, padding: int, isa: str, wants_x: bool
) -> tuple[Tensor, Tensor, Tensor]:
    return _backward(x, weight, winner, grad_out, padding, isa, wants_x)


@_conv_pool.register_fake
def _(x: Tensor, weight: Tensor, bias: Tensor, padding: int, isa: str) -> tuple[Tensor, Tensor]:
    shape = _pooled_shape(x, weight.shape[0], padding)
    return x.new_empty(shape), x.new_empty(shape, dtype=torch.uint8)


@_conv_pool_backward.register_fake
def _(
    x: Tensor, weight: Tensor, winner: Tensor, grad_out: Tensor, padding: int, isa: str, wants_x: bool
) -> tuple[Tensor, Tensor, Tensor]:
    return x.new_empty(x.shape if wants_x else 0), weight.new_empty(weight.shape), weight.new_empty(weight.shape[0])


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    x, weight, _, ctx.padding, ctx.isa = inputs
    ctx.mark_non_differentiable(output[1])
    ctx.save_for_backward(x, weight, output[1])


def _differentiate(ctx: Any, grad_out: Tensor, _: None) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
    return _gradients(ctx, _conv_pool_backward, grad_out)


_conv_pool.register_autograd(_differentiate, setup_context=_keep)
