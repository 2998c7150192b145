"""The residual network: its function by hand, its arithmetic counted as it runs, on its own and in a stack."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paribus.core.errors import ParibusError
from paribus.programs.recipe.kernels import PLAIN, kernel_for
from paribus.programs.recipe.model_registry import is_drawn, plan_of
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.recipe import LESSON, Recipe, inert
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.training.fit import TrainingRun
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stacked import Stack
from tests.recipe.test_fit import made, trained

SMALL = {"model": "resnet", "batch_size": 8, "epochs": 2, "weight_decay": 0.0}


def by_hand(w: dict[str, Tensor], x: Tensor) -> Tensor:
    def conv(name: str, x: Tensor, stride: int = 1) -> Tensor:
        kernel = w[f"{name}.weight"]
        return F.conv2d(x, kernel, w[f"{name}.bias"], stride, padding=kernel.shape[-1] // 2)

    x = torch.tanh(conv("conv1", x, 2))
    for block, stride in (("block1", 1), ("block2", 1), ("block3", 2), ("block4", 1)):
        past = conv(f"{block}.past", x, stride) if stride == 2 else x
        inner = conv(f"{block}.conv2", torch.tanh(conv(f"{block}.conv1", x, stride)))
        x = torch.tanh(past + inner)
    return x.mean((2, 3)) @ w["fc1.weight"].T + w["fc1.bias"]


@pytest.mark.parametrize("size", [(12, 12), (13, 28), (1, 1)])
def test_it_is_the_function_of_the_paper(size: tuple[int, int]) -> None:
    model = build_model(Recipe(model="resnet", activation="tanh", conv_channels=(3, 5)), 0, 2, size, 4)
    x = torch.randn(6, 2, *size, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model(x), by_hand(model.state_dict(), x))


@pytest.mark.parametrize("size", [(28, 28), (13, 30)])
def test_its_arithmetic_is_counted_without_it(size: tuple[int, int]) -> None:
    recipe, counted = Recipe(model="resnet"), []
    model = build_model(recipe, 0, 3, size, 10)

    def count(layer: nn.Module, given: object, out: Tensor) -> None:
        counted.append(math.prod(layer.weight.shape) * math.prod(out.shape[2:]))

    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    model(torch.zeros(1, 3, *size))
    plan = plan_of(recipe, (3, *size), 10)
    assert plan is not None
    assert plan.multiply_adds() == sum(counted)


def test_of_single_values_batch_normalisation_needs_two_images() -> None:
    recipe = Recipe(model="resnet", batch_norm=True)
    for side in (4, 5):
        plan = plan_of(recipe, (1, side, side), 10)
        assert plan is not None
        fails = False
        try:
            build_model(recipe, 0, 1, (side, side), 10)(torch.zeros(1, 1, side, side))
        except ValueError:
            fails = True
        assert plan.needs_two is fails is (side == 4)


def test_it_trains_and_has_no_use_for_what_it_lacks() -> None:
    _, _, history, finite = trained(recipe_from(SMALL))
    assert finite
    assert history[-1].train_loss < history[0].train_loss
    resnet = Recipe(model="resnet")
    assert [field for field in ("dense_widths", "dropout", "pooling", "batch_norm") if inert(field, resnet)] == [
        "dense_widths", "dropout", "pooling",
    ]  # fmt: skip
    assert not is_drawn("resnet")
    assert kernel_for([resnet, LESSON], "cpu") == PLAIN
    with pytest.raises(ParibusError, match="must be lenet, mlp, resnet, or a factory"):
        recipe_from({"model": "renset"})


@pytest.mark.parametrize("batch_norm", [False, True])
def test_it_goes_in_a_stack(batch_norm: bool) -> None:
    recipe = recipe_from({**SMALL, "batch_norm": batch_norm})
    models, alone = ([build_model(recipe, seed, 1, (12, 12), 4) for seed in (0, 1)] for _ in range(2))
    stack = Stack([TrainingRun(m, make_optimizer(m, recipe), made(), recipe, seed) for seed, m in enumerate(models)])
    x, y = next(stack.batches(0))
    losses, _ = stack.learn(x, y)
    expected = [F.cross_entropy(model(xs), ys) for model, xs, ys in zip(alone, x, y, strict=True)]
    torch.testing.assert_close(losses, torch.stack(expected).detach())
