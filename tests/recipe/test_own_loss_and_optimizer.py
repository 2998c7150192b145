"""A loss and an optimiser that a recipe names: tried on one batch, taken up again, never run from a store."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import optim

import paribus as pb
from paribus.comparison.compare import design_for
from paribus.core.errors import ParibusError
from paribus.programs.recipe.code_identity import identity_for
from paribus.programs.recipe.kernels import PLAIN, can_fuse_whole
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.program import RecipeProgram
from paribus.programs.recipe.recipe import LESSON, Recipe, inert
from paribus.programs.recipe.recipe_text import recipe_from
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stackable import can_stack
from paribus.programs.recipe.training.state_arrays import pack, unpack
from paribus.runs.trust import refuse_code
from paribus.web.comparison_request import read_order
from tests.digits import write_digits
from tests.recipe.test_fit import made, trained

SMALL = {"model": "mlp", "dense_widths": [6], "batch_size": 8, "epochs": 2, "weight_decay": 0.0}


def plain(logits, labels):
    return F.cross_entropy(logits, labels)


class Twice:
    def __call__(self, logits, labels):
        return 2 * F.cross_entropy(logits, labels)


def by_item(logits, labels):
    return F.cross_entropy(logits, labels, reduction="none")


def backwards(labels, logits):
    return F.cross_entropy(logits, labels)


class Needs:
    def __init__(self, gamma):
        pass


def adam(params, lr, betas):
    return optim.Adam(params, lr, betas=betas)


class Counting(optim.Optimizer):
    """A step that is shorter each time: it counts in its group, and keeps a number for each parameter."""

    def __init__(self, params, lr, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "k": 0})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            group["k"] += 1
            for p in group["params"]:
                self.state[p]["seen"] = self.state[p].get("seen", 0) + 1
                p.sub_(group["lr"] / (group["k"] + self.state[p]["seen"]) * p.grad)


class Closed(Counting):
    def step(self, closure):
        closure()


class Hoarding(Counting):
    def step(self, closure=None):
        super().step()
        for p in self.param_groups[0]["params"]:
            self.state[p]["past"] = [p.clone()]


def no_optimizer(params, lr):
    return lr


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_digits(tmp_path_factory.mktemp("own-loss") / "digits", 200))


def own(name: str) -> str:
    return f"{__name__}:{name}"


def test_cross_entropy_by_ones_own_hand_trains_to_the_same_bits() -> None:
    by_name, theirs = (trained(recipe_from({**SMALL, **more}))[0] for more in ({}, {"loss": own("plain")}))
    assert all(torch.equal(a, b) for a, b in zip(by_name.parameters(), theirs.parameters(), strict=True))


def test_the_training_loss_is_in_the_losss_own_unit_and_validation_in_nats() -> None:
    _, _, history, _ = trained(recipe_from({**SMALL, "loss": own("Twice"), "epochs": 1, "learning_rate": 1e-12}))
    _, _, usual, _ = trained(recipe_from({**SMALL, "epochs": 1, "learning_rate": 1e-12}))
    assert history[0].train_loss == pytest.approx(2 * usual[0].train_loss, rel=1e-5)
    assert history[0].val_loss == pytest.approx(usual[0].val_loss, rel=1e-5)


def test_an_optimiser_is_told_what_it_names() -> None:
    recipe = recipe_from({**SMALL, "optimizer": own("adam"), "learning_rate": 0.02, "beta1": 0.8})
    optimizer = make_optimizer(build_model(recipe, 0, 1, (12, 12), 4), recipe)
    assert type(optimizer) is optim.Adam
    (group,) = optimizer.param_groups
    assert (group["lr"], group["betas"], len(group["params"])) == (0.02, (0.8, 0.999), 4)
    theirs, ours = trained(recipe)[0], trained(recipe.with_field("optimizer", "adam"))[0]
    for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_numbers_that_an_optimiser_counts_in_are_taken_up_again() -> None:
    recipe = recipe_from({**SMALL, "optimizer": own("Counting")})

    def begun() -> tuple[torch.nn.Module, optim.Optimizer]:
        model = build_model(recipe, 0, 1, (12, 12), 4)
        return model, make_optimizer(model, recipe)

    def step(model: torch.nn.Module, optimizer: optim.Optimizer) -> None:
        optimizer.zero_grad()
        data = made()
        F.cross_entropy(model(data.train_x[:8]), data.train_y[:8]).backward()
        optimizer.step()

    whole, stopped, again = begun(), begun(), begun()
    for _ in range(3):
        step(*whole)
    step(*stopped)
    unpack(pack(*stopped, own=True), *again)
    for _ in range(2):
        step(*again)
    assert all(torch.equal(a, b) for a, b in zip(whole[0].parameters(), again[0].parameters(), strict=True))


@pytest.mark.parametrize(
    ("field", "name", "said"),
    [
        ("loss", "by_item", r"must return one number.*got \"torch.float32 \[2\]\""),
        ("loss", "backwards", "cannot take logits"),
        ("loss", "Needs", "cannot be made without arguments: TypeError"),
        ("loss", "nothing", "has no callable"),
        ("optimizer", "Closed", "cannot make a step: TypeError"),
        ("optimizer", "Hoarding", r"keeps \"past\", of which an interrupted run could not be taken up"),
        ("optimizer", "no_optimizer", "must be a torch.optim.Optimizer"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_trained(digits: str, field: str, name: str, said: str) -> None:
    program = RecipeProgram()
    settings = {"dataset": digits, field: own(name)}
    with pytest.raises(ParibusError, match=said):
        program.check(design_for("learning_rate", [0.1, 0.2], "fair", settings, 1, None, False, program=program))


def test_what_is_said_of_fields_beside_them() -> None:
    mine = Recipe(model="lenet", optimizer=own("adam"), loss=own("plain"))
    assert inert("momentum", mine) is None
    assert str(inert("label_smoothing", mine)) == "only loss cross_entropy uses it"
    assert inert("label_smoothing", LESSON) is None
    assert not can_stack(mine)
    assert not can_fuse_whole(mine)
    with pytest.raises(ParibusError, match=r"loss must be one of cross_entropy, or one of your own.*got \"focal\""):
        recipe_from({"loss": "focal"})


def test_identities_and_digests_without_them_are_as_they_were() -> None:
    assert LESSON.digest() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of nothing: {}
    usual = identity_for(LESSON, "cpu", PLAIN)
    assert identity_for(LESSON.with_field("loss", own("plain")), "cpu", PLAIN) != usual
    assert LESSON.with_field("loss", own("plain")).digest() != LESSON.digest()


@pytest.mark.parametrize("field", ["loss", "optimizer", "optimiser"])
def test_nobodys_code_runs_from_a_store_nor_from_a_page(field: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(f'{field} = "evil:run"\n', "utf-8")
    (tmp_path / "record.json").write_text("{}", "utf-8")
    with pytest.raises(ParibusError, match=r"names \"evil:run\", which is code"):
        refuse_code(path, False, RecipeProgram())
    body = {"factor": "learning_rate", "values": [0.1, 0.2], "settings": {field: "evil:run"}}
    with pytest.raises(ParibusError, match="must be built in"):
        read_order(body, False)
    with pytest.raises(ParibusError, match="must be built in"):
        read_order({"factor": field, "values": ["adam", "evil:run"]}, False)


def test_compared_from_end_to_end_and_known_again(digits: str, tmp_path: Path) -> None:
    settings = {"dataset": digits, **SMALL, "optimizer": own("Counting"), "epochs": 1}
    losses = ["cross_entropy", own("plain")]
    result = pb.compare("loss", losses, recipe="fair", settings=settings, seeds=1, out=tmp_path)
    assert [arm.runs[0].status for arm in result.comparison.arms] == ["finished", "finished"]
    assert len({arm.runs[0].figures["test_accuracy"] for arm in result.comparison.arms}) == 1
    refuse_code(result, False)  # this user's own command named it
    (result.folder / "seal").unlink()
    with pytest.raises(ParibusError, match="which is code"):
        refuse_code(result, False)
