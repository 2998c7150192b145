"""The fused kernel against PyTorch in float64, for each instruction set that this processor has."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from paribus.core.errors import ParibusError
from paribus.programs.recipe import kernels
from paribus.programs.recipe.kernels import PLAIN, STACKED, can_fuse, kernel_for, native, native_kernel, usable
from paribus.programs.recipe.kernels.convpool import conv_pool
from paribus.programs.recipe.models import LeNet
from paribus.programs.recipe.recipe import LESSON, Recipe

ISAS = [] if native is None else [f"native-{isa}" for isa in native.available()]

needs_native = pytest.mark.skipif(not ISAS, reason="Paribus was installed without a C++ compiler")


def layer(channels, outputs, padding, seed=0):
    conv = nn.Conv2d(channels, outputs, 5, padding=padding)
    draws = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in conv.parameters():
            p.copy_(torch.randn(p.shape, generator=draws) / 3)
    return conv


def both(x, conv, kernel):
    """Value and gradients by the kernel in float32, and by PyTorch in float64."""
    found = []
    for dtype, name in ((torch.float32, kernel), (torch.float64, PLAIN)):
        mine = nn.Conv2d(conv.in_channels, conv.out_channels, 5, padding=conv.padding).to(dtype)
        mine.load_state_dict(conv.state_dict())
        inputs = x.detach().to(dtype, copy=True).requires_grad_()
        out = conv_pool(inputs, mine, name)
        slope = (1.5 + torch.cos(torch.arange(out.numel(), dtype=torch.float64))).reshape(out.shape).to(dtype)
        out.backward(slope)
        found.append((out.detach(), inputs.grad, mine.weight.grad, mine.bias.grad))
    return found


def no_near_ties(out):
    """Whether rounding leaves each pooled place its winner; else float32 and float64 may rightly differ in it."""
    fitting = out[..., : out.shape[-2] // 2 * 2, : out.shape[-1] // 2 * 2]
    best = fitting.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).topk(2).values
    return float((best[..., 0] - best[..., 1]).min()) > 2e-6 * float(out.abs().max())


def assert_close(found):
    for mine, theirs in zip(*found, strict=True):
        scale = float(theirs.abs().max()) or 1.0
        torch.testing.assert_close(mine.double(), theirs, rtol=1e-5, atol=1e-5 * scale)


@needs_native
@settings(max_examples=80)
@given(
    kernel=st.sampled_from(ISAS or [PLAIN]),
    batch=st.integers(1, 37),
    channels=st.integers(1, 7) | st.integers(8, 19),
    outputs=st.integers(1, 20),
    size=st.tuples(st.integers(6, 17), st.integers(6, 17)),
    padding=st.integers(0, 2),
    seed=st.integers(0, 99),
)
def test_value_and_gradients_over_random_shapes(kernel, batch, channels, outputs, size, padding, seed):
    x = torch.randn(batch, channels, *size, generator=torch.Generator().manual_seed(seed))
    conv = layer(channels, outputs, padding, seed)
    assume(no_near_ties(conv.double()(x.double()).detach()))
    assert_close(both(x, conv.float(), kernel))


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
@pytest.mark.parametrize(
    ("channels", "size", "outputs", "padding"),
    [
        (1, (28, 28), 6, 2),
        (6, (14, 14), 16, 0),
        (3, (32, 32), 6, 2),
        (16, (14, 14), 7, 1),  # channels fill vectors exactly, outputs make uneven groups
        (17, (6, 31), 1, 0),  # one channel beyond them, one line of pooled places
        (8, (7, 6), 13, 0),  # one pooled place
    ],
)
def test_the_lessons_layers_and_shapes_at_the_edges_of_vectors(kernel, channels, size, outputs, padding):
    x = torch.randn(64, channels, *size, generator=torch.Generator().manual_seed(1))
    assert_close(both(x, layer(channels, outputs, padding), kernel))


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
def test_of_equals_the_first_wins_as_in_pytorch(kernel):
    conv = layer(1, 3, 2)
    constant = torch.full((3, 1, 12, 12), 0.5)
    mine, theirs = both(constant, conv, kernel)
    torch.testing.assert_close(mine[1].double(), theirs[1], rtol=1e-5, atol=1e-6)


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_nan_and_infinities_go_where_pytorch_lets_them(kernel, bad):
    conv, x = layer(2, 3, 0), torch.randn(5, 2, 12, 14, generator=torch.Generator().manual_seed(2))
    x[1, 1, 4, 5] = bad
    with torch.no_grad():
        mine, theirs = conv_pool(x, conv, kernel), F.max_pool2d(conv(x), 2)
    assert torch.equal(mine.isnan(), theirs.isnan())
    assert torch.equal(mine.isinf(), theirs.isinf())
    assert torch.isfinite(mine[[0, 2, 3, 4]]).all()


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
def test_inputs_that_are_not_contiguous_and_gradients_that_are_not(kernel):
    conv = layer(3, 4, 1)
    whole = torch.randn(4, 14, 13, 3, generator=torch.Generator().manual_seed(3))
    x = whole.permute(0, 3, 1, 2)
    assert not x.is_contiguous()
    assert_close(both(x, conv, kernel))
    out = conv_pool(x.requires_grad_(), conv, kernel)
    out.transpose(2, 3).contiguous().sum().backward()
    reference = torch.autograd.grad(F.max_pool2d(conv(x), 2).sum(), conv.weight)[0]
    torch.testing.assert_close(conv.weight.grad, reference, rtol=1e-4, atol=1e-4)


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
def test_denormal_weights_are_multiplied_like_others(kernel):
    conv = layer(1, 2, 2)
    with torch.no_grad():
        conv.weight.mul_(1e-39)
        conv.bias.zero_()
        x = torch.full((2, 1, 12, 12), 1e4)
        mine, theirs = conv_pool(x, conv, kernel), F.max_pool2d(conv.double()(x.double()), 2)
    torch.testing.assert_close(mine.double(), theirs, rtol=1e-3, atol=0)


@needs_native
@pytest.mark.parametrize("kernel", ISAS)
def test_the_same_bits_again_and_for_a_sample_whatever_lies_beside_it(kernel):
    conv, x = layer(6, 16, 0), torch.randn(19, 6, 14, 14, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        whole = conv_pool(x, conv, kernel)
        assert torch.equal(whole, conv_pool(x, conv, kernel))
        assert torch.equal(whole[7:8], conv_pool(x[7:8], conv, kernel))
    first, second = (both(x, conv, kernel)[0] for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@needs_native
def test_instruction_sets_agree_to_rounding():
    conv, x = layer(6, 16, 0), torch.randn(21, 6, 14, 14, generator=torch.Generator().manual_seed(5))
    found = [both(x, conv, isa)[0] for isa in ISAS]
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5 * float(a.abs().max()))


@pytest.mark.parametrize(
    ("conv", "dtype"),
    [
        (nn.Conv2d(1, 2, 3), torch.float32),
        (nn.Conv2d(1, 2, 5, stride=2), torch.float32),
        (nn.Conv2d(1, 2, 5, bias=False), torch.float32),
        (nn.Conv2d(2, 2, 5, groups=2), torch.float32),
        (nn.Conv2d(1, 2, 5, padding=3), torch.float32),
        (nn.Conv2d(1, 2, 5, padding_mode="reflect", padding=2), torch.float32),
        (nn.Conv2d(1, 2, 5), torch.float64),
    ],
)
def test_what_the_kernel_cannot_do_falls_back_to_pytorch(conv, dtype):
    conv = conv.to(dtype)
    x = torch.randn(2, conv.in_channels, 14, 14, dtype=dtype)
    with torch.no_grad():
        assert torch.equal(conv_pool(x, conv, native_kernel() or PLAIN), F.max_pool2d(conv(x), 2))


@needs_native
def test_export_sees_plain_operations():
    model = LeNet(kernel=ISAS[-1]).eval()
    x = torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(6))
    exported = torch.export.export(model, (x,))
    assert "conv2d" in exported.graph_module.code
    with torch.no_grad():
        torch.testing.assert_close(exported.module()(x), model(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"activation": "relu"}, True),
        ({"activation": "sigmoid"}, True),
        ({"activation": "gelu"}, False),
        ({"pooling": "avg"}, False),
        ({"batch_norm": True}, False),
        ({"model": "mine:make"}, False),
        ({"dropout": 0.5, "dense_widths": [9], "conv_channels": [3, 5]}, True),
    ],
)
def test_which_recipes_can_be_fused(fields, fits):
    assert can_fuse(Recipe(**fields)) is fits


def test_where_one_arm_cannot_none_does(monkeypatch):
    class Built:
        @staticmethod
        def available():
            return ["baseline", "best"]

        @staticmethod
        def activations():
            return ["relu"]

    monkeypatch.setattr(kernels, "native", Built)
    relu, gelu = LESSON, Recipe(activation="gelu")
    assert kernel_for([relu], "cpu") == "native-network-best"
    assert kernel_for([relu, Recipe(dropout=0.5)], "cpu") == "native-best"
    assert kernel_for([relu, Recipe(activation="tanh")], "cpu") == "native-best"
    assert kernel_for([relu, gelu], "cpu") == PLAIN
    assert kernel_for([relu], "cuda") == STACKED
    assert kernel_for([relu], "cpu", PLAIN) == PLAIN
    with pytest.raises(ParibusError, match="an arm pools by average"):
        kernel_for([relu, gelu], "cpu", "native")
    with pytest.raises(ParibusError, match="the device is mps"):
        kernel_for([relu], "mps", "native")
    assert usable("native-baseline") == "native-baseline"
    assert usable("native-network-best") == "native-network-best"
    assert usable("native-sve") == PLAIN


def test_without_a_compiler_everything_runs_on_pytorch(monkeypatch):
    monkeypatch.setattr(kernels, "native", None)
    assert native_kernel() is None
    assert kernel_for([LESSON], "cpu") == PLAIN
    with pytest.raises(ParibusError, match="without a C\\+\\+ compiler"):
        kernel_for([LESSON], "cpu", "native")
    with pytest.raises(ParibusError, match=r"kernel must be one of auto, native, pytorch, stacked; got \"numba\""):
        kernel_for([LESSON], "cpu", "numba")


@needs_native
def test_lenet_is_the_same_function_on_either_kernel():
    fused, plain = LeNet("sigmoid", kernel=ISAS[-1]), LeNet("sigmoid")
    plain.load_state_dict(fused.state_dict())
    x = torch.from_numpy(np.random.default_rng(0).random((9, 1, 28, 28), dtype=np.float32))
    with torch.no_grad():
        torch.testing.assert_close(fused(x), plain(x), rtol=1e-5, atol=1e-6)
    assert LeNet("gelu", kernel=ISAS[-1]).kernel == PLAIN
    assert LeNet(batch_norm=True, kernel=ISAS[-1]).kernel == PLAIN
    assert LeNet(pooling="avg", pool_first=True, kernel=ISAS[-1]).kernel == PLAIN
    assert "activation=sigmoid, pooling=max" in repr(fused)
