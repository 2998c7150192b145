"""Checks of Adam's step: the reference is PyTorch's, and each kind of mistake is told apart."""

import pytest
import torch

import paribus as pb
from paribus.lesson.adam import DECAY, RATE, STEPS, Way, _gradient

CODE = """
def step(weights, gradient_of, steps, rate, decay):
    m, v = torch.zeros_like(weights), torch.zeros_like(weights)
    for t in range(1, steps + 1):
        g = gradient_of(weights) + decay * weights
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        weights = weights - rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
    return weights
"""
COUPLED = "        g = gradient_of(weights) + decay * weights\n"
APART = "        g = gradient_of(weights)\n"
DECOUPLED = APART + "        weights = weights * (1 - rate * decay)\n"


def step(*changes):
    code = CODE
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    names = {"torch": torch}
    exec(code, names)
    return names["step"]


@pytest.mark.parametrize(("coupled", "kind"), [(True, torch.optim.Adam), (False, torch.optim.AdamW)])
def test_the_reference_walks_as_pytorch_does(coupled, kind):
    start = torch.tensor([1.0, -2.0, 0.5])
    parameter = torch.nn.Parameter(start.clone())
    optimiser = kind([parameter], lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        parameter.grad = _gradient(parameter.detach())
        optimiser.step()
    assert torch.allclose(parameter.detach(), Way(coupled).walk(start, _gradient), atol=1e-6)


def test_right_steps_pass():
    assert pb.lesson.check("adam", step()).ok
    assert pb.lesson.check("adamw", step((COUPLED, DECOUPLED))).ok
    after = ("1e-8)\n", "1e-8)\n        weights = weights - rate * decay * weights\n")
    assert pb.lesson.check("adamw", step((COUPLED, APART), after)).ok  # the text does not say which of the two comes first
    assert pb.lesson.check("adam", step(("return weights", "return weights.double()"))).ok


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("adamw", (), "in the other of the two ways"),
        ("adam", ((COUPLED, DECOUPLED),), "in the other of the two ways"),
        ("adam", ((COUPLED, APART),), "does not decay"),
        ("adam", ((" / (1 - 0.9**t)", ""), (" / (1 - 0.999**t)", "")), "its averages begin at zero"),
        ("adam", ((" / ((v / (1 - 0.999**t)).sqrt() + 1e-8)", ""), ("(m / (1 - 0.9**t))", "g")), "as long as the gradient"),
        ("adam", (("range(1, steps + 1)", "range(1, 2)"),), "another number of steps"),
        ("adam", (("range(1, steps + 1)", "range(1, 5)"),), "another number of steps"),
        ("adam", (("0.999 * v + 0.001", "0.99 * v + 0.01"),), "not where its formula takes them"),
        ("adam", ((").sqrt() + 1e-8)", " + 1e-8).sqrt())"),), "before it takes the root"),
        ("adam", (("0.9**t", "0.9"), ("0.999**t", "0.999")), "The first step of adam is right"),
        ("adam", (("weights = weights - ", "weights -= "),), "changes the weights that it is given"),
        ("adam", (("return weights", "pass"),), "must return the weights"),
        ("adam", (("weights, gradient_of, ", "weights, "),), "cannot be called with weights, gradient_of"),
    ],
)
def test_wrong_steps_are_told_apart(name, changes, said):
    result = pb.lesson.check(name, step(*changes))
    assert said in result.faults[0], result.faults
    assert pb.lesson.check(name, step(*changes), lang="ko").faults[0] != result.faults[0]
