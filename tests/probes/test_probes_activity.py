"""What the probes say of activations: against derivatives by differences, and weights whose answer is known."""

import math
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.core.activations import ACTIVATIONS, FLAT_ENDS_OF_OTHERS, flat_ends
from paribus.probes.activity import flat_bounds, watch
from paribus.programs.recipe.kernels import native_kernel
from paribus.programs.recipe.models import LeNet


class Net(nn.Module):
    """Dense layers that pass on what they get, with a function after each but the last."""

    def __init__(self, *functions, width=1):
        super().__init__()
        self.functions = functions
        self.layers = nn.ModuleList(identity(width) for _ in (*functions, None))

    def forward(self, x):
        for layer, function in zip(self.layers, self.functions, strict=False):
            x = function(layer(x))
        return self.layers[-1](x)


def identity(width):
    layer = nn.Linear(width, width, dtype=torch.float64)
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def seen(model, x):
    return watch(model, x, {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear | nn.Conv2d)})


def first(function, *values):
    """The activity of a function at these pre-activations."""
    x = torch.tensor(values, dtype=torch.float64)[:, None]
    ((name, activity),) = seen(Net(function), x).activations
    assert name == "layers.0"
    return activity


def function_of(name):
    module, _, attribute = ACTIVATIONS[name].function.partition(":")
    return getattr(import_module(module), attribute)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_against_differences(name):
    function, h = function_of(name), 1e-6
    z = torch.randn(500, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 3
    slopes = (function(z + h) - function(z - h)) / (2 * h)
    activity = first(function, *z[:, 0].tolist())
    assert activity.slope == pytest.approx(float(slopes.abs().mean()), rel=1e-6)
    assert activity.pre_mean == pytest.approx(float(z.mean()))
    assert activity.pre_std == pytest.approx(float(z.std(correction=0)))
    assert activity.zeros == pytest.approx(float((function(z) == 0).double().mean()))
    assert activity.dead == 0
    assert (activity.saturated_low is not None, activity.saturated_high is not None) == tuple(
        end in ACTIVATIONS[name].flat for end in ("low", "high")
    )


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("sigmoid", math.log((1 - math.sqrt(0.95)) / (1 + math.sqrt(0.95))), None),  # s(1 - s) = 0.05 / 4
        ("tanh", -math.atanh(math.sqrt(0.95)), math.atanh(math.sqrt(0.95))),  # 1 - t^2 = 0.05
        ("hard_sigmoid", -3, 3),
        ("softplus", math.log(0.05 / 0.95), None),  # its slope is the logistic function
        ("elu", math.log(0.05), None),
        ("selu", math.log(0.05), None),
    ],
)
def test_where_an_activation_is_flat_by_its_formula(name, low, high):
    found = flat_bounds(("low", "high"), function_of(name))
    assert found[0] == pytest.approx(low, abs=2e-3)
    if high is not None:
        assert found[1] == pytest.approx(high, abs=2e-3)


@pytest.mark.parametrize(
    ("name", "values", "low", "high"),
    [
        ("sigmoid", [-5, -4, 0, 4.3, 4.4, 9, 9, 9], 1 / 8, 4 / 8),
        ("tanh", [-3, 0, 1, 2], 1 / 4, 0),
        ("gelu", [-10, -0.7518, 0, 5], 1 / 4, None),  # at -0.75 its slope is zero, on the way to its dip
        ("silu", [-10, -1.2785, 0, 5], 1 / 4, None),
        ("elu", [-4, 1, 50, 50], 1 / 4, None),
        ("relu", [-5, -5, -5, 5], None, None),
        ("leaky_relu", [-5, -5, -5, 5], None, None),
        ("identity", [-50, 50], None, None),
    ],
)
def test_saturation_counts_what_lies_at_a_flat_end(name, values, low, high):
    activity = first(function_of(name), *values)
    assert (activity.saturated_low, activity.saturated_high) == (low, high)


