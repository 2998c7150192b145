"""LeNet against the notebook's own model, and first weights against their laws."""

import math
import sys

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.core.activations import ACTIVATIONS
from paribus.core.errors import ParibusError
from paribus.programs.recipe.code_identity import source_digest
from paribus.programs.recipe.initialisation_schemes import INITIALISATIONS
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, plan_of
from paribus.programs.recipe.models import LeNet, build_model, initialise
from paribus.programs.recipe.recipe import LESSON, Recipe


class NotebookLeNet(nn.Module):
    """The lesson's model as the notebook writes it, activation before pooling."""

    def __init__(self, activation):
        super().__init__()
        self.act = activation
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(self.act(self.conv1(x)), (2, 2))
        x = F.max_pool2d(self.act(self.conv2(x)), (2, 2))
        x = x.view(-1, 5 * 5 * 16)
        return self.fc3(self.act(self.fc2(self.act(self.fc1(x)))))


@pytest.fixture
def images():
    return torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


@pytest.mark.parametrize(("name", "function"), [("sigmoid", torch.sigmoid), ("relu", F.relu)])
def test_lenet_is_the_notebooks_model_with_the_same_loss_and_gradients(name, function, images):
    ours = LeNet(name).double()
    theirs = NotebookLeNet(function).double()
    theirs.load_state_dict(ours.state_dict())
    labels = torch.arange(7)

    losses = [F.cross_entropy(model(images), labels) for model in (ours, theirs)]
    for loss in losses:
        loss.backward()

    torch.testing.assert_close(losses[0], losses[1], rtol=1e-12, atol=0)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if a.monotone])
def test_pooling_first_is_exact_for_a_monotone_activation(name, images):
    first, last = (LeNet(name, pool_first=order).double() for order in (True, False))
    last.load_state_dict(first.state_dict())
    torch.testing.assert_close(first(images), last(images), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if not a.monotone])
def test_a_function_that_dips_is_pooled_afterwards_since_the_order_matters(name, images):
    model = LeNet(name)
    assert not model.pool_first
    assert LeNet("relu", pooling="avg").pool_first is False
    wide = torch.linspace(-3, 3, 64, dtype=torch.float64).reshape(1, 1, 8, 8)
    before, after = model.activation(F.max_pool2d(wide, 2)), F.max_pool2d(model.activation(wide), 2)
    assert not torch.allclose(before, after)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_monotone_is_true_of_the_function_itself(name):
    x = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    y = LeNet(name).activation(x)
    assert bool((y.diff() >= 0).all()) is ACTIVATIONS[name].monotone


def test_lenet_of_the_lesson_has_61706_parameters():
    by_hand = (6 * 25 + 6) + (16 * 6 * 25 + 16) + (400 * 120 + 120) + (120 * 84 + 84) + (84 * 10 + 10)
    assert sum(p.numel() for p in LeNet().parameters()) == by_hand == 61_706


@pytest.mark.parametrize(
    ("size", "channels", "classes", "widths"),
    [((32, 32), 3, 100, ()), ((12, 12), 1, 2, (5,)), ((20, 45), 4, 7, (9, 8, 7))],
)
def test_shapes_follow_the_data(size, channels, classes, widths):
    model = LeNet(
        in_channels=channels, image_size=size, classes=classes, dense_widths=widths, batch_norm=True, dropout=0.5
    )
    assert model(torch.zeros(2, channels, *size)).shape == (2, classes)
    assert len(model.dense) == len(widths) + 1


@pytest.mark.parametrize("widths", [(), (5,), (120, 84)])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("model", BUILT_IN_MODELS)
def test_the_form_of_a_network_is_told_without_it(model, widths, batch_norm):
    recipe = Recipe(model=model, dense_widths=widths, conv_channels=(3, 7), batch_norm=batch_norm, dropout=0.5)
    state = build_model(recipe, 0, 2, (13, 28), 4).state_dict()
    plan = plan_of(recipe, (2, 13, 28), 4)
    assert plan.numbers() == sum(tensor.numel() for tensor in state.values())
    assert len(plan.layers()) == sum(tensor.dim() > 1 for tensor in state.values())
    learned = {name: tuple(tensor.shape) for name, tensor in state.items() if tensor.dim()}
    assert plan.shapes() == learned


def test_the_lessons_network_multiplies_and_adds_as_often_as_its_layers_say():
    plan = plan_of(LESSON, (1, 28, 28), 10)
    assert plan.multiply_adds() == 28 * 28 * 25 * 6 + 10 * 10 * 25 * 6 * 16 + 400 * 120 + 120 * 84 + 84 * 10
    assert plan_of(Recipe(model="a.b:c"), (1, 28, 28), 10) is None


def test_an_image_too_small_is_refused_with_the_reason():
    with pytest.raises(ParibusError, match=r"at least 12 x 12 pixels.*got 11 x 28"):
        LeNet(image_size=(11, 28))


def weights(**fields):
    model = build_model(Recipe(**{"model": "lenet", **fields}), seed=5, in_channels=1, image_size=(28, 28), classes=10)
    return {name: p.detach() for name, p in model.named_parameters()}


