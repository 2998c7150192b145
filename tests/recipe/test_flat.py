"""Parameters in one buffer: the same training, in fewer operations."""

import torch
import torch.nn.functional as F
from torch import nn

from paribus.programs.recipe.models import LeNet
from paribus.programs.recipe.training.optimizers import flatten, zero


def test_parameters_and_gradients_become_views_of_one():
    model = LeNet(image_size=(12, 12), classes=3)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    (whole,) = flatten(model)
    assert whole.numel() == sum(p.numel() for p in before.values())
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name])
    with torch.no_grad():
        whole.add_(1.0)
    assert all(torch.equal(p, before[name] + 1) for name, p in model.named_parameters())


def test_gradients_are_those_of_separate_parameters_and_zeroing_empties_them():
    flat, apart = LeNet(image_size=(12, 12), classes=3), LeNet(image_size=(12, 12), classes=3)
    apart.load_state_dict(flat.state_dict())
    (whole,) = flatten(flat)
    x, y = torch.randn(5, 1, 12, 12, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 0, 1])
    for _ in range(2):
        zero([whole])
        for model in (flat, apart):
            model.zero_grad() if model is apart else None
            F.cross_entropy(model(x), y).backward()
    expected = torch.cat([p.grad.reshape(-1) for p in apart.parameters()])
    assert torch.equal(whole.grad, expected)
    zero([whole])
    assert not whole.grad.any()
    assert not flat.conv1.weight.grad.any()


def test_loading_weights_keeps_the_views():
    model = LeNet(image_size=(12, 12), classes=3)
    (whole,) = flatten(model)
    model.load_state_dict({name: torch.zeros_like(p) for name, p in model.state_dict().items()})
    assert not whole.any()


def test_parameters_of_different_types_stay_apart():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double())
    assert flatten(model) == list(model.parameters())
