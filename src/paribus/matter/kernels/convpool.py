"""Convolution + bias + 2x2 max pooling as one differentiable operation on the CPU.

For 1, 6 and 16 channels PyTorch's general kernels reorder layouts, pad channels and compute a dense gradient that is
three-quarters zeros. Ours gives the pooled output and which of the four won, and its backward pass visits the winners
alone. Everything around it stays PyTorch.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from paribus.matter.kernels.choose import PLAIN, native

SIDE = 5  # of the convolution's kernel


def conv_pool(x: Tensor, conv: nn.Conv2d, kernel: str) -> Tensor:
    """`max_pool2d(conv(x), 2)`, [batch, outputs, height, width], by the named kernel where it can, else by PyTorch.

    It can for float32 on the CPU, a 5x5 convolution of stride 1 with a bias, and outside torch.compile and export,
    which see plain operations. Equal to PyTorch's to float rounding, in value and gradients; ties go to the first of
    the four and NaN before anything, as PyTorch has it. There is no second derivative.
    """
    if kernel == PLAIN or not _fits(x, conv):
        return F.max_pool2d(conv(x), 2)
    out: Tensor = _ConvPool.apply(  # type: ignore[no-untyped-call]
        x, conv.weight, conv.bias, int(conv.padding[0]), kernel.removeprefix("native-")
    )
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
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    )


class _ConvPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, padding: int, isa: str) -> Tensor:
        x, weight, bias = x.contiguous(), weight.contiguous(), bias.contiguous()
        batch, channels, height, width = x.shape
        outputs = weight.shape[0]
        shape = (batch, outputs, (height + 2 * padding - SIDE + 1) // 2, (width + 2 * padding - SIDE + 1) // 2)
        out = x.new_empty(shape)
        wanted = any(ctx.needs_input_grad)
        winner = torch.empty(shape if wanted else 0, dtype=torch.uint8)
        sizes = (batch, channels, height, width, outputs, padding)
        where = winner.data_ptr() if wanted else 0
        native.forward(isa, *sizes, x.data_ptr(), weight.data_ptr(), bias.data_ptr(), out.data_ptr(), where)
        ctx.save_for_backward(x, weight, winner)
        ctx.sizes, ctx.isa = sizes, isa
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
        x, weight, winner = ctx.saved_tensors
        grad_out = grad_out.contiguous()
        grad_x = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        grad_weight, grad_bias = torch.empty_like(weight), weight.new_empty(weight.shape[0])
        into = [t.data_ptr() if t is not None else 0 for t in (grad_x, grad_weight, grad_bias)]
        native.backward(
            ctx.isa, *ctx.sizes, x.data_ptr(), weight.data_ptr(), grad_out.data_ptr(), winner.data_ptr(), *into
        )
        return grad_x, grad_weight, grad_bias, None, None