@pytest.mark.parametrize("scheme", ["default", "xavier", "he", "lecun"])
@pytest.mark.parametrize(("layer", "fan_in", "fan_out"), [("conv2", 150, 400), ("fc1", 400, 120)])
def test_uniform_laws_have_their_bound(scheme, layer, fan_in, fan_out):
    bound = {
        "default": 1 / math.sqrt(fan_in),
        "xavier": math.sqrt(6 / (fan_in + fan_out)),
        "he": math.sqrt(6 / fan_in),
        "lecun": math.sqrt(3 / fan_in),
    }[scheme]
    w = weights(initialisation=scheme)[f"{layer}.weight"]
    assert bound * 0.99 < w.abs().max() <= bound
    assert float(w.std()) == pytest.approx(bound / math.sqrt(3), rel=0.03)


def test_the_default_law_is_that_of_pytorchs_own_layers():
    ours = weights()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        theirs = {n: p for n, p in NotebookLeNet(F.relu).named_parameters() if p.numel() >= 84}
    for name, w in theirs.items():
        assert float(ours[name].abs().max()) == pytest.approx(float(w.detach().abs().max()), rel=0.25), name
        assert ours[name].shape == w.shape


def test_arms_share_their_raw_draws():
    xavier, he = weights(initialisation="xavier"), weights(initialisation="he")
    ratio = math.sqrt(6 / 400) / math.sqrt(6 / 520)
    torch.testing.assert_close(he["fc1.weight"], xavier["fc1.weight"] * ratio)
    sigmoid, relu = weights(activation="sigmoid"), weights(activation="relu")
    assert all(torch.equal(sigmoid[name], relu[name]) for name in relu)


def test_a_layers_draws_do_not_depend_on_the_layers_around_it():
    shallow, deep = weights(dense_widths=[120, 84]), weights(dense_widths=[120, 84, 84, 84])
    for name in ("conv1.weight", "fc1.weight", "fc2.bias"):
        assert torch.equal(shallow[name], deep[name])


def test_orthogonal_rows_are_orthonormal():
    w = weights(initialisation="orthogonal")["fc1.weight"]
    torch.testing.assert_close(w @ w.T, torch.eye(120), atol=1e-5, rtol=0)


def test_zeros_gain_and_bias():
    assert all(not w.any() for w in weights(initialisation="zeros").values())
    torch.testing.assert_close(weights(init_gain=3.0)["fc1.weight"], 3 * weights()["fc1.weight"])
    assert torch.equal(weights(bias_value=-5.0)["fc2.bias"], torch.full((84,), -5.0))
    assert torch.equal(weights(bias_value=-5.0)["fc2.weight"], weights()["fc2.weight"])
    assert not weights(initialisation="he")["fc1.bias"].any()


def test_building_leaves_the_global_random_state_alone():
    before = torch.random.get_rng_state()
    weights(initialisation="orthogonal")
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("scheme", list(INITIALISATIONS))
def test_different_seeds_give_different_weights(scheme):
    a, b = LeNet(), LeNet()
    initialise(a, scheme, seed=0)
    initialise(b, scheme, seed=1)
    assert torch.equal(a.fc1.weight, b.fc1.weight) is (scheme == "zeros")


FACTORY = """
from torch import nn

def linear(image_size, classes, activation):
    assert activation == "tanh"
    return nn.Sequential(nn.Flatten(), nn.Linear(image_size[0] * image_size[1], classes))

def everything(**fields):
    return linear(fields["image_size"], fields["classes"], fields["activation"])

def needs_more(temperature):
    return None

def not_a_model(classes):
    return classes
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_model_for_test.py").write_text(FACTORY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield "own_model_for_test"
    sys.modules.pop("own_model_for_test", None)


def built(name, **fields):
    return build_model(Recipe(model=name, activation="tanh", **fields), 0, 1, (28, 28), 10)


def test_a_factory_of_ones_own_takes_the_recipes_fields(own):
    before = torch.random.get_rng_state()
    a, b, c = built(f"{own}:linear"), built(f"{own}:linear"), built(f"{own}:everything")
    assert torch.equal(a[1].weight, b[1].weight)
    assert torch.equal(a[1].weight, c[1].weight)
    assert torch.equal(before, torch.random.get_rng_state())
    xavier = built(f"{own}:linear", initialisation="xavier")
    assert float(xavier[1].weight.detach().abs().max()) == pytest.approx(math.sqrt(6 / 794), rel=0.01)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        ("needs_more", "needs temperature, which no recipe has"),
        ("not_a_model", r"must return an nn\.Module; got int"),
        ("linaer", "no callable 'linaer'; did you mean linear"),
    ],
)
def test_a_factory_that_cannot_serve_is_refused(own, factory, message):
    with pytest.raises(ParibusError, match=message):
        built(f"{own}:{factory}")


def test_a_missing_module_is_named(own):
    with pytest.raises(ParibusError, match="no module 'nowhere_at_all'"):
        built("nowhere_at_all:factory")


def test_the_source_of_a_factory_is_part_of_its_identity(own, tmp_path):
    first = source_digest(f"{own}:linear")
    (tmp_path / "own_model_for_test.py").write_text(FACTORY + "\n# changed\n")
    assert first != source_digest(f"{own}:linear")
    assert source_digest("lenet") == ""
