"""The fused kernel as compilers and exporters see it: one registered operation, or PyTorch's own two."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.programs.recipe.kernels import convpool, native, native_kernel
from paribus.programs.recipe.models import LeNet

pytestmark = pytest.mark.skipif(native is None, reason="Paribus was installed without a C++ compiler")

ISAS = [] if native is None else native.available()
# Dynamo's own code meets a deprecation of torch's pytree; it is torch's to mend.
of_torch = pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning")


def operands(batch=3, channels=2, outputs=4, size=(9, 12), x_wanted=True):
    draws = torch.Generator().manual_seed(batch)
    x = torch.randn(batch, channels, *size, generator=draws).requires_grad_(x_wanted)
    weight = torch.randn(outputs, channels, 5, 5, generator=draws).requires_grad_()
    bias = torch.randn(outputs, generator=draws).requires_grad_()
    return x, weight, bias


def values_and_gradients(model, x):
    x = x.clone().requires_grad_()
    model.zero_grad()
    out = model(x)
    out.square().sum().backward()
    return [out.detach(), x.grad, *(p.grad for p in model.parameters())]


def targets(exported):
    return {str(node.target) for node in exported.graph.nodes if node.op == "call_function"}


@of_torch
@pytest.mark.parametrize("x_wanted", [True, False])
def test_torchs_own_check_of_a_registered_operation(x_wanted):
    """Schema, autograd registration, shapes without data, and ahead-of-time dispatch with sizes unknown."""
    torch.library.opcheck(torch.ops.paribus.conv_pool.default, (*operands(x_wanted=x_wanted), 1, ISAS[-1]))


@of_torch
@pytest.mark.parametrize("wants_x", [True, False])
def test_torchs_own_check_of_its_backward_pass(wants_x):
    x, weight, bias = (t.detach() for t in operands())
    out, winner = torch.ops.paribus.conv_pool(x, weight, bias, 2, ISAS[-1])
    arguments = (x, weight, winner, torch.ones_like(out), 2, ISAS[-1], wants_x)
    torch.library.opcheck(torch.ops.paribus.conv_pool_backward.default, arguments)


def test_the_registered_operation_is_pytorchs_convolution_and_pooling():
    x, weight, bias = operands()
    whole = torch.empty(3, 9, 12, 2).permute(0, 3, 1, 2)  # the same images, channels last
    for images in (x, whole.copy_(x.detach()).requires_grad_()):
        out = torch.ops.paribus.conv_pool(images, weight, bias, 1, ISAS[-1])[0]
        plain = F.max_pool2d(F.conv2d(images, weight, bias, padding=1), 2)
        slope = torch.cos(torch.arange(out.numel())).reshape(out.shape)
        mine = torch.autograd.grad(out, (images, weight, bias), slope)
        theirs = torch.autograd.grad(plain, (images, weight, bias), slope)
        for a, b in zip((out, *mine), (plain, *theirs), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_the_winners_carry_no_gradient_and_there_is_no_second_derivative():
    x, weight, bias = operands()
    out, winner = torch.ops.paribus.conv_pool(x, weight, bias, 1, ISAS[-1])
    assert not winner.requires_grad
    slope = torch.autograd.grad(out.square().sum(), weight, create_graph=True)[0]
    with pytest.raises(RuntimeError, match="conv_pool_backward"):
        slope.sum().backward()


@of_torch
def test_compile_takes_the_operation_whole_and_trains_the_same_bits():
    torch.manual_seed(0)
    model = LeNet("sigmoid", image_size=(12, 12), kernel=native_kernel())
    graphs = []

    def keep(graph, inputs):
        graphs.append(graph.code)
        return graph

    x = torch.randn(5, 1, 12, 12, generator=torch.Generator().manual_seed(1))
    eager = values_and_gradients(model, x)
    for backend in (keep, "aot_eager"):
        compiled = values_and_gradients(torch.compile(model, fullgraph=True, backend=backend), x)
        assert all(torch.equal(a, b) for a, b in zip(eager, compiled, strict=True))
    assert graphs[0].count("paribus.conv_pool") == 2
    assert "max_pool2d" not in graphs[0]


@of_torch
def test_one_compiled_graph_serves_any_batch():
    conv, kernel = nn.Conv2d(2, 3, 5), native_kernel()
    compiled = torch.compile(
        lambda x: convpool.conv_pool(x, conv, kernel), fullgraph=True, dynamic=True, backend="aot_eager"
    )
    with torch.no_grad():
        for batch in (2, 7):
            x = operands(batch)[0].detach()
            torch.testing.assert_close(compiled(x), F.max_pool2d(conv(x), 2), rtol=1e-4, atol=1e-5)


@of_torch
@pytest.mark.parametrize("strict", [True, False])
def test_an_exported_program_has_pytorchs_operations_alone(strict):
    """So it runs without Paribus; decomposed as the ONNX exporter does, it is ATen's convolution and pooling."""
    torch.manual_seed(0)
    model = LeNet("sigmoid", image_size=(12, 12), kernel=native_kernel()).eval()
    x = torch.randn(5, 1, 12, 12, generator=torch.Generator().manual_seed(1))
    batch = torch.export.Dim("batch")
    exported = torch.export.export(model, (x,), dynamic_shapes=({0: batch},), strict=strict)
    assert {"aten.conv2d.default", "aten.max_pool2d.default"} <= targets(exported)
    core = exported.run_decompositions()
    assert {"aten.convolution.default", "aten.max_pool2d_with_indices.default"} <= targets(core)
    assert not any("paribus" in name for name in targets(exported) | targets(core))
    with torch.no_grad():
        for images in (x, x[:3]):
            torch.testing.assert_close(core.module()(images), model(images), rtol=1e-4, atol=1e-5)


@of_torch
def test_the_operation_itself_can_be_exported():
    class Direct(nn.Module):
        def forward(self, x, weight, bias):
            return torch.ops.paribus.conv_pool(x, weight, bias, 0, ISAS[-1])[0]

    arguments = tuple(t.detach() for t in operands())
    exported = torch.export.export(Direct(), arguments)
    assert "paribus.conv_pool.default" in targets(exported)
    assert torch.equal(exported.module()(*arguments), Direct()(*arguments))
