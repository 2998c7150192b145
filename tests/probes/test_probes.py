"""The probe: it reads only, and what it writes is what plain PyTorch and arithmetic give."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import entropy
from torch import nn, optim

from paribus.probes import Probe, Sampling, sampling
from paribus.probes.output import input_moments, label_entropy, output_trace
from paribus.probes.weights import is_decoupled, layers_of, unit_spread
from paribus.programs.recipe.kernels import PLAIN, native_kernel
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.fit import Callbacks, fit
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.state_arrays import weights_of
from paribus.records.trace import StepTrace
from paribus.runs.weights import weights_digest
from tests.recipe.test_fit import SMALL, made

SEEN_ON_A_BATCH = {"pre_mean", "pre_std", "slope", "slope_product", "zeros", "dead"}


def trained(recipe, probes, model=None, data=None):
    """Weights after a training under these probes, and the trace."""
    data, trace = data or made(), []
    model = model or build_model(recipe, 0, 1, (12, 12), 4)
    optimizer = make_optimizer(model, recipe)
    looks = sampling(probes, -(-len(data.train_y) // recipe.batch_size), recipe.epochs, (1, 2, 5))
    probe = Probe(model, optimizer, looks, trace.append, (data.val_x, data.val_y))
    fit(model, optimizer, data, recipe, 0, callbacks=Callbacks(probe.after_backward, probe.after_step))
    return weights_digest(weights_of(model)), trace


@pytest.mark.parametrize(
    ("fields", "kernel"),
    [
        ({"batch_norm": True, "dropout": 0.3}, PLAIN),
        ({"optimizer": "sgd", "activation": "gelu"}, PLAIN),
        ({"activation": "tanh"}, native_kernel() or PLAIN),
    ],
)
def test_weights_are_bit_identical_under_every_preset(fields, kernel):
    recipe = Recipe(**SMALL, **fields, batch_order="shuffled")
    (off, nothing), (light, some), (full, more) = (
        trained(recipe, probes, build_model(recipe, 0, 1, (12, 12), 4, kernel)) for probes in ("off", "light", "full")
    )
    assert off == light == full
    assert nothing == []
    assert [seen.step for seen in some] == [0, 1, 4, 7, 14, 20]
    assert {seen.step for seen in some} < {seen.step for seen in more}
    assert [seen.step for seen in more if seen.sharpness is not None] == [6, 13, 20]
    assert all((seen.sharpness is None) == (seen.gradient_noise is None) for seen in more)
    for seen in more:
        assert list(seen.layers) == ["conv1", "conv2", "fc1", "fc2"]
        for name, layer in seen.layers.items():
            missing = {field for field, value in layer.model_dump().items() if value is None}
            assert missing & SEEN_ON_A_BATCH == (SEEN_ON_A_BATCH if name == "fc2" else set())
        assert StepTrace.model_validate_json(seen.model_dump_json(exclude_none=True)) == seen


class Restless(nn.Module):
    """Draws from torch's global state even in evaluation, and counts its calls."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(144, 4)
        self.norm = nn.BatchNorm1d(4)
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        self.calls += 1
        return F.dropout(self.norm(self.layer(x.flatten(1))), 0.2, training=True)


def test_a_model_that_draws_and_counts_is_put_back():
    model, data = Restless(), made()
    model.norm.eval()  # its owner froze it
    optimizer = optim.SGD(model.parameters(), 0.1)
    trace = []
    probe = Probe(model, optimizer, Sampling({0}, {0}), trace.append, (data.val_x, data.val_y))
    F.cross_entropy(model(data.train_x), data.train_y).backward()
    before = [torch.random.get_rng_state(), *(t.clone() for t in model.state_dict().values())]
    gradients = [p.grad.clone() for p in model.parameters()]
    probe.after_backward(0)
    probe.after_step(0)
    for one, other in zip(before, [torch.random.get_rng_state(), *model.state_dict().values()], strict=True):
        assert torch.equal(one, other)
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    assert (model.training, model.layer.training, model.norm.training) == (True, True, False)
    assert not model.layer._forward_hooks
    assert trace[0].sharpness is not None


