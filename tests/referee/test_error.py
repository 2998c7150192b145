"""The error of a loop: levels computed by hand, what must not change a decision, worked tries, and idle loops."""

import math
from dataclasses import replace

import numpy as np
import pytest

from paribus.core.seeds import generator
from paribus.referee.keep_rule import LoopError, Past, Try, decide, gain_of, least_pairs, level, share

KNOWN = LoopError(baseline=(1.0, 2.0, 3.0, 1.5, 2.5), most_pairs=40)
KEPT, TESTED, SCREENED = Past("keep", True, ()), Past("open", True, ()), Past("discard", False, ())


def test_the_shares_of_all_tests_add_up_to_one():
    assert share(1) == pytest.approx(20 / (20 * 21))
    assert share(2) == pytest.approx(20 / (21 * 22))
    assert sum(share(k) for k in range(1, 20_001)) == pytest.approx(1 - 20 / 20_020)  # the sum telescopes


def test_tries_said_beforehand_share_all_of_the_error():
    assert share(1, 20) == pytest.approx(5 / (5 * 6) * 25 / 20)
    assert sum(share(k, 20) for k in range(1, 21)) == pytest.approx(1)
    assert share(21, 20) == 0
    assert sum(share(k, 1) for k in range(1, 3)) == pytest.approx(1)


def test_a_level_is_the_next_share_times_one_more_than_were_kept():
    assert level(KNOWN, []) == pytest.approx(0.05 / 21)
    assert level(KNOWN, [SCREENED] * 7) == level(KNOWN, [])  # what was screened out has spent nothing
    assert level(KNOWN, [TESTED, SCREENED]) == pytest.approx(0.05 * 20 / (21 * 22))
    assert level(KNOWN, [TESTED, KEPT, KEPT]) == pytest.approx(3 * 0.05 * 20 / (23 * 24))
    assert level(replace(KNOWN, tries=2), [TESTED, TESTED]) == 0


def test_the_fewest_pairs_screen_one_and_reach_the_level_by_halves():
    assert least_pairs(KNOWN, []) == 1 + 9  # 2^-9 < 0.05 / 21 < 2^-8
    assert least_pairs(replace(KNOWN, tries=1), [TESTED]) == math.inf
    assert decide(replace(KNOWN, most_pairs=10), [], [9.0] * 10).do == "keep"
    assert decide(replace(KNOWN, most_pairs=9), [], [9.0] * 9).do == "open"


@pytest.mark.parametrize(
    ("gains", "do", "reason", "used"),
    [
        ([], "run", "first", 0),
        ([0.1], "run", "screening", 1),
        ([-3.0], "discard", "no_promise", 1),
        ([-math.inf], "discard", "fails", 1),
        ([0.5, -math.inf], "discard", "no_promise", 2),
        ([3.0, 3.0], "run", "testing", 2),
        ([3.0, -3.0, -3.0], "discard", "lost_promise", 3),
        ([math.nan] * 4, "discard", "no_promise", 3),
        ([0.0] * 4, "discard", "no_promise", 3),
        ([3.0] * 40, "keep", "shown", 14),
        ([math.inf] * 40, "keep", "shown", 14),
    ],
)
def test_worked_tries(gains, do, reason, used):
    step = decide(KNOWN, [], gains)
    assert (step.do, step.reason, step.used) == (do, reason, used)
    assert step.pairs == (1 if do == "run" else 0)


def test_what_earlier_edits_were_worth_does_not_count():
    """A large gain that was kept, or a large harm, would else be taken for luck, and hide what is smaller."""
    draw = generator(2, "gains")
    earlier = [
        Past("keep", True, tuple(draw.standard_normal(6))),
        Past("discard", False, tuple(draw.standard_normal(2))),
    ]
    moved = [replace(p, gains=tuple(g + far for g in p.gains)) for p, far in zip(earlier, (40.0, -90.0), strict=True)]
    gains = list(draw.standard_normal(30) + 1.5)
    for n in range(31):
        assert decide(KNOWN, moved, gains[:n]) == decide(KNOWN, earlier, gains[:n])


def test_what_came_after_the_decision_does_not_count():
    gains = [3.0] * 14
    assert replace(decide(KNOWN, [], [*gains, -50.0]), gain=0, low=0, high=0) == replace(
        decide(KNOWN, [], gains), gain=0, low=0, high=0
    )


