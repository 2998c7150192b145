"""Checks of first weights and of the signal's size: right ones of each style pass, each kind of mistake is told apart."""

import math

import pytest
import torch
from torch import nn

import paribus as pb

HE = """
def he(shape, generator):
    return torch.randn(shape, generator=generator) * math.sqrt(2 / math.prod(shape[1:]))
"""
SIZES = """
def sizes(x, weights):
    found = []
    for w in weights:
        x = (x @ w.T).relu()
        found.append(x.square().mean().sqrt().item())
    return found
"""


def made(code, *changes):
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    names = {"torch": torch, "math": math, "nn": nn}
    exec(code, names)
    return names["he" if "def he" in code else "sizes"]


def test_right_ones_pass():
    assert pb.lesson.check("he", made(HE)).ok
    assert pb.lesson.check("sizes", made(SIZES)).ok
    assert pb.lesson.check("sizes", made(SIZES, ("return found", "return torch.tensor(found).numpy()"))).ok
    assert pb.lesson.check("sizes", made(SIZES, ("x @ w.T", "nn.functional.linear(x, w)"), (".item()", ""))).ok


def test_pytorchs_own_is_right_too():
    def he(shape, generator):
        return nn.init.kaiming_normal_(torch.empty(shape), nonlinearity="relu", generator=generator)

    assert pb.lesson.check("he", he).ok


def test_pytorchs_default_is_known_by_its_deviation():
    """The reference is PyTorch's own Linear and Conv2d."""

    def he(shape, generator):
        torch.manual_seed(int(torch.randint(1 << 30, (1,), generator=generator)))
        layer = nn.Linear(shape[1], shape[0]) if len(shape) == 2 else nn.Conv2d(shape[1], shape[0], shape[2:])
        return layer.weight

    assert "as PyTorch does by default" in pb.lesson.check("he", he).faults[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((("math.sqrt(2 / math.prod(shape[1:]))", "2 / math.prod(shape[1:])"),), "the variance for the deviation"),
        ((("math.prod(shape[1:])", "shape[0]"),), "counts the outputs"),
        ((("math.prod(shape[1:])", "shape[1]"),), "leaves out the kernel"),
        ((("2 / math", "1 / math"),), "does not make up for the half"),
        ((("math.prod(shape[1:])", "(shape[0] + math.prod(shape[1:]))"),), "as Xavier's law does"),
        ((("2 / math", "5 / math"),), "where the formula gives"),
        (((", generator=generator", ""),), "with the generator that it is given"),
        ((("torch.randn", "torch.rand"),), "have a deviation of"),
        ((("torch.randn(shape, generator=generator)", "12**0.5 * (torch.rand(shape, generator=generator) - 0.5)"),), "normally"),
        ((("torch.randn(shape,", "torch.ones(shape) * torch.randn(shape[1:],"),), "every output the same weights"),
        ((("torch.randn(shape", "1 + torch.randn(shape"),), "is not zero"),
        ((("return ", "return 1 # "),), "of the shape that it is given"),
        ((("shape, generator)", "shape)"),), "cannot be called with shape, generator"),
    ],
)
def test_wrong_draws_are_told_apart(changes, said):
    tell_apart("he", made(HE, *changes), said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((("(x @ w.T).relu()", "x @ w.T"),), "applies no ReLU"),
        ((("x = (x @ w.T).relu()", "y = x = x @ w.T; y = x.relu()"), ("(x.square", "(y.square")), "what stands before it"),
        (((".sqrt()", ""),), "not its root"),
        ((("x.square().mean().sqrt()", "x.std()"),), "how far from zero"),
        ((("x.square().mean().sqrt()", "x.norm()"),), "the root of the sum"),
        ((("found = []", "found = [x.square().mean().sqrt().item()]"),), "the size of its input"),
        ((("return found", "return found[0]"),), "a list of numbers, one for each layer"),
        ((("        found.append", "    found.append"),), "a list of numbers, one for each layer"),
        ((("x.square().mean().sqrt()", "x.abs().mean()"),), "where it should be"),
        ((("    found = []", "    x.zero_(); found = []"),), "changes what it is given"),
        ((("w.T", "w"),), "stopped with an error"),
    ],
)
def test_wrong_sizes_are_told_apart(changes, said):
    tell_apart("sizes", made(SIZES, *changes), said)


def tell_apart(step, function, said):
    result = pb.lesson.check(step, function)
    assert said in result.faults[0], result.faults
    assert pb.lesson.check(step, function, lang="ko").faults[0] != result.faults[0]