def test_a_step_in_numbers_against_plain_pytorch():
    """SGD by hand: w - lr (g + decay w). The gradient seen is g alone."""
    model, data = build_model(Recipe(**SMALL, activation="sigmoid"), 0, 1, (12, 12), 4), made()
    optimizer = make_optimizer(model, Recipe(**{**SMALL, "optimizer": "sgd", "weight_decay": 10.0}, learning_rate=0.5))
    (group,) = optimizer.param_groups
    x, y = data.train_x[:8], data.train_y[:8]
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    trace = []
    probe = Probe(model, optimizer, Sampling({3}), trace.append, (data.val_x, data.val_y))
    plain = {name: (p.detach().clone(), p.grad.clone()) for name, p in model.named_parameters()}
    probe.after_backward(2, x, y, loss)
    probe.after_backward(3, x, y, loss)
    group["lr"] = 0.25  # as a schedule sets it
    optimizer.step()
    probe.after_step(3)
    (seen,) = trace

    assert (seen.step, seen.learning_rate, seen.weight_decay, seen.decoupled) == (3, 0.25, 10, False)
    assert seen.loss == float(loss.detach())
    assert seen.batch_size == 8
    assert (seen.input_mean, seen.input_std) == pytest.approx((np.mean(x.numpy()), np.std(x.numpy())), rel=1e-5)
    assert seen.label_entropy == pytest.approx(entropy(np.bincount(y.numpy())))
    for name, layer in seen.layers.items():
        w, g = plain[f"{name}.weight"]
        assert layer.weight_norm == pytest.approx(float(w.norm()))
        assert layer.weight_rms == pytest.approx(float(w.square().mean().sqrt()))
        assert layer.gradient_norm == pytest.approx(float(g.norm()))
        assert layer.decay_pull == pytest.approx(10 * float(w.norm()))
        assert layer.update_norm == pytest.approx(0.25 * float((g + 10 * w).norm()), rel=1e-4)
    slopes = [layer.slope for layer in seen.layers.values()][:-1]
    products = [layer.slope_product for layer in seen.layers.values()][:-1]
    assert products == pytest.approx([math.prod(slopes[i:]) for i in range(len(slopes))])


def test_zero_weights_make_every_slope_of_sigmoid_a_quarter():
    recipe = Recipe(**SMALL, activation="sigmoid", initialisation="zeros", bias_value=0)
    _, trace = trained(recipe, "light")
    first = trace[0]
    assert [layer.slope for layer in first.layers.values()][:-1] == [0.25] * 3
    assert [layer.slope_product for layer in first.layers.values()][:-1] == [0.25**3, 0.25**2, 0.25]
    assert [layer.unit_spread for layer in first.layers.values()] == [0] * 4
    assert first.layers["fc2"].gradient_norm > 0
    assert first.output.spread == 0
    assert first.output.predicted_entropy == 0
    assert first.output.loss == pytest.approx(math.log(4))


def test_a_run_that_diverges_is_seen_to_its_end():
    _, trace = trained(Recipe(**{**SMALL, "optimizer": "sgd"}, learning_rate=1e30), "full")
    assert not math.isfinite(trace[-1].layers["fc1"].weight_norm)
    assert math.isnan(trace[-1].sharpness)
    assert math.isnan(trace[-1].layers["conv1"].pre_mean)


def test_what_the_output_says():
    logits = torch.tensor([[0.0, 0, 0], [0, 50, 0], [0, 50, 0], [0, 0, 50]])
    y = torch.tensor([0, 1, 2, 2])
    seen = output_trace(logits, y)
    p = logits.softmax(1).double().numpy()
    assert seen.spread == pytest.approx(p.std(0).mean())
    assert seen.predicted_entropy == pytest.approx(entropy([1, 2, 1]))
    assert seen.prior_entropy == pytest.approx(entropy([1, 1, 2]))
    assert seen.loss == pytest.approx((math.log(3) + 0 + 50 + 0) / 4)
    assert seen.classes == 3


