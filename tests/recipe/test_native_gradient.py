"""Loss and gradient of a whole network against PyTorch in float64, for each instruction set that this processor has."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from paribus.core.activations import ACTIVATIONS
from paribus.programs.recipe.kernels import PLAIN, can_fuse_whole, instruction_set, native
from paribus.programs.recipe.models import LeNet, native_gradient
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.optimizers import flatten

ISAS = [] if native is None else [f"native-network-{isa}" for isa in native.available()]
NATIVE = [name for name, activation in ACTIVATIONS.items() if activation.native]

pytestmark = pytest.mark.skipif(not ISAS, reason="Paribus was installed without a C++ compiler")
every_isa = pytest.mark.parametrize("kernel", ISAS)


def made(kernel, seed=0, batch=9, shape=(1, 12, 13), classes=4, scale=1.0, **fields):
    """A network whose gradients are garbage, ready to learn; and a batch."""
    draws = torch.Generator().manual_seed(seed)
    fields = {"conv_channels": (3, 5), "dense_widths": (7,)} | fields
    model = LeNet(in_channels=shape[0], image_size=shape[1:], classes=classes, kernel=kernel, **fields)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=draws) * scale / max(1, p[0].numel()) ** 0.5)
    (flat,) = flatten(model)
    flat.grad.fill_(torch.nan)
    x = torch.randn(batch, *shape, generator=draws)
    y = torch.randint(classes, (batch,), generator=draws)
    gradient = native_gradient(model, [flat])
    assert gradient is not None
    return model, gradient, x, y


def twin_of(model, dtype=torch.float64):
    """The same network in PyTorch's own operations."""
    twin = LeNet(
        model.activation_name,
        in_channels=model.conv1.in_channels,
        image_size=model.image_size,
        classes=len(list(model.parameters())[-1]),
        conv_channels=(len(model.conv1.weight), len(model.conv2.weight)),
        dense_widths=[len(model.get_submodule(name).weight) for name in model.dense[:-1]],
    )
    twin.load_state_dict(model.state_dict())
    return twin.to(dtype)


def reference(model, x, y, smoothing=0.0, dtype=torch.float64):
    """Loss, hits and gradients by PyTorch's own operations."""
    twin = twin_of(model, dtype)
    logits = twin(x.to(dtype))
    loss = F.cross_entropy(logits, y, label_smoothing=smoothing)
    loss.backward()
    return loss.detach(), int((logits.argmax(1) == y).sum()), [p.grad for p in twin.parameters()]


@torch.no_grad()
def is_decided(model, x):
    """Whether float32 can tell which of four is the largest, and on which side of an activation's kink a unit is."""
    twin, gaps = twin_of(model), []
    layers = [twin.conv1, twin.conv2, *(twin.get_submodule(name) for name in twin.dense[:-1])]

    def look(layer, _, z):
        if z.dim() == 4:
            first, second = z.unfold(2, 2, 2).unfold(3, 2, 2).flatten(-2).topk(2).values.unbind(-1)
            gaps.append((first - second).min())
            z = first
        gaps.extend([z.abs().min(), (z.abs() - 3).abs().min()])

    handles = [layer.register_forward_hook(look) for layer in layers]
    twin(x.double())
    for handle in handles:
        handle.remove()
    return min(gaps) > 2e-6


def assert_close(model, mine, theirs):
    (loss, hits), (their_loss, their_hits, gradients) = mine, theirs
    torch.testing.assert_close(loss.double(), their_loss.double(), rtol=1e-5, atol=1e-6)
    assert int(hits) == their_hits
    # Where samples, or the last layer's units, nearly cancel, the layers below have the rounding of what cancelled.
    rounding = 1e-7 * float(list(model.parameters())[-2].detach().abs().max())
    for p, truth in zip(model.parameters(), gradients, strict=True):
        scale = float(truth.abs().max())
        torch.testing.assert_close(p.grad.double(), truth.double(), rtol=1e-5, atol=1e-5 * scale + rounding + 1e-37)


