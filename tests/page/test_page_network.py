"""The page's own network against PyTorch: every activation, pooling and form, with weights drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.core.activations import ACTIVATIONS
from paribus.page.packing import pack_arrays
from paribus.programs.recipe.lab.lab_data import network_plan, packed_weights, weight_shapes
from paribus.programs.recipe.models import LeNet, build_model
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.programs.recipe.training.state_arrays import weights_of
from tests.page.modules import module_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ANSWERS = """async (cases) => {
  const {createNetwork} = await import("/network.js");
  const {unpackArrays} = await import("/unpack.js");
  const answers = [];
  for (const {plan, weights, images} of cases) {
    const network = createNetwork(plan, await unpackArrays(weights));
    const {pixels} = await unpackArrays(images);
    const size = plan.channels * plan.height * plan.width;
    for (let i = 0; i < pixels.length; i += size) {
      const {logits, probabilities, layers} = network.run(pixels.subarray(i, i + size));
      answers.push({logits: [...logits], probabilities: [...probabilities], maps: layers.map((l) => [...l.values])});
    }
  }
  return answers;
}"""

FORMS: list[dict[str, Any]] = [
    *({"activation": name, "pooling": pooling} for name in ACTIVATIONS for pooling in ("max", "avg")),
    {"activation": "relu", "batch_norm": True, "dropout": 0.3},
    {"activation": "tanh", "conv_channels": (3, 5), "dense_widths": ()},
    {"activation": "elu", "conv_channels": (2, 9), "dense_widths": (31, 17, 13)},
    {"model": "mlp", "activation": "tanh", "dense_widths": (9, 5), "batch_norm": True},
    {"model": "mlp", "dense_widths": ()},
]
SIZES = ((1, 28, 28), (3, 33, 30))


def _model(recipe: Recipe, size: tuple[int, ...]) -> torch.nn.Module:
    """Weights large enough that every part of an activation is met, and a normalisation that is not the identity."""
    model = build_model(recipe, 0, size[0], (size[1], size[2]), 10).eval()
    draws = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, array in model.state_dict().items():
            if name.endswith("running_var") or "bn" in name:
                array.copy_(torch.rand(array.shape, generator=draws) + 0.5 if array.dim() else array)
            else:
                array.mul_(2)
    return model


def _maps(model: torch.nn.Module, x: torch.Tensor) -> list[NDArray[np.float32]]:
    """What every hidden layer answers, after its activation and before pooling, layer by layer in plain torch."""
    activate = model.activation  # type: ignore[union-attr]
    found = []
    for conv, norm in (("conv1", "bn1"), ("conv2", "bn2")) if isinstance(model, LeNet) else ():
        maps = activate(model.get_submodule(norm)(model.get_submodule(conv)(x)))  # type: ignore[operator]
        found.append(maps)
        x = model.pool(maps, 2)  # type: ignore[operator, union-attr]
    x = x.flatten(1)
    for name in model.dense[:-1]:  # type: ignore[index, union-attr]
        x = activate(model.get_submodule(f"{name}_bn")(model.get_submodule(name)(x)))  # type: ignore[operator]
        found.append(x)
    return [maps.flatten().numpy() for maps in found]


@torch.no_grad()
def test_every_form_answers_as_pytorch_does(browser: Browser) -> None:
    cases, expected = [], []
    for place, fields in enumerate(FORMS):
        size = SIZES[place % 2]
        recipe = Recipe(**fields)
        model = _model(recipe, size)
        plan = network_plan(recipe, size, 10)
        images = torch.randn((1, *size), generator=torch.Generator().manual_seed(place))
        weights = weights_of(model)
        assert set(weights) - set(weight_shapes(plan)) <= {n for n in weights if n.endswith("num_batches_tracked")}
        cases.append(
            {
                "plan": plan,
                "weights": packed_weights(plan, weights, "float32"),
                "images": pack_arrays({"pixels": images.numpy()}, "float32"),
            }
        )
        expected += [(fields, model(x[None])[0], _maps(model, x[None])) for x in images]
    with module_page(browser) as page:
        answers = page.evaluate(ANSWERS, cases)
    assert len(answers) == len(expected)
    for answer, (fields, logits, maps) in zip(answers, expected, strict=True):
        largest = float(logits.abs().max()) + 1
        np.testing.assert_allclose(answer["logits"], logits, atol=3e-6 * largest, err_msg=str(fields))
        np.testing.assert_allclose(answer["probabilities"], logits.softmax(0), atol=1e-5, err_msg=str(fields))
        for ours, theirs in zip(answer["maps"], maps, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=3e-6 * (abs(theirs).max() + 1), err_msg=str(fields))


def test_float16_is_unpacked_bit_for_bit(browser: Browser) -> None:
    every = np.arange(65536, dtype=np.uint16).view(np.float16)
    with module_page(browser) as page:
        found = page.evaluate(
            "async (packed) => [...(await (await import('/unpack.js')).unpackArrays(packed)).all].map(String)",
            pack_arrays({"all": every}, "float16"),
        )
    np.testing.assert_array_equal(np.array([_number(text) for text in found], np.float32), every.astype(np.float32))


def _number(text: str) -> float:
    return float(text.replace("Infinity", "inf"))


def test_what_does_not_fit_is_refused(browser: Browser) -> None:
    plan = network_plan(LESSON, (1, 28, 28), 10)
    short = pack_arrays({"conv1.weight": np.zeros((6, 1, 5, 5), np.float32)}, "float32")
    torn = {**short, "shapes": {"conv1.weight": [7, 1, 5, 5]}}
    say = "async ([plan, packed]) => { const n = await import('/network.js'); const u = await import('/unpack.js');"
    say += "try { n.createNetwork(plan, await u.unpackArrays(packed)); } catch (error) { return error.message; } }"
    with module_page(browser) as page:
        assert page.evaluate(say, [plan, short]) == "conv1.bias must have 6 numbers; got none"
        assert "175 numbers expected" in page.evaluate(say, [plan, torn])
