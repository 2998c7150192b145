"""An activation is one record: added here in passing, trained with, probed, drawn in the page, and named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from paribus.core.activations import ACTIVATIONS, Activation
from paribus.core.errors import RecipeError
from paribus.page import bundling
from paribus.page.packing import pack_arrays
from paribus.probes.activity import watch
from paribus.programs.recipe.kernels import can_fuse
from paribus.programs.recipe.lab.lab_data import network_plan, packed_weights
from paribus.programs.recipe.recipe import SPECIFICATIONS, Recipe
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.training.state_arrays import weights_of
from paribus.words.korean import particle
from paribus.words.translation import translator
from tests.page.modules import module_page
from tests.page.test_page_network import ANSWERS
from tests.recipe.test_fit import made, trained

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Misra 2019: x tanh(softplus(x)).
MISH = Activation(
    function="torch.nn.functional:mish",
    formula="x * Math.tanh(x > 20 ? x : Math.log1p(Math.exp(x)))",
    label="Mish",
    monotone=False,
    flat=("low",),
)


@pytest.fixture
def mish(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recipe]:
    monkeypatch.setitem(ACTIVATIONS, "mish", MISH)
    bundling.bundle.cache_clear()
    yield recipe_from({"activation": "mish", "epochs": 2, "batch_size": 8, "dense_widths": [20], "weight_decay": 0.0})
    bundling.bundle.cache_clear()


def test_it_trains_and_is_probed(mish: Recipe) -> None:
    model, _, history, finite = trained(mish)
    assert finite
    assert history[-1].train_loss < history[0].train_loss
    assert not can_fuse(mish)  # it dips, so it comes before the pooling
    data = made()
    layers = {name: getattr(model, name) for name in ("conv1", "conv2", "fc1", "fc2")}
    sighting = watch(model.plain_twin(), data.val_x, layers)
    assert torch.allclose(sighting.output, model(data.val_x), atol=1e-5)
    first, activity = sighting.activations[0]
    assert first == "conv1"
    z = model.get_submodule("conv1")(data.val_x).detach().double().requires_grad_()
    (slopes,) = torch.autograd.grad((z * torch.tanh(torch.log1p(torch.exp(z)))).sum(), z)
    assert activity.slope == pytest.approx(float(slopes.abs().mean()), rel=1e-5)
    assert activity.saturated_low is not None
    assert activity.saturated_high is None


def test_it_is_known_by_name_wherever_an_activation_is(mish: Recipe) -> None:
    assert "mish" in SPECIFICATIONS["activation"].choices
    assert (
        translator("en").value_label("activation", "mish")
        == translator("ko").value_label("activation", "mish")
        == "Mish"
    )
    assert particle("Mish", "은") == "는"
    with pytest.raises(RecipeError, match=r"softplus, mish; got \"mich\"; did you mean mish\?"):
        recipe_from({"activation": "mich"})
    script = bundling.bundle("report.js")
    assert f"mish: {{ f: (x) => ({MISH.formula}), bounded: null }}," in script


@pytest.mark.browser
def test_the_page_draws_its_formula(mish: Recipe, browser: Browser) -> None:
    data = made()
    model = trained(mish)[0].eval()
    plan = network_plan(mish, (1, 12, 12), 4)
    weights = packed_weights(plan, weights_of(model), "float32")
    images = data.test_x[:3] * 3
    with module_page(browser) as page:
        case = {"plan": plan, "weights": weights, "images": pack_arrays({"pixels": images.numpy()}, "float32")}
        answers = page.evaluate(ANSWERS, [case])
    for answer, logits in zip(answers, model(images).detach(), strict=True):
        np.testing.assert_allclose(answer["logits"], logits, atol=1e-5)


def test_without_its_record_it_is_unknown() -> None:
    with pytest.raises(RecipeError, match="activation must be one of"):
        recipe_from({"activation": "mish"})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_record_is_of_one_function(name: str) -> None:
    """Bounds as stated, and a native name for what the kernels know (`tests/recipe/test_native_gradient.py`)."""
    activation = ACTIVATIONS[name]
    module, _, function = activation.function.partition(":")
    y = getattr(torch if module == "torch" else F, function)(torch.linspace(-60, 60, 2001, dtype=torch.float64))
    least, most = float(y.min()), float(y.max())
    if activation.bounded:
        assert activation.bounded == pytest.approx((least, most), abs=1e-9)
    else:
        assert math.isclose(most, 60, rel_tol=0.06)
