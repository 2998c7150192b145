"""Healthy loops that people write: no finding above weak, and hardly a weak one."""

import pytest

from tests.diagnosis.loops.healthy import HEALTHY, Healthy
from tests.diagnosis.loops.sound_rarer import SOUND

pytestmark = pytest.mark.usefixtures("global_draws")
FEW = (  # of each kind a quick one
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


@pytest.mark.parametrize("loop", [h for h in HEALTHY if h.name in FEW], ids=lambda h: h.name)
def test_a_healthy_loop_is_left_alone(loop: Healthy) -> None:
    assert loop.probe().findings() == ()


@pytest.mark.parametrize("name", SOUND)
def test_nothing_above_weak_is_found_in_a_healthy_loop_of_a_rarer_kind(name: str) -> None:
    assert [f.name for f in SOUND[name]().findings() if f.strength != "weak"] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("loop", [h for h in HEALTHY if h.name not in FEW], ids=lambda h: h.name)
def test_nothing_above_weak_is_found_in_a_healthy_loop(loop: Healthy) -> None:
    assert [f.name for f in loop.probe().findings() if f.strength != "weak"] == []


def test_there_are_enough_healthy_loops() -> None:
    assert len({loop.name for loop in HEALTHY}) == len(HEALTHY) >= 50