def test_the_unit_of_the_metric_does_not_count():
    draw = generator(1, "gains")
    gains = list(draw.standard_normal(30) + 1.5)
    small = replace(KNOWN, baseline=tuple(x / 1000 for x in KNOWN.baseline))
    ours = [decide(KNOWN, [], gains[:n]) for n in range(31)]
    theirs = [decide(small, [], [g / 1000 for g in gains[:n]]) for n in range(31)]
    assert [(s.do, s.used, s.reason) for s in ours] == [(s.do, s.used, s.reason) for s in theirs]
    assert [s.do for s in ours].count("keep") > 0


def test_not_worse_is_a_gain_over_the_loss_that_is_accepted():
    settings = replace(KNOWN, keep_if="not_worse", margin=3.0)
    assert decide(settings, [], [0.0] * 20).do == "keep"
    assert decide(settings, [], [-3.0] * 20).do == "discard"
    assert decide(settings, [], [-6.0] * 20).used == 1


def test_the_interval_is_over_the_pairs_with_figures():
    step = decide(KNOWN, [], [3.0, math.inf, 4.0, 3.5, math.nan, 3.2, 3.1, 3.6])
    assert step.gain == pytest.approx(np.mean([3.0, 4.0, 3.5, 3.2, 3.1, 3.6]))
    assert step.low < step.gain < step.high
    assert decide(KNOWN, [], [math.inf]).gain is None
    assert decide(KNOWN, [], [3.0, 4.0]).low is None  # two pairs bound nothing


@pytest.mark.parametrize(
    ("baseline", "candidate", "direction", "gain"),
    [(1.0, 3.0, "max", 2.0), (1.0, 3.0, "min", -2.0), (None, 1.0, "min", math.inf), (1.0, math.inf, "min", -math.inf)],
)
def test_a_gain_is_turned_so_that_more_is_better(baseline, candidate, direction, gain):
    assert gain_of(baseline, candidate, direction) == gain


def test_of_two_failed_runs_neither_is_better():
    assert math.isnan(gain_of(None, math.nan, "max"))


@pytest.mark.parametrize("law", ["normal", "collapse", "steps"])
def test_idle_loops_seldom_keep_anything(law):
    kept, tests, pairs = 0, 0, []
    for number in range(30):
        draw, past = generator(number, law), []
        for _ in range(100):
            going, gains = Try(KNOWN, past), []
            while going.answer is None:
                two = draw.standard_normal(2)
                if law == "collapse":
                    two = np.where(draw.random(2) < 0.05, -50.0, two)
                gains.append(float(np.subtract(*(np.round(two) if law == "steps" else two))))
                going.add(gains[-1])
            past.append(Past(going.answer, going.test is not None, tuple(gains)))
            pairs.append(going.used)
        kept += any(one.answer == "keep" for one in past)
        tests += sum(one.tested for one in past)
    assert kept <= 4  # of 30, at 0.05 or less: 5 or more have a chance below 2 %
    assert tests < 1000
    assert np.median(pairs) <= 3


def test_half_of_the_edits_that_are_worth_two_deviations_and_more_are_kept():
    draw, past = generator(3, "real"), []
    for number in range(40):
        going, gains = Try(KNOWN, past), []
        while going.answer is None:
            gains.append(float(draw.standard_normal() * math.sqrt(2) + (2.0 if number % 4 == 0 else 0.0)))
            going.add(gains[-1])
        past.append(Past(going.answer, going.test is not None, tuple(gains)))
    assert sum(one.answer == "keep" for one in past[::4]) >= 8
    assert not any(one.answer == "keep" for place, one in enumerate(past) if place % 4)


def test_a_small_gain_that_every_seed_has_is_measured_by_its_own_spread():
    steady = [0.3, 0.31, 0.3, 0.29]  # beside figures that are 0.5 to 2 apart
    assert decide(KNOWN, [], steady).do == "run"
    assert decide(KNOWN, [], steady * 10).do == "keep"
    assert decide(KNOWN, [], [*steady[:3], -0.01, 0.3, 0.3]).do == "discard"  # not better in all
    assert decide(KNOWN, [], [0.01, 1.4, 0.01, 0.01, 0.01, 0.01]).do == "discard"  # one lucky pair
    assert decide(KNOWN, [], [*steady, -0.3, 0.3, -0.31, -0.29, -0.3]).do == "discard"
