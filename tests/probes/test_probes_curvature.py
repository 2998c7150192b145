"""Sharpness against eigenvalues that are known or computed whole; gradient noise against samples one by one."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.probes.curvature import noise_scale, sharpness

DRAWS = torch.Generator().manual_seed(3)


@pytest.mark.parametrize("values", [[5.0, 1, 0.5], [3.0, -1, 0], [2.0, -7, 1], [-1.0, -2, -3], [0.0, 0, 0]])
def test_the_largest_eigenvalue_of_a_quadratic(values):
    turned = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64, generator=DRAWS))[0]
    matrix = turned @ torch.diag(torch.tensor(values, dtype=torch.float64)) @ turned.T
    w = torch.ones(3, dtype=torch.float64, requires_grad=True)
    assert sharpness(w @ matrix @ w / 2, [w]) == pytest.approx(max(values), rel=1e-2, abs=1e-2)


def test_a_networks_sharpness_against_its_whole_hessian():
    x, y = torch.randn(40, 3, dtype=torch.float64, generator=DRAWS), torch.arange(40) % 3
    shapes = [(4, 3), (4,), (3, 4)]
    sizes = [math.prod(shape) for shape in shapes]
    start = torch.randn(sum(sizes), dtype=torch.float64, generator=DRAWS)

    def loss_of(*parameters):
        w, b, v = parameters
        return F.cross_entropy(torch.tanh(x @ w.T + b) @ v.T, y)

    def loss_of_all(flat):
        return loss_of(*(part.view(shape) for part, shape in zip(flat.split(sizes), shapes, strict=True)))

    whole = torch.autograd.functional.hessian(loss_of_all, start)
    expected = float(torch.linalg.eigvalsh(whole)[-1])
    parameters = [
        part.view(shape).clone().requires_grad_() for part, shape in zip(start.split(sizes), shapes, strict=True)
    ]
    assert sharpness(loss_of(*parameters), parameters) == pytest.approx(expected, rel=2e-2)
    assert all(p.grad is None for p in parameters)


def test_a_loss_that_is_straight_or_not_finite():
    w = torch.ones(2, requires_grad=True)
    unused = torch.ones(1, requires_grad=True)
    assert sharpness(w.sum(), [w, unused]) == 0
    assert math.isnan(sharpness((w * math.inf).square().sum(), [w]))


def linear(n=48):
    x = torch.randn(n, 3, dtype=torch.float64, generator=DRAWS)
    y = x @ torch.tensor([1.0, -2, 0.5], dtype=torch.float64) + torch.randn(n, dtype=torch.float64, generator=DRAWS)
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    return x, y, w, lambda x, y: F.mse_loss(x @ w, y)


def test_gradient_noise_from_single_samples_is_the_trace_of_their_covariance():
    x, y, w, loss_of = linear()
    gradients = (-2 * (y - x @ w.detach())[:, None] * x).numpy()  # by hand, a sample a row
    trace = float(np.trace(np.cov(gradients.T)))
    mean = float((gradients.mean(0) ** 2).sum()) - trace / len(x)
    assert noise_scale(loss_of, [w], x, y, parts=len(x)) == pytest.approx(trace / mean)


def test_gradient_noise_from_parts_agrees_with_single_samples():
    x, y, w, loss_of = linear(20_000)
    single = noise_scale(loss_of, [w], x[:2000], y[:2000], parts=2000)
    assert noise_scale(loss_of, [w], x, y, parts=100) == pytest.approx(single, rel=0.3)


def test_gradient_noise_at_its_ends():
    x, y, w, loss_of = linear()
    same = x[:1].expand(32, 3), y[:1].expand(32)
    assert noise_scale(loss_of, [w], *same) == pytest.approx(0, abs=1e-12)
    assert math.isnan(noise_scale(loss_of, [w], x, x @ w.detach()))  # no gradient anywhere
    opposite = torch.cat([torch.ones(16), -torch.ones(16)]).double()
    assert noise_scale(loss_of, [w], torch.ones(32, 3).double(), opposite) == math.inf  # they cancel
    assert math.isnan(noise_scale(loss_of, [w], x[:3], y[:3]))  # fewer samples than parts
    layer = nn.Linear(3, 2)
    layer.weight.data.fill_(math.nan)
    assert math.isnan(
        noise_scale(lambda x, y: F.cross_entropy(layer(x), y), [layer.weight], x.float(), torch.arange(48) % 2)
    )
