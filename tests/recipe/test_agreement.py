"""Learning curves of our kernel against PyTorch's, for the lesson's networks: apart by far less than seeds are.

The rule, written down before any curve was seen: at every step looked at, the root mean square over seeds of the
paired difference of validation loss is under a tenth of the seeds' own standard deviation. A difference that small
would need more than a thousand pairs to be found, so no comparison made here can turn on the kernel. The curves are
of the same seeds, so the seeds' spread is not in the paired difference; what a kernel does wrong is. Adam does not see
a factor on a whole tensor's gradient: the faults planted here are of other kinds.
"""

import numpy as np
import pytest
import torch

from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.data import open_dataset, prepare
from paribus.programs.recipe.kernels import PLAIN, convpool, native, native_kernel
from paribus.programs.recipe.models import NativeGradient, build_model
from paribus.programs.recipe.training.evaluate import evaluate
from paribus.programs.recipe.training.fit import Callbacks, fit
from paribus.programs.recipe.training.optimizers import make_optimizer

pytestmark = pytest.mark.skipif(native is None, reason="Paribus was installed without a C++ compiler")

SEEDS, STEPS, EVERY = 5, 80, 20
ALLOWED = 0.1  # of the seeds' standard deviation


def recipe_with(activation):
    settings = {"activation": activation, "epochs": 1, "train_size": 64 * STEPS, "validation_fraction": 0.01}
    return BUILT_IN["fair"][0].model_copy(update=settings)


@pytest.fixture(scope="module")
def prepared():
    """By seed: what every curve trains on, whatever the activation."""
    mnist = open_dataset("mnist")
    return [prepare(mnist, recipe_with("relu"), seed, torch.device("cpu")) for seed in range(SEEDS)]


def curves(prepared, activation, kernel):
    """Validation loss (nats) after every 20 steps: [seeds, steps looked at]."""
    recipe = recipe_with(activation)
    found = []
    for seed, data in enumerate(prepared):
        model = build_model(recipe, seed, 1, (28, 28), 10, kernel)
        losses = []

        def look(step, model=model, data=data, losses=losses):
            if step % EVERY == EVERY - 1:
                losses.append(evaluate(model, data.val_x, data.val_y).loss)
                model.train()

        assert fit(model, make_optimizer(model, recipe), data, recipe, seed, callbacks=Callbacks(after_step=look))
        found.append(losses)
    return np.array(found)


def apart(mine, theirs):
    """At each step: the root mean square paired difference in seeds' standard deviations."""
    assert mine.shape == theirs.shape == (SEEDS, STEPS // EVERY)
    return np.sqrt(((mine - theirs) ** 2).mean(axis=0)) / theirs.std(axis=0, ddof=1)


@pytest.fixture(scope="module")
def plain(prepared):
    return {activation: curves(prepared, activation, PLAIN) for activation in ("sigmoid", "relu")}


@pytest.mark.slow
@pytest.mark.parametrize(("activation", "whole"), [("sigmoid", True), ("relu", True), ("relu", False)])
def test_curves_of_both_kernels_agree_within_seed_noise(prepared, plain, activation, whole):
    assert apart(curves(prepared, activation, native_kernel(whole)), plain[activation]).max() < ALLOWED


def last_images_forgotten(honest):
    def backward(x, weight, winner, grad_out, *rest):
        grad_out = grad_out.clone()
        grad_out[-8:] = 0
        return honest(x, weight, winner, grad_out, *rest)

    return backward


def left_half_too_small(honest):
    def backward(x, weight, winner, grad_out, *rest):
        grad_x, grad_weight, grad_bias = honest(x, weight, winner, grad_out, *rest)
        if grad_x.numel():  # empty for the first layer
            grad_x[..., : grad_x.shape[-1] // 2] *= 0.7
        return grad_x, grad_weight, grad_bias

    return backward


@pytest.mark.slow
@pytest.mark.parametrize("fault", [last_images_forgotten, left_half_too_small])
def test_a_kernel_whose_gradient_is_wrong_is_found(prepared, plain, monkeypatch, fault):
    monkeypatch.setattr(convpool, "_backward", fault(convpool._backward))
    assert apart(curves(prepared, "relu", native_kernel(whole=False)), plain["relu"]).max() > ALLOWED


@pytest.mark.slow
def test_a_whole_gradient_without_the_last_images_is_found(prepared, plain, monkeypatch):
    honest = NativeGradient.learn
    monkeypatch.setattr(NativeGradient, "learn", lambda self, x, y, s: honest(self, x[:-8], y[:-8], s))
    assert apart(curves(prepared, "relu", native_kernel()), plain["relu"]).max() > ALLOWED
