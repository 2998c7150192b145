"""Loops with a mistake that people write: each kind is named first."""

import pytest

from tests.diagnosis.loops.mistakes import MISTAKES, Mistake
from tests.diagnosis.loops.rarer import RARER

pytestmark = pytest.mark.usefixtures("global_draws")
SHORT = 150  # steps, which are enough for most


def first_of(mistake: Mistake, network: str, optimizer: str) -> str:
    loop = mistake.make(network, optimizer)
    loop.steps = min(loop.steps, SHORT) if loop.steps == 250 else loop.steps
    found = loop.run().findings()
    return found[0].name if found else "nothing"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_a_mistake_is_named_first(mistake: Mistake) -> None:
    """On the first of its networks, which is a small one."""
    assert first_of(mistake, *mistake.on[0]) in mistake.named


OTHERS = [(mistake, *pair) for mistake in MISTAKES for pair in mistake.on[1:]]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("mistake", "network", "optimizer"), OTHERS, ids=[f"{m.name}-{n}-{o}" for m, n, o in OTHERS])
def test_a_mistake_is_named_first_on_other_networks(mistake: Mistake, network: str, optimizer: str) -> None:
    assert first_of(mistake, network, optimizer) in mistake.named


@pytest.mark.parametrize("name", RARER)
def test_a_rarer_mistake_is_named_first(name: str) -> None:
    named, run = RARER[name]
    found = run().findings()
    assert [f.name for f in found[:1] if f.name in named], [f.name for f in found]
