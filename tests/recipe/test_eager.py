"""Optimisers without the compiler's wrappers: torch's own, bit for bit."""

import pytest
import torch
from torch import nn, optim

from paribus.programs.recipe.training.optimizers import eager

MADE = {
    "sgd": (optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "adam": (optim.Adam, {"lr": 0.01, "weight_decay": 0.01, "fused": True}),
    "adamw": (optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}),
    "rmsprop": (optim.RMSprop, {"lr": 0.01, "momentum": 0.5}),
}


def trained(kind, settings):
    """Weights and state after five steps, one of them after the state was taken out and put back."""
    torch.manual_seed(1)
    model = nn.Linear(5, 3)
    optimizer = kind(model.parameters(), **settings)
    for step in range(5):
        optimizer.zero_grad()
        model(torch.randn(4, 5)).square().sum().backward()
        optimizer.step()
        if step == 2:
            optimizer.load_state_dict(optimizer.state_dict())
    return [*model.parameters(), *(v for s in optimizer.state.values() for v in s.values() if torch.is_tensor(v))]


@pytest.mark.parametrize("name", MADE)
def test_steps_are_torchs_own(name):
    kind, settings = MADE[name]
    ours, theirs = trained(eager(kind), settings), trained(kind, settings)
    assert len(ours) == len(theirs)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_it_is_the_same_class_to_who_looks():
    made = eager(optim.Adam)([nn.Parameter(torch.zeros(1))])
    assert isinstance(made, optim.Adam)
    assert type(made).__name__ == "Adam"
    seen = []
    made.register_step_post_hook(lambda *_: seen.append(1))
    made.step()
    assert seen == [1]


def test_gradients_are_not_followed_through_a_step_and_are_followed_after_it():
    weight = nn.Parameter(torch.ones(2))
    weight.grad = torch.ones(2)
    optimizer = eager(optim.SGD)([weight], lr=0.5)
    optimizer.step()
    assert weight.tolist() == [0.5, 0.5]
    assert weight.is_leaf
    assert torch.is_grad_enabled()