def test_what_is_no_classification_has_no_such_figures():
    assert output_trace(torch.zeros(4), torch.zeros(4)) is None
    assert output_trace(torch.zeros(4, 2), torch.zeros(4)) is None
    assert output_trace((torch.zeros(4, 2),), torch.zeros(4).long()) is None
    assert label_entropy(torch.zeros(4)) is None
    assert input_moments("text") == input_moments(torch.arange(3)) == (None, None)


def layer_with(weight, bias=None):
    layer = nn.Linear(len(weight[0]), len(weight), bias=bias is not None)
    layer.weight.data = torch.tensor(weight)
    if bias is not None:
        layer.bias.data = torch.tensor(bias)
    return layers_of(nn.Sequential(layer), None)[0]


def test_the_distance_of_the_two_units_that_are_most_alike():
    assert unit_spread(layer_with([[3.0, 4], [0, 5], [0, 5]])) == 0
    assert unit_spread(layer_with([[3.0, 4], [0, 5], [5, 0]])) == pytest.approx(math.sqrt(10) / 5)
    assert unit_spread(layer_with([[0.0, 0], [0, 0]], [1.0, 1])) == 0
    assert unit_spread(layer_with([[0.0, 0], [0, 0]], [1.0, -1])) == 2
    assert unit_spread(layer_with([[0.0, 0], [0, 0]])) == 0
    assert unit_spread(layer_with([[1.0, 2]])) is None


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (optim.AdamW, True),
        (optim.Adam, False),
        (lambda p: optim.NAdam(p, decoupled_weight_decay=True), True),
        (optim.RMSprop, False),
        (lambda p: type("Mine", (optim.SGD,), {})(p), False),
        (lambda p: type("Mine", (optim.Optimizer,), {})(p, {"weight_decay": 1.0}), None),
    ],
)
def test_where_an_optimiser_applies_weight_decay(make, expected):
    optimizer = make(nn.Linear(1, 1).parameters())
    assert is_decoupled(optimizer, optimizer.param_groups[0]) is expected


def test_each_layer_is_pulled_by_its_own_group_and_named_by_its_module():
    model = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Linear(2, 2), "rnn": nn.LSTM(2, 2), "free": nn.Linear(2, 2)})
    model["b"].weight = model["a"].weight  # tied
    optimizer = optim.SGD(
        [{"params": model["a"].parameters(), "weight_decay": 0.5}, {"params": model["rnn"].parameters()}]
    )
    found = {layer.name: layer.group["weight_decay"] if layer.group else None for layer in layers_of(model, optimizer)}
    assert found == {"a": 0.5, "rnn.weight_ih_l0": 0, "rnn.weight_hh_l0": 0, "free": None}


class Odd(nn.Module):
    """Distances, whose gradient PyTorch cannot differentiate again."""

    def __init__(self):
        super().__init__()
        self.inside = nn.Linear(3, 2)

    def forward(self, x):
        return -torch.cdist(self.inside(x), torch.eye(2), p=1)


def test_a_model_without_a_second_derivative_has_no_sharpness_and_goes_on():
    model, trace = Odd(), []
    x, y = torch.ones(32, 3), torch.arange(32) % 2
    probe = Probe(model, optim.SGD(model.parameters(), 0.1), Sampling({0}, {0}), trace.append, (x, y))
    probe.after_backward(0)
    probe.after_step(0)
    assert trace[0].sharpness is None
    assert trace[0].gradient_noise is not None
    assert trace[0].layers["inside"].slope is None


def test_looks_of_a_preset():
    assert sampling("off", 10, 3, (1,)) == Sampling(())
    light = sampling("light", 100, 2, (1, 2, 5))
    assert light == Sampling({0, 1, 4, 100, 199})
    full = sampling("full", 100, 2, (1, 2, 5))
    assert full == Sampling({0, 1, 4, 25, 50, 75, 99, 100, 125, 150, 175, 199}, {99, 199})
    assert sampling("full", 1, 2, ()) == Sampling({0, 1}, {0, 1})
