"""`pb.Probe` in a training loop that is not ours."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import paribus as pb
from paribus.diagnosis.words.findings import finding_label

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


@pytest.mark.usefixtures("global_draws")
def test_several_optimisers_are_a_list_and_each_moves_its_own():
    model = network()
    pair = [torch.optim.SGD(model[0].parameters(), 0.1), torch.optim.Adam(model[3].parameters(), 0.01)]
    with pb.Probe(model, pair, batch=BATCH) as probe:
        for _ in range(3):
            for optimizer in pair:
                optimizer.zero_grad()
            loss = F.cross_entropy(model(X[:40]), Y[:40])
            loss.backward()
            before = [layer.weight.detach().clone() for layer in (model[0], model[3])]
            for optimizer in pair:
                optimizer.step()
            probe.step(loss)
    after = [layer.weight.detach() for layer in (model[0], model[3])]
    model_moved = [float((a - b).norm()) for a, b in zip(after, before, strict=True)]
    assert [s.step for s in probe.trace] == [0, 1]
    assert all(move > 0 for move in model_moved)
    loop = probe.trace[-1].loop
    assert (loop.held, loop.own, loop.missing, loop.leftover) == (1.0, 1.0, (), 0.0)
    with pytest.raises(pb.ParibusError, match="a list of at least one"):
        pb.Probe(model, [])


@pytest.mark.usefixtures("global_draws")
def test_the_loss_the_labels_and_the_clipping_are_seen_without_being_told():
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pb.Probe(model, optimizer, batch=BATCH) as probe:
        loss = F.cross_entropy(model(X[:40]), Y[:40])
        loss.backward()
        raw = torch.stack([layer.weight.grad.norm() for layer in (model[0], model[3])]).norm()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
        left = torch.stack([layer.weight.grad.norm() for layer in (model[0], model[3])]).norm()
        optimizer.step()
        probe.step(float(loss.detach()))
    seen = probe.trace[0]
    ones = float(Y[:40].double().mean())
    assert seen.label_entropy == pytest.approx(-ones * math.log(ones) - (1 - ones) * math.log(1 - ones))
    assert seen.batch_size == 40
    assert seen.loop.loss.kind == "cross_entropy"
    assert seen.loop.loss.value == pytest.approx(float(loss.detach()), rel=1e-5)
    assert seen.loop.clipped == pytest.approx(float(left / raw), rel=1e-4)
    assert seen.loop.along == pytest.approx(-1, abs=1e-5)


@pytest.mark.usefixtures("global_draws")
def test_figures_of_epochs_reach_the_rules_and_are_checked():
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pb.Probe(model, optimizer, batch=BATCH) as probe:
        train(model, optimizer, 2, probe.step)
        probe.epoch(train=0.99, val={"accuracy": 0.6, "loss": 0.5})
    assert ("overfitting", "strong") in [(f.name, f.strength) for f in probe.findings()]
    assert "Overfitting (strong)." in probe.report()
    assert finding_label("overfitting", "ko") in probe.report("ko")
    with pytest.raises(pb.ParibusError, match="one of accuracy, loss"):
        probe.epoch(val={"f1": 0.5})


@pytest.mark.usefixtures("global_draws")
def test_a_step_that_is_never_made_is_a_finding():
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pb.Probe(model, optimizer, batch=BATCH) as probe:
        for _ in range(12):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(X[:40]), Y[:40])
            loss.backward()
            probe.step(loss)
    assert [f.name for f in probe.findings()] == ["no_update"]
