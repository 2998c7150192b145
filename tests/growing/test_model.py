"""A built-in model is a record and a folder: one added here in passing, and the second that there is, a perceptron."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import paribus as pb
from paribus.comparison.compare import design_for
from paribus.core.errors import ParibusError
from paribus.programs.recipe.kernels import PLAIN, STACKED, kernel_for
from paribus.programs.recipe.lab.report_contents import report_lab
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, BuiltInModel, Plan, is_code, plan_of
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.models.built_in import BuiltIn
from paribus.programs.recipe.models.built_in.mlp import MLP
from paribus.programs.recipe.recipe import LESSON, Recipe, inert
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.training.fit import TrainingRun
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stacked import Stack
from paribus.words.translation import translator
from tests.digits import write_digits
from tests.recipe.test_fit import made, trained

SMALL = {"batch_size": 8, "epochs": 2, "weight_decay": 0.0, "dense_widths": [20]}


class Linear(BuiltIn):
    """Multinomial logistic regression on the pixels."""

    def __init__(self, in_channels: int, image_size: tuple[int, int], classes: int) -> None:
        super().__init__("identity")
        self.add_dense(Plan((in_channels, *image_size), (), (), classes, False), 0.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(x.flatten(1))


LINEAR = BuiltInModel(
    label="softmax regression",
    network=f"{__name__}:Linear",
    plan=lambda recipe, image, classes: Plan(image, (), (), classes, False),
    inert=frozenset({"conv_channels", "pooling", "dense_widths", "activation", "batch_norm", "dropout"}),
)


@pytest.fixture
def linear(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setitem(BUILT_IN_MODELS, "linear", LINEAR)
    return recipe_from({"model": "linear", **SMALL})


def test_it_trains_and_is_known_by_name(linear: Recipe) -> None:
    model, _, history, finite = trained(linear)
    assert finite
    assert history[-1].train_loss < history[0].train_loss
    assert type(model) is Linear
    assert not is_code("linear")
    assert translator("en").value_label("model", "linear") == "Softmax regression"
    plan = plan_of(linear, (1, 12, 12), 4)
    assert plan is not None
    assert plan.numbers() == sum(p.numel() for p in model.parameters()) == 144 * 4 + 4
    assert str(inert("activation", linear)) == "model linear has no use for it"
    with pytest.raises(ParibusError, match="model must be lenet, mlp, resnet, linear, or a factory"):
        recipe_from({"model": "forest"})


def test_a_perceptron_is_dense_layers_on_the_pixels() -> None:
    recipe = recipe_from({"model": "mlp", "dense_widths": [7], "activation": "tanh"})
    model = build_model(recipe, 0, 2, (5, 4), 3)
    assert isinstance(model, MLP)
    x = torch.randn(6, 2, 5, 4, generator=torch.Generator().manual_seed(0))
    weights = model.state_dict()
    hidden = torch.tanh(x.reshape(6, 40) @ weights["fc1.weight"].T + weights["fc1.bias"])
    torch.testing.assert_close(model(x), hidden @ weights["fc2.weight"].T + weights["fc2.bias"])


def test_what_a_perceptron_has_no_use_for_is_refused_as_a_factor() -> None:
    with pytest.raises(ParibusError, match="pooling would change nothing under this recipe: model mlp has no use"):
        design_for("pooling", ["max", "avg"], "fair", {"model": "mlp"}, 1, None, False)
    assert not inert("pooling", LESSON)


def test_a_perceptron_goes_on_pytorchs_kernel_or_in_a_stack() -> None:
    recipe = recipe_from({"model": "mlp", **SMALL})
    assert kernel_for([recipe], "cpu") == PLAIN
    assert kernel_for([recipe, LESSON], "cuda") == STACKED
    models = [build_model(recipe, seed, 1, (12, 12), 4) for seed in (0, 1)]
    alone = [build_model(recipe, seed, 1, (12, 12), 4) for seed in (0, 1)]
    stack = Stack([TrainingRun(m, make_optimizer(m, recipe), made(), recipe, seed) for seed, m in enumerate(models)])
    x, y = next(stack.batches(0))
    losses, _ = stack.learn(x, y)
    expected = [F.cross_entropy(model(xs), ys) for model, xs, ys in zip(alone, x, y, strict=True)]
    torch.testing.assert_close(losses, torch.stack(expected).detach())


@pytest.mark.slow
def test_it_is_compared_with_lenet_and_is_in_the_report(tmp_path: Path) -> None:
    digits = write_digits(tmp_path / "digits", 800)
    settings = {"dataset": str(digits), "dense_widths": [16]}
    result = pb.compare(
        "model", ["lenet", "mlp"], recipe="fair", settings=settings, seeds=1, epochs=1, out=tmp_path / "store"
    )
    lab = report_lab(result.comparison, result.store, "en")
    assert lab["absent"] is None
    assert [arm["plan"]["conv_channels"] for arm in lab["arms"]] == [[6, 16], []]
    assert [set(arm["scales"]) for arm in lab["arms"]] == [{"conv1", "conv2"}, set()]
    page = Path(result.report()).read_text("utf-8")
    assert "LeNet" in page
    assert "MLP" in page
