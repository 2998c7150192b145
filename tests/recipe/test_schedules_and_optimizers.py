"""Schedules and optimisers against hand-computed steps."""

import math

import pytest
import torch
from torch import nn

from paribus.programs.recipe.recipe import SPECIFICATIONS, Recipe
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.schedules import learning_rate_at


def rates(steps=10, **fields):
    recipe = Recipe(learning_rate=1.0, epochs=10, **fields)
    return [learning_rate_at(recipe, step, steps) for step in range(steps * recipe.epochs)]


def test_constant_and_step():
    assert set(rates()) == {1.0}
    dropped = rates(schedule="step", step_epochs=4, step_factor=0.5)
    assert dropped == [1.0] * 40 + [0.5] * 40 + [0.25] * 20


def test_cosine_falls_from_the_peak_through_the_half():
    lr = rates(schedule="cosine")
    assert (lr[0], lr[50]) == (1.0, pytest.approx(0.5))
    assert lr == sorted(lr, reverse=True)
    assert lr[-1] == pytest.approx((1 + math.cos(math.pi * 0.99)) / 2)


def test_one_cycle_starts_low_peaks_at_three_tenths_and_ends_near_zero():
    lr = rates(schedule="one_cycle")
    assert lr[0] == pytest.approx(1 / 25)
    assert max(lr) == lr[30] == pytest.approx(1.0)
    assert lr[-1] < 0.002


def test_warm_up_is_a_line_from_zero():
    lr = rates(warmup_epochs=2.0)
    assert lr[:20] == pytest.approx([(k + 1) / 20 for k in range(20)])
    assert set(lr[20:]) == {1.0}


@pytest.mark.parametrize("schedule", SPECIFICATIONS["schedule"].choices)
def test_no_schedule_exceeds_its_peak_or_falls_below_zero(schedule):
    assert all(0 <= rate <= 1 for rate in rates(schedule=schedule, warmup_epochs=1.5))


def stepped(gradient, steps=2, weight=2.0, **fields):
    """The weight after some steps under a constant gradient, with the product's optimiser."""
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(weight)
    optimizer = make_optimizer(layer, Recipe(**fields))
    for _ in range(steps):
        layer.weight.grad.fill_(gradient)
        optimizer.step()
    return float(layer.weight.detach())


def test_sgd_puts_decay_and_momentum_into_the_step():
    w, v = 2.0, 0.0
    for _ in range(2):
        g = 0.5 + 0.1 * w
        v = 0.9 * v + g
        w -= 0.01 * v
    assert stepped(0.5, optimizer="sgd", learning_rate=0.01, momentum=0.9, weight_decay=0.1) == pytest.approx(w)


def adam_by_hand(decoupled, w=2.0, lr=0.01, decay=0.1, gradient=0.5, b1=0.8, b2=0.95):
    m = v = 0.0
    for t in (1, 2):
        g = gradient if decoupled else gradient + decay * w
        w -= lr * decay * w if decoupled else 0.0
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        w -= lr * (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + 1e-8)
    return w


@pytest.mark.parametrize(("optimizer", "decoupled"), [("adam", False), ("adamw", True)])
def test_adam_couples_decay_and_adamw_does_not(optimizer, decoupled):
    got = stepped(0.5, optimizer=optimizer, learning_rate=0.01, weight_decay=0.1, beta1=0.8, beta2=0.95)
    assert got == pytest.approx(adam_by_hand(decoupled), rel=1e-6)


def test_rmsprop_divides_by_the_running_root_mean_square():
    w, s = 2.0, 0.0
    for _ in range(2):
        g = 0.5 + 0.1 * w
        s = 0.99 * s + 0.01 * g * g
        w -= 0.01 * g / (math.sqrt(s) + 1e-8)
    got = stepped(0.5, optimizer="rmsprop", learning_rate=0.01, weight_decay=0.1)
    assert got == pytest.approx(w, rel=1e-6)


@pytest.mark.parametrize("optimizer", SPECIFICATIONS["optimizer"].choices)
def test_with_a_tiny_data_gradient_only_coupled_decay_dominates_adam(optimizer):
    """The lesson's mechanism: Adam normalises the decay's pull up to full steps of the learning rate."""
    shrunk = 2.0 - stepped(1e-9, steps=50, optimizer=optimizer, learning_rate=0.01, weight_decay=0.1)
    assert (shrunk > 0.4) is (optimizer in ("adam", "rmsprop"))
