import pytest
import torch
from torch import nn

from paribus.probes import Probe, Sampling
from paribus.programs.recipe.models.built_in.lenet import LeNet
from paribus.records.trace import StepTrace


def dropout_seen(model: nn.Module) -> float | None:
    seen: list[StepTrace] = []
    probe = Probe(model, torch.optim.SGD(model.parameters(), 0.1), Sampling({0}), seen.append)
    probe.after_backward(0)
    probe.after_step(0)
    return seen[0].dropout


@pytest.mark.parametrize("p", [0.0, 0.95])
def test_the_networks_own_dropout(p: float) -> None:
    assert dropout_seen(LeNet(dropout=p)) == p


def test_the_largest_of_a_users_dropouts() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.2), nn.Linear(2, 2), nn.AlphaDropout(0.6))
    assert dropout_seen(model) == 0.6
    assert dropout_seen(nn.Sequential(nn.Linear(2, 2))) is None
