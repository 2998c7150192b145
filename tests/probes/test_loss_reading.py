"""Losses read off their gradients, held against the losses that autograd differentiates."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.probes.loss_reading import read_loss

N, C = 40, 6
DRAWS = torch.Generator().manual_seed(0)
Z = torch.randn(N, C, generator=DRAWS)
Y = torch.randint(0, C, (N,), generator=DRAWS)
ONE = torch.randn(N, 1, generator=DRAWS)
BITS = (torch.rand(N, 1, generator=DRAWS) > 0.4).float()
NUMBERS = torch.randn(N, 1, generator=DRAWS)
TWO, Y2 = torch.randn(N, 2, generator=DRAWS), torch.randint(0, 2, (N,), generator=DRAWS)


def read(z, loss_of, targets=None):
    leaf = z.clone().requires_grad_()
    loss = loss_of(leaf)
    loss.backward()
    return read_loss(leaf, leaf.grad, float(loss.detach()), targets)


SOFT = F.one_hot(Y, C) * 0.7 + 0.05


def of_shares(p: Tensor, y: Tensor) -> Tensor:
    """Cross entropy of numbers divided by their sum, with a floor."""
    shares = (p / p.sum(1, keepdim=True)).clamp(1e-7, 1 - 1e-7)
    return F.nll_loss(shares.log(), y)


def soft(z: Tensor) -> Tensor:
    return 0.7 * F.cross_entropy(z, Y) + 0.3 * F.cross_entropy(z, Y.roll(1))


@pytest.mark.parametrize(
    ("z", "loss_of", "kind", "scale"),
    [
        (Z, lambda z: F.cross_entropy(z, Y), "cross_entropy", 1),
        (Z, lambda z: F.cross_entropy(z, Y, reduction="sum"), "cross_entropy", N),
        (Z, lambda z: F.cross_entropy(z, Y, label_smoothing=0.1), "cross_entropy", 1),
        (Z, lambda z: F.cross_entropy(z, Y, weight=torch.arange(1.0, C + 1)), "cross_entropy", 1),
        (Z, soft, "cross_entropy", 1),
        (Z.softmax(1), lambda p: F.cross_entropy(p, Y), "cross_entropy", 1),
        (Z.log_softmax(1), lambda z: F.nll_loss(z, Y), "nll", 1),
        (Z, lambda z: F.binary_cross_entropy_with_logits(z, F.one_hot(Y, C).float()), "bce_logits", 1),
        (ONE.sigmoid(), lambda p: F.binary_cross_entropy(p, BITS), "bce", 1),
        (ONE, lambda z: F.mse_loss(z, NUMBERS), "squared", 1),
        (ONE, lambda z: F.mse_loss(z, NUMBERS, reduction="sum"), "squared", N),
        (ONE, lambda z: F.l1_loss(z, NUMBERS), "absolute", 1),
        (ONE, lambda z: torch.log(torch.cosh(z - NUMBERS)).mean(), "unknown", None),
        # Of probabilities, as Keras computes it: divided by their sum, with a floor; by hand; of shares of classes.
        (Z.softmax(1), lambda p: of_shares(p, Y), "shares", 1),
        (1e-3 * Z.sigmoid(), lambda p: of_shares(p, Y), "shares", 1),
        (Z, lambda z: of_shares(z, Y), "shares", 1),
        (TWO.softmax(1), lambda p: of_shares(p, Y2), "shares", 1),
        (Z.softmax(1), lambda p: F.nll_loss(p.log(), Y), "likelihood", 1),
        (Z.softmax(1), lambda p: F.nll_loss(p.log(), Y, weight=torch.arange(1.0, C + 1)), "likelihood", 1),
        ((Z / 1000).softmax(1), lambda p: F.mse_loss(p, F.one_hot(Y, C).float()), "squared", 1),
        (TWO.softmax(1), lambda p: F.mse_loss(p, F.one_hot(Y2, 2).float()), "squared", 1),
        (Z.log_softmax(1), lambda z: F.kl_div(z, SOFT, reduction="batchmean"), "nll", 1),
        (ONE.sigmoid(), lambda p: F.binary_cross_entropy(p, 0.8 * BITS + 0.1), "bce", 1),
        (ONE, lambda z: F.binary_cross_entropy_with_logits(z, 255 * BITS), "bce_logits", 1),
    ],
)
def test_the_kind_and_the_weight(z, loss_of, kind, scale):
    found = read(z, loss_of)
    assert found.kind == kind
    assert found.scale == (None if scale is None else pytest.approx(scale, rel=0.02))
    assert not found.uphill


@pytest.mark.parametrize(
    ("z", "loss_of", "targets"),
    [
        (Z, lambda z: F.cross_entropy(z, Y), Y),
        (TWO, lambda z: F.cross_entropy(z, Y2), Y2),
        (Z, lambda z: -F.cross_entropy(z, Y), Y),
        (TWO, lambda z: -F.cross_entropy(z, Y2), Y2),
        (Z.log_softmax(1), lambda z: F.nll_loss(z, Y), Y),
        (ONE, lambda z: F.binary_cross_entropy_with_logits(z, BITS), BITS),
        (ONE, lambda z: -F.binary_cross_entropy_with_logits(z, BITS), BITS),
        (ONE, lambda z: F.mse_loss(z, NUMBERS), NUMBERS),
        (ONE, lambda z: -F.mse_loss(z, NUMBERS), NUMBERS),
    ],
)
def test_the_targets_are_recovered_and_the_sign(z, loss_of, targets):
    found = read(z, loss_of)
    assert torch.allclose(found.targets.float(), targets.float(), atol=1e-4)
    assert found.uphill == (float(loss_of(z)) < 0)
    assert found.value == pytest.approx(abs(float(loss_of(z))), rel=1e-3)


def test_images_and_sequences_of_classes():
    z = torch.randn(4, 5, 7, generator=DRAWS)
    last, second = torch.randint(0, 7, (4, 5), generator=DRAWS), torch.randint(0, 5, (4, 7), generator=DRAWS)
    assert torch.equal(read(z, lambda z: F.cross_entropy(z.reshape(-1, 7), last.reshape(-1))).targets, last.reshape(-1))
    assert torch.equal(read(z, lambda z: F.cross_entropy(z, second)).targets, second.reshape(-1))


def test_targets_that_are_given_make_a_huber_loss_known():
    assert read(ONE, lambda z: F.smooth_l1_loss(z, NUMBERS)).kind == "unknown"
    found = read(ONE, lambda z: F.smooth_l1_loss(z, NUMBERS), NUMBERS)
    assert (found.kind, found.scale) == ("huber", pytest.approx(1, rel=1e-3))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_is_unknown(bad):
    z = Z.clone()
    z[0, 0] = bad
    assert read_loss(z, torch.ones_like(z)).kind == "unknown"
    assert read_loss(Z, torch.zeros_like(Z)).kind == "unknown"


@pytest.mark.parametrize(("reduction", "scale"), [("mean", 1), ("sum", 3000)])
def test_of_a_large_table_some_rows_are_read(reduction, scale):
    z = torch.randn(3000, 500, generator=DRAWS)
    labels = torch.randint(0, 500, (3000,), generator=DRAWS)
    found = read(z, lambda z: F.cross_entropy(z, labels, reduction=reduction))
    assert found.scale == pytest.approx(scale, rel=1e-3)
    assert torch.equal(found.targets, labels[: len(found.targets)])
    assert len(found.targets) == 2000
