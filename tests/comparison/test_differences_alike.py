"""Figures that the seed changes, in both arms alike: every seed agrees on the difference."""

import pytest

import paribus as pb
from paribus.comparison.judge import Judgement
from paribus.words.translation import translator

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
    assert (found.verdict, found.p_t) == ("equal", 1.0)


def test_figures_that_no_seed_changes_are_open():
    found = judged(0.05, (0.9,) * 6)
    assert (found.verdict, found.pair.reason) == ("open", "no_spread")


def test_what_floats_lose_is_not_written_out():
    assert "difference of 0.050 (95 % interval 0.050 to 0.050" in str(judged(0.05))
    unrounded = {k: x + 1e-13 * k for k, x in enumerate(SEEDS)}  # of which no last decimal is a resolution
    said = str(pb.judge({"a": unrounded, "b": {k: x + 1e-16 for k, x in unrounded.items()}}, metric="score:max"))
    assert said.startswith("Nothing differs: ")


def test_arms_that_are_bare_numbers_are_named_with_the_factor():
    words = translator("en")
    assert [words.arm_label(name, "width", name) for name in ("2", "1e-3", "true", "deep")] == [
        "width=2",
        "width=1e-3",
        "width=true",
        "deep",
    ]