def test_a_unit_is_dead_when_no_sample_and_no_place_moves_it():
    x = torch.tensor([[-1.0, -1, 1, -1], [-2, 3, 4, -5]], dtype=torch.float64)
    ((_, activity),) = seen(Net(torch.relu, width=4), x).activations
    assert activity.dead == 2 / 4
    assert activity.slope == 3 / 8
    assert activity.zeros == 5 / 8

    conv = nn.Conv2d(1, 3, 1)
    conv.weight.data[:, 0, 0, 0] = torch.tensor([1.0, -1.0, 1.0])
    conv.bias.data = torch.tensor([0.0, 0.0, 9.0])
    image = -torch.ones(2, 1, 2, 2)
    image[1, 0, 1, 1] = 0.5  # one place of one sample wakes the first channel
    ((_, activity),) = seen(nn.Sequential(conv, nn.ReLU()), image).activations
    assert activity.dead == 0
    image[1, 0, 1, 1] = -0.5
    ((_, activity),) = seen(nn.Sequential(conv, nn.ReLU()), image).activations
    assert activity.dead == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "function",
    [
        F.relu,
        torch.relu,
        torch.Tensor.relu,
        nn.ReLU(),
        nn.ReLU(inplace=True),
        torch.relu_,
        torch.Tensor.relu_,
        lambda x: F.relu(x, True),
        lambda x: F.relu(input=x),
        lambda x: F.leaky_relu(x, 0.0),
    ],
)
def test_an_activation_is_seen_however_it_is_called_and_gives_what_it_gives(function):
    x = torch.tensor([[-2.0], [1], [3]], dtype=torch.float64)
    net = Net(function)
    sighting = seen(net, x)
    assert [activity.slope for _, activity in sighting.activations] == [pytest.approx(2 / 3)]
    assert torch.equal(sighting.output, torch.tensor([[0.0], [1], [3]], dtype=torch.float64))


def test_an_activation_belongs_to_the_layer_that_ran_last_and_order_is_that_of_the_pass():
    net = Net(torch.tanh, torch.sigmoid)
    net.layers = nn.ModuleList(reversed(net.layers))
    names = {"c": net.layers[2], "b": net.layers[1], "a": net.layers[0]}
    sighting = watch(net, torch.zeros(4, 1, dtype=torch.float64), names)
    assert sighting.layers == ["a", "b", "c"]
    assert [name for name, _ in sighting.activations] == ["a", "b"]
    assert [activity.slope for _, activity in sighting.activations] == [1, 0.25]
    assert not net.layers[0]._forward_hooks


@pytest.mark.parametrize("name", FLAT_ENDS_OF_OTHERS)
def test_other_functions_of_torch_are_known_by_its_names(name):
    function = F.logsigmoid if name == "log_sigmoid" else getattr(F, name)
    extra = (torch.tensor([0.1], dtype=torch.float64),) if name == "prelu" else ()
    activity = first(lambda x: function(x, *extra), -20.0, 20.0)
    assert (activity.saturated_low, activity.saturated_high) == tuple(
        0.5 if end in flat_ends()[name] else None for end in ("low", "high")
    )


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "gelu"])
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_the_twin_of_lenet_gives_the_same_and_shows_what_was_not_pooled(activation, pooling):
    net = LeNet(activation, pooling, image_size=(13, 14), kernel=native_kernel() or "pytorch").eval()
    kept = dict(vars(net))
    x = torch.randn(5, 1, 13, 14, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected, unpooled = net(x), net.conv1(x)
    sighting = seen(net.plain_twin(), x)
    torch.testing.assert_close(sighting.output, expected, rtol=1e-4, atol=1e-5)
    assert [name for name, _ in sighting.activations] == ["conv1", "conv2", "fc1", "fc2"]
    assert sighting.activations[0][1].pre_mean == pytest.approx(float(unpooled.mean()), rel=1e-4)
    assert sighting.activations[0][1].pre_std == pytest.approx(float(unpooled.std(correction=0)), rel=1e-4)
    assert vars(net) == kept