@settings(max_examples=30)
@given(
    kernel=st.sampled_from(ISAS or [PLAIN]),
    activation=st.sampled_from(NATIVE),
    batch=st.integers(1, 6) | st.sampled_from([15, 16, 17, 33, 65]),
    shape=st.tuples(st.integers(1, 3), st.integers(12, 18), st.integers(12, 18)),
    channels=st.tuples(st.integers(1, 7), st.integers(1, 9)),
    widths=st.lists(st.integers(1, 40), max_size=3),
    classes=st.integers(2, 18),
    smoothing=st.sampled_from([0.0, 0.1]),
    seed=st.integers(0, 99),
)
def test_loss_hits_and_gradients_over_random_networks(
    kernel, activation, batch, shape, channels, widths, classes, smoothing, seed
):
    model, gradient, x, y = made(
        kernel, seed, batch, shape, classes, activation=activation, conv_channels=channels, dense_widths=widths
    )
    assume(is_decided(model, x))
    truth = reference(model, x, y, smoothing)
    assume(float(truth[0]) > 0.1)  # near certainty 1 - p has no digits, in PyTorch's float32 either
    assert_close(model, gradient.learn(x, y, smoothing), truth)


@every_isa
@pytest.mark.parametrize("activation", NATIVE)
def test_the_lessons_network(kernel, activation):
    lesson = {"shape": (1, 28, 28), "classes": 10, "conv_channels": (6, 16), "dense_widths": (120, 84)}
    tries = (made(kernel, seed, 16, activation=activation, **lesson) for seed in range(20))
    model, gradient, x, y = next(t for t in tries if is_decided(t[0], t[2]))
    assert_close(model, gradient.learn(x, y, 0.0), reference(model, x, y))


@every_isa
@pytest.mark.parametrize("activation", NATIVE)
def test_an_activation_and_its_slope_are_those_of_pytorch(kernel, activation):
    near, far = torch.linspace(-1, 1, 4001), torch.linspace(-110, 110, 4003)
    tiny = torch.tensor([0.0, -0.0, 1e-40, -1e-40, 1e-30, -1e-30, 1e-7, -1e-7])
    z = torch.cat([near, far, tiny, torch.tensor([torch.inf, -torch.inf, torch.nan])])
    module, _, name = ACTIVATIONS[activation].function.partition(":")
    function = getattr(torch if module == "torch" else F, name)
    exact = z.double().requires_grad_()
    value = function(exact)
    (slope,) = torch.autograd.grad(value.sum(), exact)

    isa, mine, chained = instruction_set(kernel), z.clone(), torch.ones_like(z)
    native.activate(isa, activation, mine.data_ptr(), len(z))
    native.chain(isa, activation, mine.data_ptr(), chained.data_ptr(), len(z))
    torch.testing.assert_close(mine.double(), value.detach(), rtol=1e-6, atol=1e-37, equal_nan=True)
    # A slope is found from the value, so to the last place of one, not of itself. NaN's own slope matters to nobody.
    smooth = (exact.detach().abs() - 3).abs() > 1e-5 if activation == "hard_sigmoid" else exact.detach() != 0
    seen = smooth & ~z.isnan()
    torch.testing.assert_close(chained.double()[seen], slope[seen], rtol=1e-6, atol=4e-7)


@every_isa
def test_of_equals_the_first_wins_in_pools_and_among_logits(kernel):
    model, gradient, x, y = made(kernel, activation="relu")
    x.fill_(0.5)
    assert_close(model, gradient.learn(x, y, 0.0), reference(model, x, y))
    with torch.no_grad():
        model.fc2.weight.zero_()
        model.fc2.bias.zero_()
    y[:] = torch.tensor([0, 1, 0, 3, 2, 0, 1, 1, 0])
    assert int(gradient.learn(x, y, 0.0)[1]) == 4


