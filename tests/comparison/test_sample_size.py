"""`pb.power` against hand-worked numbers: levels of more arms and looks, pilots, what is refused, and the words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison import rule
from paribus.comparison.power import t_power
from paribus.comparison.sample_size import foreseen

PILOT = {
    "a": {0: 0.50, 1: 0.52, 2: 0.49, 3: 0.55, 4: 0.51, 5: 0.50},
    "b": {0: 0.61, 1: 0.64, 2: 0.57, 3: 0.60, 4: 0.66, 5: 0.59},
}


def test_how_many_seeds_find_a_difference() -> None:
    found = pb.power(spread=0.2, difference=0.3)
    n = found.seeds_for_difference.seeds  # type: ignore[union-attr]
    assert t_power(1.5, n, 0.035) >= 0.8 > t_power(1.5, n - 1, 0.035)
    assert found.row.seeds == n
    assert f"takes {n} seeds" in str(found)


def test_how_many_show_equality() -> None:
    found = pb.power(spread=0.05, margin=0.1)
    assert found.seeds_for_equality.seeds == 5  # type: ignore[union-attr] # as decision 2 has it
    drawn = np.random.default_rng(0).normal(0, 0.05, (20_000, 5))
    t = (0.1 - np.abs(drawn.mean(axis=1))) / (drawn.std(axis=1, ddof=1) / 5**0.5)
    assert np.mean(stats.t.sf(t, 4) <= 0.035) >= 0.79


def test_six_seeds_as_the_rule_decides_them() -> None:
    """The difference that six seeds are said to find four times in five, through the rule itself."""
    size = pb.power(seeds=6).row.difference
    drawn = np.random.default_rng(6).normal(size, 1, (20_000, 1, 6))
    full = np.full((20_000, 1), 6)
    seen = rule.evidence(drawn, full, full, margin=0.0, metric=pb.judge(PILOT, resolution=1e-9).comparison.metric)
    found = np.mean(rule.decide(seen, rule.look_level(1)).verdict == "b_better")
    assert 0.8 - 0.02 - 4 * 0.003 < found < 0.8 + 4 * 0.003  # where a tail is seen by chance, the rule asks for more


def test_more_arms_and_later_looks_need_more() -> None:
    assert pb.power(arms=3, look=2).level == pytest.approx(0.006 / 3)
    needed = [
        pb.power(spread=1, difference=1, **more).seeds_for_difference.seeds  # type: ignore[union-attr, arg-type]
        for more in ({}, {"arms": 3}, {"arms": 5}, {"look": 2}, {"look": 3}, {"paired": False})
    ]
    assert needed[0] < needed[1] < needed[2]  # type: ignore[operator]
    assert needed[0] < needed[3] < needed[4]  # type: ignore[operator]
    assert needed[5] > needed[0]  # type: ignore[operator]


def test_a_pilot_has_a_spread_and_says_how_uncertain_it_is() -> None:
    judged = pb.judge(PILOT, metric="loss:min")
    found = pb.power(judged, difference=0.02)
    differences = np.array(judged.pair.differences)
    spread = differences.std(ddof=1)
    assert found.spread is not None
    assert found.spread.size == pytest.approx(spread)
    ends = [spread * math.sqrt(5 / stats.chi2.ppf(p, 5)) for p in (0.975, 0.025)]
    assert (found.spread.low, found.spread.high) == pytest.approx(ends)
    needed = found.seeds_for_difference
    assert needed.low < needed.seeds < needed.high  # type: ignore[union-attr, operator]
    assert found == pb.power(PILOT, metric="loss:min", difference=0.02)
    assert "95 % interval" in found.words()
    assert "95% 신뢰구간" in found.words("ko")
    json = found.to_dict()
    assert json["spread"]["size"] == pytest.approx(spread)
    assert json["metric"] == {"name": "loss", "unit": ""}
    assert set(json["words"]) == {"en", "ko"}


def test_an_unpaired_pilot_has_the_spread_of_its_runs() -> None:
    found = pb.power({name: list(of.values()) for name, of in PILOT.items()}, metric="loss:min", difference=0.02)
    of_runs = [np.var(list(of.values()), ddof=1) for of in PILOT.values()]
    assert not found.paired
    assert found.spread is not None
    assert found.spread.size == pytest.approx(math.sqrt(sum(of_runs) / 2))
    assert found.spread.df == 10
    assert "runs an arm" in found.words()


def test_what_is_refused_is_said_at_once() -> None:
    with pytest.raises(pb.ParibusError) as told:
        pb.power(spread=-1, seeds=1, arms=1, look=4)
    assert len(told.value.faults) == 4
    for refused, said in (
        ({"pilot": PILOT, "spread": 1.0}, "leave one of pilot and spread out"),
        ({"pilot": {"a": {0: 1.0, 1: 1.0}, "b": {0: 1.0, 1: 1.0}}}, "shows no spread"),
        ({"metric": "loss:min"}, "no table"),
        ({"pilot": PILOT, "paired": False}, "ask by spread"),
    ):
        with pytest.raises(pb.ParibusError, match=said):
            pb.power(**refused)  # type: ignore[arg-type]


def test_nothing_affordable_is_more_than_a_thousand() -> None:
    found = pb.power(spread=1.0, difference=0.01)
    assert found.seeds_for_difference.seeds is None  # type: ignore[union-attr]
    assert "more than 1,000" in found.words()


def test_what_is_said_before_a_comparison() -> None:
    rows = foreseen(6, 2)
    assert rows is not None
    assert [row.seeds for row in rows] == [6, 8, 12]
    assert rows[0].difference == pytest.approx(1.57, abs=0.01)
    assert foreseen(1, 2) == ()
    assert foreseen(12, 2, looks=(6,))[0].difference > rows[2].difference  # type: ignore[index] # a stricter level
    assert foreseen(6, 2, looks=(6,)) == rows
    assert foreseen(24, 2, looks=(6, 8, 12)) is None
