"""Mends in place: a spoilt loop that is mended makes the sound loop's very steps, and torch is as it was afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import optimizer as of_optimizers
from torch.overrides import _get_current_function_mode_stack
from torch.utils.data import DataLoader, TensorDataset

from paribus.diagnosis.findings import rule_of
from paribus.programs.function.mending import mended
from paribus.programs.function.mending.apply import ACTING
from paribus.programs.mends import MENDS, PREFIX
from tests.diagnosis.loops.mistaken import clip_norm, plain
from tests.diagnosis.loops.parts import Loop, digits, mlp
from tests.programs.function.loops_unwatched import BY_NAME, run

STEPS = 12


@pytest.fixture(autouse=True)
def global_draws() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        yield


def made(how: Callable[[], Loop]) -> Loop:
    torch.manual_seed(0)
    return how()


# A mistake, what mends it, and the optimiser.
SAME = [
    ("zero_grad forgotten", "clear_gradients", "sgd"),
    ("zero_grad forgotten, clipped", "clear_gradients", "momentum"),
    ("zero_grad between", "keep_gradients", "adam"),
    ("step forgotten", "step_taken", "sgd"),
    ("softmax, cross entropy", "loss_of_logits", "sgd"),
    ("sigmoid, cross entropy", "loss_of_logits", "adam"),
    ("tanh, cross entropy", "loss_of_logits", "sgd"),
    ("softmax, nll", "log_probabilities", "sgd"),
    ("logits, nll", "log_probabilities", "sgd"),
    ("softmax, squared", "cross_entropy", "sgd"),
    ("layers missing", "all_parameters", "adam"),
    ("another model's optimiser", "all_parameters", "sgd"),
    ("schedule each batch", "constant_rate", "momentum"),
    ("gradient ascent", "descent", "sgd"),
    ("minus before backward", "descent", "adam"),
    ("maximize", "descent", "sgd"),
    ("sum, cross entropy", "mean_loss", "sgd"),
    ("clipped by norm", "no_clip", "sgd"),
    ("clipped by value", "no_clip", "sgd"),
    ("loss's softmax over batch", "softmax_over_classes", "sgd"),
    ("optimiser made anew", "one_optimizer", "adam"),
    ("softmax in the loss", "loss_of_logits", "sgd"),
    ("softmax in the likelihood", "log_probabilities", "sgd"),
]


@pytest.mark.parametrize(("mistake", "mend", "optimizer"), SAME, ids=[f"{m}-{mend}" for m, mend, _ in SAME])
def test_a_mended_loop_makes_the_sound_loops_steps(
    mistake: str, mend: str, optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = made(lambda: plain("mlp", optimizer))
    if mistake == "zero_grad forgotten, clipped":
        sound.before_step = clip_norm(1.0)
    right = run(sound, STEPS, monkeypatch)
    wrong = run(made(lambda: BY_NAME[mistake].make("mlp", optimizer)), STEPS, monkeypatch)
    with mended({mend: True}, 0) as hits:
        same = run(made(lambda: BY_NAME[mistake].make("mlp", optimizer)), STEPS, monkeypatch)
    assert hits[mend] > 0
    assert list(right) == list(same)
    for name, weight in right.items():
        torch.testing.assert_close(same[name], weight, rtol=1e-3, atol=1e-5)
    assert any(float((wrong[name] - weight).abs().max()) > 1e-3 for name, weight in right.items())


@pytest.mark.parametrize("mend", sorted(set(ACTING) - {"learning_rate", "clip", "standard_inputs", "usual_weights"}))
def test_a_mend_that_is_not_needed_is_not_hit_and_changes_no_bit(mend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(made(lambda: plain("mlp", "momentum")), 4, monkeypatch)
    with mended({mend: True}, 0) as hits:
        after = run(made(lambda: plain("mlp", "momentum")), 4, monkeypatch)
    if mend in ("descent", "mean_loss", "step_taken"):  # they turn what is right into what is wrong
        assert hits[mend] > 0
    else:
        assert hits[mend] == 0
        assert all(torch.equal(before[name], after[name]) for name in before)


PATCHED: list[tuple[Any, str]] = [
    (torch.autograd, "backward"),
    (torch.optim.Optimizer, "__init__"),
    (torch.optim.Optimizer, "zero_grad"),
    (nn.Module, "__call__"),
    (nn.Module, "zero_grad"),
    (nn.utils, "clip_grad_norm_"),
    (nn.utils.clip_grad, "clip_grad_value_"),
    (DataLoader, "__init__"),
]


def test_all_is_taken_back_also_after_an_error() -> None:
    before = [vars(owner)[name] for owner, name in PATCHED]
    hooks = of_optimizers._global_optimizer_pre_hooks, of_optimizers._global_optimizer_post_hooks
    modules = nn.modules.module._global_forward_pre_hooks
    counts = [len(one) for one in (*hooks, modules)]
    context = mended(dict.fromkeys(ACTING, True), 0)
    context.__enter__()
    assert all(vars(owner)[name] is not was for (owner, name), was in zip(PATCHED, before, strict=True))
    assert not context.__exit__(ValueError, ValueError("of the loop"), None)
    assert [vars(owner)[name] for owner, name in PATCHED] == before
    assert [len(one) for one in (*hooks, modules)] == counts
    assert _get_current_function_mode_stack() == []


def test_settings_of_an_optimiser_are_its_own_again_after_each_step() -> None:
    weight = nn.Parameter(torch.ones(3))
    with mended({"learning_rate": 10.0, "no_decay": True}, 0) as hits:
        optimizer = torch.optim.SGD([weight], 0.01, weight_decay=0.5)
        weight.grad = torch.ones(3)
        optimizer.step()
        assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["weight_decay"]) == (0.01, 0.5)
    torch.testing.assert_close(weight.detach(), torch.full((3,), 0.9))
    assert hits == {"learning_rate": 1, "no_decay": 1}


def test_modes_are_those_of_the_loop_again_after_each_call() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    x = torch.ones(50, 2)
    with mended({"train_mode": True, "eval_mode": True}, 0) as hits:
        model.eval()
        assert bool((model(x) == 0).any()), "dropped with gradients"
        assert not model.training
        model.train()
        with torch.no_grad():
            assert not bool((model(x) == 0).any()), "nothing is dropped without"
        assert model[1].training
    assert hits == {"train_mode": 1, "eval_mode": 1}


def test_inputs_get_mean_and_deviation() -> None:
    seen: list[torch.Tensor] = []
    model = nn.Linear(4, 2)
    model.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    x = torch.rand(200, 4) * 255
    with mended({"standard_inputs": True}, 0):
        model(x)
    torch.testing.assert_close(seen[-1], (x - x.mean()) / x.std(correction=0))
    with mended({"alike_inputs": True}, 0), torch.no_grad():
        with torch.enable_grad():
            model(x / 255)
        model(x)
    torch.testing.assert_close(seen[-1], x / 255, rtol=1e-3, atol=1e-3)


def test_a_loader_in_order_is_shuffled_by_draws_of_its_own() -> None:
    def order(**options: Any) -> list[int]:
        return [int(row) for (rows,) in DataLoader(TensorDataset(torch.arange(50)), 10, **options) for row in rows]

    torch.manual_seed(0)
    with mended({"shuffle": True}, 0) as hits:
        before = torch.get_rng_state()
        DataLoader(TensorDataset(torch.arange(50)), 10)
        assert torch.equal(torch.get_rng_state(), before)
        drawn = order()
        assert hits["shuffle"] == 2
        order(shuffle=True)
        assert hits["shuffle"] == 2, "it was shuffled"
    assert sorted(drawn) == order() == list(range(50)) != drawn


def test_first_weights_are_those_of_the_layers_kind() -> None:
    with mended({"usual_weights": True}, 0):
        model = mlp()
        for p in model.parameters():
            nn.init.zeros_(p)
        model(digits().x[:5])
        first = [p.clone() for p in model.parameters()]
        model(digits().x[:5])
    assert all(bool(p.any()) for p in first)
    assert all(torch.equal(a, b) for a, b in zip(first, model.parameters(), strict=True)), "once"


def test_targets_get_the_outputs_shape_and_a_softmax_between_layers_is_relu() -> None:
    outputs, targets = torch.randn(6, 1), torch.randn(6)
    with mended({"target_shape": True}, 0):
        seen = F.mse_loss(outputs, targets)
    torch.testing.assert_close(seen, (outputs[:, 0] - targets).square().mean())
    layer, z = nn.Linear(3, 2), torch.randn(5, 3)
    with mended({"relu_between": True}, 0):
        answers = layer(z.softmax(1))
    torch.testing.assert_close(answers, layer(z.relu()))


def test_dropout_is_off_and_gradients_are_clipped() -> None:
    x = torch.ones(1000)
    with mended({"no_dropout": True}, 0):
        assert torch.equal(F.dropout(x, 0.5), x)
    weight = nn.Parameter(torch.zeros(2))
    with mended({"clip": True}, 0):
        optimizer = torch.optim.SGD([weight], 1.0)
        weight.grad = torch.tensor([30.0, 40.0])
        optimizer.step()
    torch.testing.assert_close(weight.detach(), torch.tensor([-0.6, -0.8]))


def test_the_table_says_what_there_is() -> None:
    assert {mend.removeprefix(PREFIX) for mend in MENDS} == set(ACTING)
    assert [name for mend in MENDS.values() for name in mend.findings if rule_of(name) is None] == []
