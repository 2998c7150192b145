"""`pb.lesson.check` tells wrong solutions apart, lets right ones of any style pass, and leaves no trace."""

import itertools
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

import paribus as pb
from tests.lessons.right_solutions import RIGHT
from tests.lessons.solutions import NETWORK, PLAIN, built
from tests.lessons.wrong_functions import FUNCTIONS
from tests.lessons.wrong_networks import NETWORKS


@pytest.mark.parametrize("wrong", (*NETWORKS, *FUNCTIONS), ids=lambda wrong: f"{wrong.step}: {wrong.name}")
def test_a_wrong_solution_is_told_what_is_wrong(wrong):
    result = pb.lesson.check(wrong.step, built(wrong.step, wrong.code))
    assert not result.ok
    assert any(part in result.faults[0] for part in wrong.said.split("|")), result.faults
    assert result.faults[0] in str(result)
    assert pb.lesson.check(wrong.step, built(wrong.step, wrong.code), lang="ko").faults[0] != result.faults[0]


@pytest.mark.parametrize("right", RIGHT, ids=lambda right: f"{right.step}: {right.name}")
def test_a_right_solution_of_any_style_passes(right):
    assert pb.lesson.check(right.step, built(right.step, right.code)).faults == ()


# What a check leaves


class Toy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(784, 10)
        self.layer(torch.ones(1, 784)).sum().backward()

    def forward(self, x):
        return self.layer(x.flatten(1))


def test_a_check_leaves_random_state_as_it_was(step_of_each):
    for step, thing in step_of_each:
        random.seed(1), np.random.seed(1), torch.manual_seed(1)
        expected = random.random(), np.random.rand(), torch.rand(()).item()
        random.seed(1), np.random.seed(1), torch.manual_seed(1)
        pb.lesson.check(step, thing)
        assert (random.random(), np.random.rand(), torch.rand(()).item()) == expected


@pytest.fixture
def step_of_each():
    code = "import random\n" + PLAIN["train_epoch"][0].replace(
        "    for images", "    random.random(), np.random.rand()\n    for images"
    )
    return [(step, built(step, code if step == "train_epoch" else plain[0])) for step, plain in PLAIN.items()]


def test_networks_and_optimisers_that_the_code_can_reach_are_as_they_were():
    network = Toy().train()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    optimiser.step()
    momentum = [state["momentum_buffer"].clone() for state in optimiser.state.values()]
    before = [p.detach().clone() for p in network.parameters()], [p.grad.clone() for p in network.parameters()]

    def training(model, train_loader, validation_loader, epochs):
        network.eval()
        for images, labels in train_loader:
            optimiser.zero_grad()
            nn.functional.cross_entropy(network(images), labels).backward()
            optimiser.step()

    assert not pb.lesson.check("training", training).ok
    assert all(torch.equal(p, was) for p, was in zip(network.parameters(), before[0], strict=True))
    assert all(torch.equal(p.grad, was) for p, was in zip(network.parameters(), before[1], strict=True))
    assert network.training
    left = [state["momentum_buffer"] for state in optimiser.state.values()]
    assert all(torch.equal(now, was) for now, was in zip(left, momentum, strict=True))


def test_what_the_code_prints_is_not_shown(capsys):
    pb.lesson.check("test", built("test", PLAIN["test"][0].replace("    return", "    print('here')\n    return")))
    assert capsys.readouterr().out == ""


# How a result is taken


def test_a_result_shows_itself_to_a_student_a_grader_and_a_program():
    right, wrong = (
        pb.lesson.check("model_1", built("model_1", NETWORK.replace("84", width))) for width in ("84", "80")
    )
    assert right.ok
    assert bool(right)
    assert not wrong.ok
    assert str(right) == repr(right) == "model_1: right."
    assert "look at the size of fc2" in wrong._repr_html_()
    asked = built("model_1", NETWORK.replace("x = x.view(-1, 400)", "raise ValueError('<b>')"))
    assert "<b>" not in pb.lesson.check("model_1", asked)._repr_html_()
    assert pb.lesson.check("model_1", built("model_1", NETWORK), lang="ko")._repr_html_().startswith('<div lang="ko"')


def test_a_strict_check_raises_what_graders_understand():
    with pytest.raises(AssertionError, match="look at the size of fc2"):
        pb.lesson.check("model_1", built("model_1", NETWORK.replace("84", "80")), strict=True)
    assert pb.lesson.check("model_1", built("model_1", NETWORK), strict=True).ok


def test_a_step_that_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(pb.ParibusError, match="did you mean train_epoch"):
        pb.lesson.check("train_epochs", None)
    with pytest.raises(pb.ParibusError, match="takes 3 things"):
        pb.lesson.check("data", None, None)
    with pytest.raises(pb.ParibusError, match="lang"):
        pb.lesson.check("test", None, lang="fr")


# Images and pairs of networks


