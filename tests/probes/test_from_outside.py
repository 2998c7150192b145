"""A loop that knows of no probe: its mistakes are named with their line, healthy ones are left alone, to the bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paribus.diagnosis.findings import findings_of
from paribus.probes.from_outside import OutsideProbe
from paribus.probes.own_loop import Probe
from tests.diagnosis.loops.mistaken import plain
from tests.programs.function.loops_unwatched import BY_NAME, run

PARTS = "tests/diagnosis/loops/parts.py"
NAMED = [
    ("zero_grad forgotten", "loss.backward()"),
    ("zero_grad between", "optimizer.step()"),
    ("step forgotten", "loss.backward()"),
    ("softmax, cross entropy", "loss.backward()"),
    ("another model's optimiser", "torch.optim.SGD("),
    ("held out shifted", "model(x)"),
    ("evaluation mode, dropout", "model(x)"),
]


@pytest.fixture(autouse=True)
def global_draws() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize(("mistake", "line"), NAMED, ids=[name for name, _ in NAMED])
def test_a_mistake_is_named_first_with_its_line(mistake: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME[mistake]
    with OutsideProbe(every=25) as probe:
        loop = kind.make(*kind.on[0])
        loop.evaluate = lambda model, data: loop.held_out()
        run(loop, 60, monkeypatch)
    found = findings_of(probe.trace)
    assert found[0].name in kind.named
    file, _, number = found[0].place.rpartition(":")
    assert Path(file).name == "parts.py"
    assert line in Path(__file__).parents[2].joinpath(PARTS).read_text().splitlines()[int(number) - 1]


def test_a_sound_loop_is_left_alone_and_makes_the_same_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(plain("mlp", "adam"), 120, monkeypatch)
    torch.manual_seed(0)
    with OutsideProbe(every=50) as probe:
        after = run(plain("mlp", "adam"), 120, monkeypatch)
    assert findings_of(probe.trace) == ()
    assert [step.step for step in probe.trace] == [0, 1, 4, 9, 19, 49, 50, 99, 100]
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert any(layer.dead is not None for layer in probe.trace[0].layers.values()), "activations were seen"


def test_two_networks_that_are_trained_side_by_side_leave_no_trace() -> None:
    with OutsideProbe() as probe:
        one, other = nn.Linear(3, 3), nn.Linear(3, 2)
        optimizer = torch.optim.SGD([*one.parameters(), *other.parameters()], 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            other(one(torch.randn(5, 3))).sum().backward()
            optimizer.step()
    assert probe.trace == ()


class Remembering(nn.Module):
    """A network that keeps what it saw, in a list and as an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.state, self.seen = nn.Linear(3, 3), torch.zeros(3), [0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.state, self.seen[0] = 0.5 * self.state + x.detach().mean(0), self.seen[0] + 1
        return self.layer(x) + self.state


def test_what_a_network_remembers_is_what_the_loop_gave_it() -> None:
    model = Remembering()
    with OutsideProbe() as probe:
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        expected = torch.zeros(3)
        for _ in range(12):
            x = torch.randn(8, 3)
            expected = 0.5 * expected + x.mean(0)
            optimizer.zero_grad()
            F.mse_loss(model(x), x).backward()
            optimizer.step()
    assert len(probe.trace) == 4
    torch.testing.assert_close(model.state, expected)
    assert model.seen == [12]


def test_an_error_in_watching_ends_the_watching_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paribus.probes.own_loop.Probe.step", lambda self, loss: 1 / 0)
    weights = run(plain("mlp", "sgd"), 3, monkeypatch)
    torch.manual_seed(0)
    with OutsideProbe() as probe:
        same = run(plain("mlp", "sgd"), 3, monkeypatch)
    assert probe.trace == ()
    assert all(torch.equal(weights[name], same[name]) for name in weights)


def test_a_step_that_computes_its_gradient_from_a_closure_is_seen_alike() -> None:
    def traced(of_closure: bool) -> list[tuple[float, float | None, float | None]]:
        torch.manual_seed(0)
        model, x = nn.Linear(4, 2), torch.randn(60, 4)
        y = (x[:, 0] > 0).long()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.1)
            return loss

        with Probe(model, optimizer) as probe:
            for _ in range(6):
                if of_closure:
                    loss = optimizer.step(closure)
                else:
                    loss = closure()
                    optimizer.step()
                probe.step(loss)
        seen = [(next(iter(step.layers.values())), step.loop) for step in probe.trace]
        return [(layer.gradient_norm, loop.clipped, loop.leftover) for layer, loop in seen if loop is not None]

    assert len(traced(True)) == 3
    assert traced(True) == traced(False)


def test_of_networks_that_are_trained_one_after_the_other_the_first_is_watched() -> None:
    with OutsideProbe() as probe:
        for _ in range(3):
            model = nn.Linear(4, 2)
            optimizer = torch.optim.SGD(model.parameters(), 0.1)
            for _ in range(25):
                F.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 2, (8,))).backward()
                optimizer.step()
    assert [step.step for step in probe.trace] == [0, 1, 4, 9, 19]
    assert findings_of(probe.trace)[0].name == "gradients_piled_up"


def test_a_loop_with_a_probe_of_its_own_is_seen_by_that_one() -> None:
    x = torch.randn(40, 4)
    y, entered = (x[:, 0] > 0).long(), Probe.__enter__
    with OutsideProbe() as outside:
        model = nn.Linear(4, 2)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with Probe(model, optimizer, batch=(x[30:], y[30:])) as probe:
            for _ in range(6):
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x[:30]), y[:30])
                loss.backward()
                optimizer.step()
                probe.step(loss)
    assert outside.trace == probe.trace
    assert [step.output is not None for step in outside.trace] == [True] * 3
    assert Probe.__enter__ is entered, "taken back"
