"""A network of somebody's own is tried on one batch before anything is trained; what is wrong is one sentence."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

import paribus as pb
from paribus.cli.main import main
from paribus.comparison.compare import design_for
from paribus.core.errors import FaultsError, ParibusError
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.program import RecipeProgram
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.state_arrays import load_weights, weights_of
from tests.digits import write_digits


class Net(nn.Module):
    """A network with nothing wrong; those below change what is wrong."""

    outputs = 10

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, self.outputs)

    def forward(self, x):
        return self.told(self.fc(x.flatten(1)))

    def told(self, logits):
        return logits


class WithFeatures(Net):
    def told(self, logits):
        return logits, logits


class HuggingFace(Net):
    def told(self, logits):
        return SimpleNamespace(logits=logits, loss=None)


class Dictionary(Net):
    def told(self, logits):
        return OrderedDict(logits=logits)


class Nine(Net):
    outputs = 9


class One(Net):
    outputs = 1


class Flat(Net):
    outputs = 1

    def told(self, logits):
        return logits.squeeze(1)


class Softmax(Net):
    def told(self, logits):
        return logits.softmax(1)


class SoftmaxAtTheEnd(Net):
    def told(self, logits):
        return logits if self.training else logits.softmax(1)


class Answers(Net):
    def told(self, logits):
        return logits.argmax(1)


class Detached(Net):
    def told(self, logits):
        return logits.detach()


class Sigmoid(Net):
    def told(self, logits):
        return logits.sigmoid()


class Apart(Net):
    def told(self, logits):
        return torch.from_numpy(logits.detach().numpy()).requires_grad_()


class Sparse(Net):
    def told(self, logits):
        return logits.to_sparse()


class InPlace(Net):
    def forward(self, x):
        return super().forward(x.mul_(2))


class Keeps(Net):
    before = 0.0

    def told(self, logits):
        self.before = logits.mean() + self.before
        return logits + self.before


class Sides(nn.Module):
    def __init__(self, image_size: int = 32, in_chans: int = 1):
        super().__init__()
        self.fc = nn.Linear(in_chans * image_size**2, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))


class Short(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10).bfloat16()

    def forward(self, x):
        return self.fc(x.flatten(1).bfloat16())


class Colours(nn.Module):
    def __init__(self, in_chans: int = 3):
        super().__init__()
        self.conv = nn.Conv2d(in_chans, 4, 3)

    def forward(self, x):
        return self.conv(x)


class Leaves(Net):
    def told(self, logits):
        raise SystemExit(3)


class Raises(Net):
    def told(self, logits):
        raise KeyError("mask")


class Nothing(nn.Module):
    def forward(self, x):
        return x.flatten(1)[:, :10]


class WantsMore(Net):
    def __init__(self, depth):
        super().__init__()


class Many(Net):
    def __init__(self, num_classes: int = 12):
        self.outputs = num_classes
        super().__init__()


class Norm(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 8), nn.BatchNorm1d(8), nn.Linear(8, 10))


class Squeezing(Net):
    def told(self, logits):
        return logits.squeeze()


class Wanting(Net):
    def __init__(self, num_classes):
        self.outputs = num_classes
        super().__init__()


class Lazy(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.LazyConv2d(3, 5), nn.Flatten(), nn.LazyLinear(classes))


def forgot():
    Net()


def keywords(**fields):
    return Many(**fields)


made = Net()


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_digits(tmp_path_factory.mktemp("one-batch") / "digits", 200))


def check(digits: str, name: str, **settings: object) -> None:
    changed = {"dataset": digits, "model": f"{__name__}:{name}", "batch_size": 50, **settings}
    program = RecipeProgram()
    program.check(design_for("learning_rate", [0.1, 0.2], "fair", changed, 2, None, False, program=program))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "WithFeatures",
            r"must return its logits alone.*got \"tuple \(Tensor, Tensor\)\"; have its forward return one",
        ),
        ("HuggingFace", r"got \"SimpleNamespace\"; have its forward return \.logits of that"),
        ("Dictionary", r"got \"OrderedDict\"; have its forward return \[\"logits\"\] of that"),
        ("Nine", r"each of the 10 classes.*for 2 images it returns \[2, 9\]"),
        ("One", r"each of the 10 classes.*it returns \[2, 1\]"),
        ("Flat", r"each of the 10 classes.*it returns \[2\]$"),
        ("Many", r"it returns \[2, 12\]; num_classes is a field of its own: num_classes = 10"),
        ("Softmax", "returns probabilities.*leave the softmax"),
        ("SoftmaxAtTheEnd", "returns probabilities"),
        ("Answers", r"logits, which are fractions; got \"torch.int64\""),
        ("Detached", "no gradient comes back to model .*Detached: RuntimeError: element 0"),
        ("Colours", r"cannot take images of \[2, 1, 28, 28\] \(batch, .*expected input.*3 channels.*in_chans = 1 is"),
        ("Sigmoid", "ends in a sigmoid.*leave the sigmoid"),
        ("Apart", "no gradient comes back to model .*depends on none of its parameters"),
        ("Sparse", r"must return its logits alone.*got \"torch.sparse_coo\""),
        ("InPlace", "changes the inputs that it is given"),
        ("Keeps", "backward through the graph a second time"),
        ("Raises", "cannot take images.*KeyError: 'mask'"),
        ("Leaves", "cannot take images.*SystemExit: 3"),
        ("Nothing", "no parameter that training could change"),
        ("WantsMore", "its factory needs depth, which no recipe has"),
        ("keywords", "its factory fails: TypeError: .*unexpected keyword argument"),
        ("forgot", "must return an nn.Module; got NoneType"),
        ("made", "a network that is made already"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(digits: str, name: str, said: str) -> None:
    with pytest.raises(ParibusError, match=said) as found:
        check(digits, name)
    assert len(found.value.faults) == 1  # of both arms once


def test_numbers_of_two_bytes_are_kept_exactly() -> None:
    torch.manual_seed(3)
    first, second = Short(), Short()
    weights = weights_of(first)
    load_weights(second, weights)
    assert weights["fc.weight"].dtype == "float32"
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@pytest.mark.parametrize("name", ["Net", "Wanting", "Lazy", "Norm", "Squeezing", "Sides", "Short"])
def test_nothing_is_said_of_a_network_that_can_be_trained(digits: str, name: str) -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    check(digits, name)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("name", "why"), [("Norm", "Expected more than 1 value"), ("Squeezing", r"it returns \[10\]")])
def test_a_last_batch_of_one(digits: str, name: str, why: str) -> None:
    with pytest.raises(ParibusError, match=rf"a single input \(101 images, 50 a batch\).*{why}.*Set drop_last = true"):
        check(digits, name, train_size=101)
    check(digits, name, train_size=101, drop_last=True)


@pytest.mark.parametrize("model", ["lenet", "mlp"])
def test_our_own_with_batch_normalisation_and_a_last_batch_of_one(digits: str, model: str) -> None:
    program = RecipeProgram()

    def plan(**more: object) -> None:
        settings = {"dataset": digits, "model": model, "batch_norm": True, "train_size": 101, "batch_size": 50, **more}
        program.check(design_for("learning_rate", [0.1, 0.2], "fair", settings, 2, None, False, program=program))

    with pytest.raises(FaultsError, match=r"batch_size leaves one image.*\(101 images\).*drop_last"):
        plan()
    with pytest.raises(FaultsError, match=r"batch_size leaves one image"):
        plan(batch_size=1)
    for fine in ({"drop_last": True}, {"batch_norm": False}, {"dense_widths": []}, {"batch_size": 51}):
        plan(**fine)


def test_an_intervention_that_its_data_cannot_fill_is_not_proposed(digits: str) -> None:
    recipe = Recipe(model="lenet", dataset=digits, train_size=101, batch_size=50)
    assert "batch_norm" not in {i.changes[0].factor for i in RecipeProgram().proposals(recipe.as_fields())}
    sound = recipe.with_field("train_size", 100)
    assert "batch_norm" in {i.changes[0].factor for i in RecipeProgram().proposals(sound.as_fields())}


def test_lazy_layers_begin_as_a_run_of_that_seed_always_does() -> None:
    recipe = Recipe(model=f"{__name__}:Lazy")
    a, b, other = (build_model(recipe, seed, 1, (28, 28), 10).state_dict() for seed in (3, 3, 4))
    assert a["2.weight"].shape == (10, 3 * 24 * 24)
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(a["2.weight"], other["2.weight"])


def test_nothing_is_begun_by_any_way_in(digits: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, good, bad = tmp_path / "store", f"{__name__}:Net", f"{__name__}:Nine"
    with pytest.raises(ParibusError, match="10 classes"):
        pb.compare("model", [good, bad], recipe="fair", settings={"dataset": digits}, seeds=1, out=out)
    with pytest.raises(ParibusError, match="10 classes"):
        pb.train("fair", settings={"dataset": digits, "model": bad}, out=out)
    with pytest.raises(SystemExit) as left:
        main(["train", "--recipe=fair", f"--set=model={bad}", f"--set=dataset={digits}", f"--out={out}"])
    assert left.value.code == 2
    assert "must return a number for each of the 10 classes" in capsys.readouterr().err
    assert not out.exists()
