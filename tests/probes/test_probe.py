"""`pb.Probe` in a training loop that is not ours."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import paribus as pb

DATA = torch.Generator().manual_seed(0)
X = torch.randn(60, 6, generator=DATA)
Y = (X[:, 0] > 0).long()
BATCH = (X[40:], Y[40:])


def network():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))


def train(model, optimizer, steps, after=lambda loss: None):
    """A plain script."""
    torch.manual_seed(2)
    for step in range(steps):
        model.train()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X[:40] + step), Y[:40])
        loss.backward()
        optimizer.step()
        after(loss)
        model.eval()
        model(X)  # as a validation between two updates


@pytest.fixture
def global_draws():
    """The tests' script draws from torch's global state, as scripts do."""
    with torch.random.fork_rng(devices=[]):
        yield


@pytest.mark.usefixtures("global_draws")
@pytest.mark.parametrize("curvature", [False, True])
def test_it_sees_a_script_and_changes_nothing_in_it(curvature):
    plain, watched = network(), network()
    losses = []
    train(
        plain,
        torch.optim.AdamW(plain.parameters(), weight_decay=0.3),
        12,
        lambda loss: losses.append(float(loss.detach())),
    )
    optimizer = torch.optim.AdamW(watched.parameters(), weight_decay=0.3)
    with pb.Probe(watched, optimizer, batch=BATCH, every=6, curvature=curvature) as probe:
        train(watched, optimizer, 12, probe.step)
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), watched.parameters(), strict=True))
    assert not watched._forward_pre_hooks
    assert not optimizer._optimizer_step_pre_hooks

    assert [seen.step for seen in probe.trace] == [0, 1, 4, 6, 9]
    assert [seen.loss for seen in probe.trace] == [losses[seen.step] for seen in probe.trace]
    assert [seen.step for seen in probe.trace if seen.sharpness is not None] == ([0, 6] if curvature else [])
    assert [seen.input_mean for seen in probe.trace] == pytest.approx(
        [float(X[:40].mean()) + s.step for s in probe.trace]
    )
    assert {(seen.learning_rate, seen.weight_decay, seen.decoupled) for seen in probe.trace} == {(1e-3, 0.3, True)}
    for seen in probe.trace:
        assert list(seen.layers) == ["0", "3"]
        assert seen.layers["0"].slope > 0
        assert seen.layers["3"].slope is None
        assert seen.output.classes == 2
    assert isinstance(probe.findings(), tuple)


@pytest.mark.usefixtures("global_draws")
def test_the_gradient_is_that_before_the_update_and_the_update_is_whole():
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=5.0)
    before = model[0].weight.detach().clone()
    with pb.Probe(model, optimizer) as probe:
        train(model, optimizer, 1, probe.step)
    layer = probe.trace[0].layers["0"]
    assert layer.gradient_norm == pytest.approx(float(model[0].weight.grad.norm()))
    assert layer.update_norm == pytest.approx(float((model[0].weight.detach() - before).norm()), rel=1e-5)
    assert layer.decay_pull == pytest.approx(5 * float(before.norm()))
    assert layer.slope is None  # nothing was given to look at
    assert probe.trace[0].output is None


@pytest.mark.usefixtures("global_draws")
def test_an_update_that_was_left_out_is_no_step_of_the_trace():
    """As a gradient scaler does where a gradient overflows."""
    model = network()
    with pb.Probe(model, torch.optim.SGD(model.parameters(), 0.1)) as probe:
        probe.step(1.0)
    assert probe.trace == ()
    assert probe.findings() == ()


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_every_is_a_count(every):
    model = network()
    with pytest.raises(pb.ParibusError, match="every must be a whole number, at least 1; got"):
        pb.Probe(model, torch.optim.SGD(model.parameters(), 0.1), every=every)


def test_a_step_outside_of_with_is_refused():
    model = network()
    probe = pb.Probe(model, torch.optim.SGD(model.parameters(), 0.1))
    with pytest.raises(pb.ParibusError, match="inside of `with"):
        probe.step(1.0)
