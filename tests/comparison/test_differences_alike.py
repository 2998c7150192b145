"""Figures that the seed changes, in both arms alike: every seed agrees on the difference."""

import pytest

import paribus as pb
from paribus.comparison.judge import Judgement

SEEDS = (0.9013, 0.8871, 0.9127, 0.8954, 0.9031, 0.9042)  # what a seed's luck makes of a run


def judged(shift: float, seeds: tuple[float, ...] = SEEDS) -> Judgement:
    return pb.judge({"a": dict(enumerate(seeds)), "b": {k: x + shift for k, x in enumerate(seeds)}}, metric="score:max")


@pytest.mark.parametrize(("shift", "better"), [(0.05, "b"), (-1e-3, "a")])
def test_a_difference_that_is_the_same_under_every_seed_is_established(shift, better):
    found = judged(shift)
    assert found.better == better
    assert found.p_t < 1e-6
    assert found.p_sign_flip == pytest.approx(2 / 2**6)


def test_the_same_figures_in_both_arms_are_no_difference():
    found = judged(0.0)
    assert (found.verdict, found.p_t) == ("open", 1.0)


def test_figures_that_no_seed_changes_are_open():
    found = judged(0.05, (0.9,) * 6)
    assert (found.verdict, found.pair.reason) == ("open", "no_spread")