@every_isa
@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("place", ["image", "fc1.weight", "fc2.bias", "conv2.bias"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_nan_and_infinities_reach_the_loss_where_pytorch_lets_them(kernel, bad, place, activation):
    model, gradient, x, y = made(kernel, activation=activation)
    with torch.no_grad():
        (x if place == "image" else model.get_parameter(place)).view(-1)[3] = bad
    loss, hits = gradient.learn(x, y, 0.0)
    their_loss, their_hits, gradients = reference(model, x, y, dtype=torch.float32)
    torch.testing.assert_close(loss, their_loss, rtol=1e-5, atol=1e-6, equal_nan=True)
    assert int(hits) == their_hits
    if torch.isfinite(their_loss) and all(torch.isfinite(g).all() for g in gradients) and place != "image":
        assert_close(model, (loss, hits), (their_loss, their_hits, gradients))


@every_isa
def test_logits_too_large_for_exp(kernel):
    model, gradient, x, y = made(kernel, scale=40.0, activation="identity")
    mine, theirs = gradient.learn(x, y, 0.1), reference(model, x, y, 0.1)
    assert 1e3 < theirs[0] < 1e30
    assert_close(model, mine, theirs)


@every_isa
def test_denormal_weights_are_multiplied_like_others(kernel):
    model, gradient, x, y = made(kernel, activation="relu")
    with torch.no_grad():
        model.conv1.weight.mul_(1e-39)
        model.conv1.bias.zero_()
    x = x * 1e4
    mine, theirs = gradient.learn(x, y, 0.0), reference(model, x, y)
    torch.testing.assert_close(mine[0].double(), theirs[0])
    torch.testing.assert_close(model.conv1.weight.grad.double(), theirs[2][0], rtol=1e-3, atol=0)


@every_isa
def test_the_same_bits_again_and_on_inputs_that_are_not_contiguous(kernel):
    model, gradient, x, y = made(kernel, batch=70)
    first = gradient.learn(x, y, 0.1), [p.grad.clone() for p in model.parameters()]
    strided = x.permute(3, 0, 1, 2).contiguous().permute(1, 2, 3, 0)
    assert not strided.is_contiguous()
    for again in (x, strided):
        mine = gradient.learn(again, y, 0.1)
        assert all(torch.equal(a, b) for a, b in zip(mine, first[0], strict=True))
        assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), first[1], strict=True))


@every_isa
def test_what_does_not_fit_is_refused(kernel):
    _, gradient, x, y = made(kernel)
    for label in (-1, 4):
        wrong = y.clone()
        wrong[5] = label
        with pytest.raises(IndexError, match="not one of the classes"):
            gradient.learn(x, wrong, 0.0)
    for images, labels in ((x.double(), y), (x[..., 1:], y), (x, y[1:]), (x, y.int())):
        with pytest.raises(ValueError, match=r"float32 images \[batch, \*\[1, 12, 13\]\] with int64 labels"):
            gradient.learn(images, labels, 0.0)


def test_only_a_network_laid_into_one_buffer_is_taken_whole():
    def found(kernel=ISAS[-1], lay=flatten, **fields):
        model = LeNet(kernel=kernel, **fields)
        return native_gradient(model, lay(model))

    assert found() is not None
    assert found(kernel=ISAS[-1].replace("network-", "")) is None
    assert found(kernel=PLAIN) is None
    assert found(dropout=0.5) is None
    assert found(activation="gelu") is None
    assert found(lay=lambda model: list(model.parameters())) is None
    assert found(lay=lambda model: [nn.Parameter(torch.cat([p.flatten() for p in model.parameters()]))]) is None
    assert native_gradient(nn.Linear(2, 2), []) is None


def test_the_kernels_know_the_activations_that_their_records_say():
    assert sorted(native.activations()) == sorted(NATIVE)
    assert all(ACTIVATIONS[name].monotone for name in NATIVE)
    assert all(can_fuse_whole(Recipe(activation=name)) for name in NATIVE)
    with pytest.raises(ValueError, match="no activation is called swish"):
        native.Network("baseline", 1, 12, 12, 1, 1, [2], "swish")
