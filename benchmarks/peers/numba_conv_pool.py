"""Convolution (5x5) + bias + 2x2 max pooling in Numba, fused as our kernel is; `benchmarks/numba_kernel.py` times it.

The same idea in what Numba can say: samples side by side in the forward pass, which also notes which of the four won;
in the backward pass the winners alone, each with its whole patch as one run of floats. There are no vector types: every
inner loop is long, over indices that are never negative, so that the compiler makes vectors of it. For finite numbers.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

U = np.uint64  # no index is negative: a signed one would be asked
SIDE = 5
LANES = 64  # samples side by side
compiled = numba.njit(cache=True, fastmath={"contract"}, error_model="numpy")  # contract: fused multiply-add


@compiled
def forward(x, weight, bias, out, winner):  # type: ignore[no-untyped-def]
    """x: [blocks, channels, height, width * LANES], padded; weight: [outputs, channels, 25].

    out, winner: [blocks, outputs * places, LANES].
    """
    blocks, channels, height, width = x.shape
    outputs = len(weight)
    rows, columns = (height - SIDE + 1) // 2, (width // LANES - SIDE + 1) // 2
    sums = np.empty(4 * LANES, np.float32)
    for block in range(blocks):
        for place in range(rows * columns):
            top, left = 2 * (place // columns), 2 * (place % columns) * LANES
            for o in range(outputs):
                sums[:] = bias[o]
                for c in range(channels):
                    for tap in range(SIDE):
                        w = weight[o, c, SIDE * tap : SIDE * tap + SIDE]
                        w0, w1, w2, w3, w4 = w[0], w[1], w[2], w[3], w[4]
                        for lower in range(2):
                            a = x[block, c, top + lower + tap, left : left + 6 * LANES]
                            s = sums[2 * lower * LANES : 2 * (lower + 1) * LANES]
                            for i in range(LANES):
                                b, d, e, f = a[LANES + i], a[2 * LANES + i], a[3 * LANES + i], a[4 * LANES + i]
                                s[i] += w0 * a[i] + w1 * b + w2 * d + w3 * e + w4 * f
                                s[LANES + i] += w0 * b + w1 * d + w2 * e + w3 * f + w4 * a[5 * LANES + i]
                best = out[block, o * rows * columns + place]
                won = winner[block, o * rows * columns + place]
                for i in range(LANES):
                    most, which = sums[i], np.uint8(0)
                    for q in range(1, 4):
                        other = sums[q * LANES + i]
                        which = np.uint8(q) if other > most else which
                        most = other if other > most else most
                    best[i], won[i] = most, which


@compiled
def backward(x, height, width, weight, winner, grad, grad_x, grad_weight, grad_bias):  # type: ignore[no-untyped-def]
    """x, grad_x: [samples * height * width * channels + 8]; weights: [outputs, 5 * across].

    grad: [samples, outputs, rows, columns]; winner as `forward` leaves it. across: numbers in a kernel's row, 5 *
    channels, filled up with zeros to eights, so that no loop has a rest. grad_x is empty where nobody wants it.
    """
    samples, outputs, rows, columns = grad.shape
    run, wide, wanted = weight.shape[1], 2 * columns, len(grad_x) > 0
    size, across = (len(x) - 8) // samples, run // SIDE
    line = size // height  # numbers in a row of pixels
    deep = line // width
    patches = np.zeros(2 * rows * wide * run, np.float32)
    spread = np.zeros_like(patches)
    into, weights = grad_weight.reshape(-1), weight.reshape(-1)
    for n in range(samples):
        for y in range(2 * rows):
            for z in range(wide):
                for tap in range(SIDE):
                    at, start = U((y * wide + z) * run + tap * across), U(n * size + (y + tap) * line + z * deep)
                    for i in range(across):
                        patches[at + U(i)] = x[start + U(i)]
        if wanted:
            spread[:] = 0
        for o in range(outputs):
            first = U(o * run)
            for row in range(rows):
                for column in range(columns):
                    g = grad[n, o, row, column]
                    if g == 0:
                        continue
                    grad_bias[o] += g
                    q = winner[n // LANES, (o * rows + row) * columns + column, n % LANES]
                    at = U(((2 * row + (q >> 1)) * wide + 2 * column + (q & 1)) * run)
                    for i in range(run):
                        into[first + U(i)] += g * patches[at + U(i)]
                    if wanted:
                        for i in range(run):
                            spread[at + U(i)] += g * weights[first + U(i)]
        if wanted:
            for y in range(2 * rows):
                for z in range(wide):
                    for tap in range(SIDE):
                        at, start = U((y * wide + z) * run + tap * across), U(n * size + (y + tap) * line + z * deep)
                        for i in range(across):
                            grad_x[start + U(i)] += spread[at + U(i)]


class ConvPool(torch.autograd.Function):
    """x: float32 [batch, channels, height, width]; weight: [outputs, channels, 5, 5]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, padding: int) -> Tensor:
        """Pooled, [batch, outputs, height, width], in memory with samples side by side."""
        batch, blocks = len(x), -(-len(x) // LANES)
        padded = F.pad(x, (padding, padding, padding, padding, 0, 0, 0, blocks * LANES - batch))
        height, width = padded.shape[2:]
        rows, columns = (height - SIDE + 1) // 2, (width - SIDE + 1) // 2
        lanes = padded.view(blocks, LANES, *padded.shape[1:]).permute(0, 2, 3, 4, 1).flatten(3).contiguous()
        out = x.new_empty((blocks, len(weight) * rows * columns, LANES))
        winner = torch.empty(out.shape, dtype=torch.uint8)
        forward(*arrays(lanes, weight.flatten(2), bias, out, winner))
        ctx.save_for_backward(padded, weight, winner)
        ctx.padding, ctx.size = padding, (batch, len(weight))
        return out.permute(0, 2, 1).reshape(-1, len(weight), rows, columns)[:batch]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:
        """Gradients of x, where it is wanted, weight and bias."""
        padded, weight, winner = ctx.saved_tensors
        batch, outputs = ctx.size
        _, channels, height, width = padded.shape
        size, pad, taps = batch * height * width * channels, ctx.padding, SIDE * channels
        x = padded.new_zeros(size + 8)
        x[:size].view(batch, height, width, channels)[:] = padded[:batch].permute(0, 2, 3, 1)
        runs = F.pad(weight.permute(0, 2, 3, 1).flatten(2), (0, -taps % 8))
        grad_x = torch.zeros_like(x) if ctx.needs_input_grad[0] else x.new_empty(0)
        grad_runs, grad_bias = torch.zeros_like(runs), weight.new_zeros(outputs)
        operands = runs.flatten(1), winner, grad.contiguous(), grad_x, grad_runs.flatten(1), grad_bias
        backward(*arrays(x), height, width, *arrays(*operands))
        grad_weight = grad_runs[:, :, :taps].reshape(outputs, SIDE, SIDE, channels).permute(0, 3, 1, 2)
        if not len(grad_x):
            return None, grad_weight, grad_bias, None
        back = grad_x[:size].view(batch, height, width, channels).permute(0, 3, 1, 2)
        return back[:, :, pad : height - pad, pad : width - pad], grad_weight, grad_bias, None


def arrays(*tensors: Tensor) -> list[Any]:
    """The same memory as NumPy's arrays."""
    return [tensor.detach().numpy() for tensor in tensors]


def conv_pool(x: Tensor, conv: nn.Conv2d, kernel: str) -> Tensor:
    """In place of `paribus.programs.recipe.kernels.convpool.conv_pool`."""
    out: Tensor = ConvPool.apply(x, conv.weight, conv.bias, int(conv.padding[0]))  # type: ignore[no-untyped-call]
    return out
