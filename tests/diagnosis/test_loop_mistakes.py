"""Loops that people write: mistakes are named first, and healthy ones give no finding above weak."""

import pytest
import torch

from tests.diagnosis.loops.healthy import HEALTHY, Healthy
from tests.diagnosis.loops.mistakes import MISTAKES, Mistake
from tests.diagnosis.loops.rarer import RARER
from tests.diagnosis.loops.sound_rarer import SOUND

SHORT = 150  # steps, which are enough for most
QUICK = ("", "mlp")  # networks of which a loop takes a third of a second
FEW = (
    "MLP, SGD",
    "CNN, dropout 0.5",
    "batch norm, evaluated",
    "attention by hand",
    "log_softmax, nll",
    "class weights",
    "sum, rate made for it",
    "even: sigmoid and BCE",
    "numbers: half a square",
    "autoencoder, tied",
    "gradients gathered inside",
    "lower layer frozen",
    "two tasks",
    "adversarial, one side",
    "adversarial, both",
    "loss told as a number",
)


@pytest.fixture(autouse=True)
def global_draws():
    """Loops draw from torch's global state, as scripts do."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def first_of(mistake: Mistake, network: str, optimizer: str) -> str:
    loop = mistake.make(network, optimizer)
    loop.steps = min(loop.steps, SHORT) if loop.steps == 250 else loop.steps
    found = loop.run().findings()
    return found[0].name if found else "nothing"


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.on[0][0] in QUICK], ids=lambda m: m.name)
def test_a_mistake_is_named_first(mistake: Mistake) -> None:
    assert first_of(mistake, *mistake.on[0]) in mistake.named


# On one of the others those that have no quick one, and each third of the rest; `benchmarks/loop_mistakes.py` runs all.
SLOWER = [(m, m.on[m.on[0][0] in QUICK :]) for m in MISTAKES]
OTHERS = [
    (m, *pairs[place % len(pairs)])
    for place, (m, pairs) in enumerate(SLOWER)
    if pairs and (place % 3 == 0 or m.on[0][0] not in QUICK)
]


@pytest.mark.slow
@pytest.mark.parametrize(("mistake", "network", "optimizer"), OTHERS, ids=[f"{m.name}-{n}-{o}" for m, n, o in OTHERS])
def test_a_mistake_is_named_first_on_other_networks(mistake: Mistake, network: str, optimizer: str) -> None:
    assert first_of(mistake, network, optimizer) in mistake.named


@pytest.mark.parametrize("loop", [h for h in HEALTHY if h.name in FEW], ids=lambda h: h.name)
def test_a_healthy_loop_is_left_alone(loop: Healthy) -> None:
    assert loop.probe().findings() == ()


@pytest.mark.parametrize("name", RARER)
def test_a_rarer_mistake_is_named_first(name: str) -> None:
    named, run = RARER[name]
    found = run().findings()
    assert [f.name for f in found[:1] if f.name in named], [f.name for f in found]


@pytest.mark.parametrize("name", SOUND)
def test_nothing_above_weak_is_found_in_a_healthy_loop_of_a_rarer_kind(name: str) -> None:
    assert [f.name for f in SOUND[name]().findings() if f.strength != "weak"] == []


# Of the slower ones on digits every sixth; `benchmarks/loop_mistakes.py` runs all of these too.
@pytest.mark.slow
@pytest.mark.parametrize("loop", [h for h in HEALTHY if h.name not in FEW][::6], ids=lambda h: h.name)
def test_nothing_above_weak_is_found_in_a_healthy_loop(loop: Healthy) -> None:
    assert [f.name for f in loop.probe().findings() if f.strength != "weak"] == []


def test_there_are_enough_healthy_loops() -> None:
    assert len({loop.name for loop in HEALTHY}) == len(HEALTHY) >= 50