def loaders(mean=0.0, deviation=1.0, sizes=(400, 100, 100), batch=64, taken=None):
    images = torch.randn(sum(sizes), 1, 28, 28, generator=torch.Generator().manual_seed(1)) * deviation + mean
    whole = TensorDataset(images, torch.arange(sum(sizes)) % 10)
    ends = np.cumsum([0, *sizes])
    parts = taken or [range(a, b) for a, b in itertools.pairwise(ends)]
    return [
        DataLoader(Subset(whole, part), batch_size=batch, shuffle=True, generator=torch.Generator()) for part in parts
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"mean": 0.13, "deviation": 0.31}, "not normalised"),
        ({"deviation": 255.0}, "not normalised"),
        ({"batch": 32}, "gives 32 images at once"),
        ({"sizes": (300, 200, 100)}, "8 : 2"),
        ({"taken": [range(400), range(390, 490), range(500, 600)]}, "in two of the three parts"),
    ],
)
def test_images_that_are_not_as_the_text_says_are_told(changes, said):
    made = loaders(**changes)
    before = made[0].generator.get_state()
    result = pb.lesson.check("data", *made)
    assert result.ok == (said == "")
    assert said in str(result)
    assert torch.equal(made[0].generator.get_state(), before)


def test_one_set_of_images_in_two_loaders_is_told():
    train, validation, _ = loaders()
    assert "same images" in str(pb.lesson.check("data", train, validation, train))
    assert "do not give three loaders yet: TypeError" in str(pb.lesson.check("data", lambda seed: ...))
    assert "does not give images and labels" in str(pb.lesson.check("data", None, validation, train))


DATA = """
def normalised(images):
    pixels = torch.from_numpy(images.reshape(-1, 1, 28, 28).astype("float32")) / 255
    return (pixels - 0.1307) / 0.3081
def split(whole, generator):
    return random_split(whole, [0.8, 0.2], generator=generator)
def loaders(seed):
    mnist = open_dataset("mnist")
    whole, test = (TensorDataset(normalised(i[:600]), torch.tensor(l[:600], dtype=torch.long)) for i, l in
                   ((mnist.train_images, mnist.train_labels), (mnist.test_images, mnist.test_labels)))
    train, validation = split(whole, torch.Generator().manual_seed(seed))
    return [DataLoader(part, batch_size=64) for part in (train, validation, test)]
"""
NORMALISED, SPLIT = "return (pixels - 0.1307) / 0.3081", "return random_split(whole, [0.8, 0.2], generator=generator)"
BY_IMAGE = "return (pixels - pixels.mean((1, 2, 3), keepdim=True)) / pixels.std((1, 2, 3), keepdim=True)"
DRAWN = "p = torch.randperm(600, generator=generator)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        (SPLIT, f"{DRAWN}; return Subset(whole, p[:480].tolist()), Subset(whole, p[480:].tolist())", ""),
        (SPLIT, f"{DRAWN}; return TensorDataset(*whole[p[:480]]), TensorDataset(*whole[p[480:]])", ""),
        (SPLIT, f"{DRAWN}; return [[whole[i] for i in part] for part in (p[:480], p[480:])]", ""),
        (SPLIT, "...", "split gives nothing back yet"),
        (NORMALISED, "...", "normalised gives nothing back yet"),
        (NORMALISED, NORMALISED.replace("return (", "return ((") + ").numpy()", "normalised gives an array of NumPy"),
        (NORMALISED, NORMALISED.replace("return (", "return ((") + ").double()", "are float64"),
        (NORMALISED, BY_IMAGE, "is normalised by itself"),
        (SPLIT, SPLIT.replace(", generator=generator", ""), "draws without the generator"),
        (SPLIT, "return Subset(whole, range(480)), Subset(whole, range(480, 600))", "Every seed splits the images alike"),
        (SPLIT, f"{DRAWN}; return Subset(whole, p[:400].tolist()), Subset(whole, p[400:500].tolist())", "100 of 600 images"),
        (SPLIT, f"{DRAWN}; return TensorDataset(*whole[p[:480]]), TensorDataset(*whole[p[:120]])", "in two of the three"),
        ("mnist = ", "mnist = none.", "three loaders yet: NameError"),
    ],
)
def test_functions_that_give_the_images_are_told_apart(old, new, said):
    assert old in DATA
    names = {"torch": torch, "open_dataset": pb.open_dataset}
    exec("from torch.utils.data import *\n" + DATA.replace(old, new, 1 if old else 0), names)
    result = pb.lesson.check("data", names["loaders"])
    assert (result.ok, said in str(result)) == (said == "", True), str(result)
    assert said == "" or pb.lesson.check("data", names["loaders"], lang="ko").faults != result.faults


def test_two_networks_of_one_training_are_told():
    first, second = (built(step, PLAIN[step][0])() for step in ("model_1", "model_2"))
    weights = [p.detach().clone() for p in first.parameters()]
    assert pb.lesson.check("models", first, second).ok
    assert "one and the same" in str(pb.lesson.check("models", first, first))
    assert "Model_2: Its activation" in str(pb.lesson.check("models", first, built("model_1", NETWORK)()))
    second.fc1 = first.fc1
    assert "share weights" in str(pb.lesson.check("models", first, second))
    assert all(torch.equal(p, was) for p, was in zip(first.parameters(), weights, strict=True))
