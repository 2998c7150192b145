"""`pb.power` against hand-worked numbers: levels of more arms and looks, pilots, what is refused, and the words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.power.of_tests import t_power
from paribus.comparison.power.seeds_needed import foreseen
from paribus.comparison.words.power import foreseen_words
from paribus.words.translation import translator

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
    found = np.mean(rule.decide(seen, look_level(1)).verdict == "b_better")
    assert found == pytest.approx(
        0.8, abs=4 * 0.003
    )  # what the rule asks for where a tail is seen by chance is counted


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
    assert rows[0].difference == pytest.approx(1.61, abs=0.01)
    assert foreseen(1, 2) == ()
    assert foreseen(12, 2, looks=(6,))[0].difference > rows[2].difference  # type: ignore[index] # a stricter level
    assert foreseen(6, 2, looks=(6,)) == rows
    assert foreseen(24, 2, looks=(6, 8, 12)) is None


@pytest.mark.parametrize(
    ("n", "size", "fails"), [(6, 2.0, 0.05), (12, 1.2, (0.2, 0.0)), (30, 0.8, (0.3, 0.05)), (20, 1.0, 0.5)]
)
def test_runs_that_fail_are_counted_in_as_the_rule_has_it(
    n: int, size: float, fails: float | tuple[float, float]
) -> None:
    """Figures of the seeds in which both train, beside counts with their share: against the rule itself."""
    draw, shape = np.random.default_rng(n), (20_000, 1, n)
    of_a, of_b = fails if isinstance(fails, tuple) else (fails, fails)
    trained_a, trained_b = draw.random(shape) >= of_a, draw.random(shape) >= of_b
    metric = pb.judge(PILOT, resolution=1e-9).comparison.metric
    seen = rule.evidence(draw.normal(size, 1, shape), trained_a, trained_b, margin=0.0, metric=metric)
    found = np.mean(rule.decide(seen, look_level(1)).figure.verdict == "b_better")
    told = pb.power(seeds=n, difference=size, fails=fails).row.power
    assert told == pytest.approx(found, abs=4 * 0.0035)


def test_equality_where_runs_fail_as_the_rule_has_it() -> None:
    margin = pb.power(seeds=12, fails=0.1).row.margin
    assert margin is not None
    draw, shape = np.random.default_rng(1), (20_000, 1, 12)
    metric = pb.judge(PILOT, resolution=1e-9).comparison.metric
    trained = [draw.random(shape) >= 0.1 for _ in range(2)]
    seen = rule.evidence(draw.normal(0, 1, shape), *trained, margin=margin, metric=metric)
    equal = np.mean(rule.decide(seen, look_level(1)).figure.verdict == "equal")
    assert equal == pytest.approx(0.8, abs=0.015), "a tail to one side is taken for one to both, which is near"


def test_a_share_that_leaves_nothing_to_compare_is_said_and_a_pilots_share_is_taken(tmp_path: Path) -> None:
    lost = pb.power(seeds=6, fails=(0.6, 0.0))
    assert lost.row.difference is None
    assert "6 seeds find no difference four times in five: too many runs fail." in str(lost)
    rows = [
        (arm, seed, 0.5 + 0.01 * seed * (arm == "b"), int((arm, seed) != ("a", 3))) for arm in "ab" for seed in range(8)
    ]
    table = tmp_path / "pilot.csv"
    table.write_text("arm,seed,score,ok\n" + "\n".join(",".join(map(str, row)) for row in rows))
    pilot = pb.judge(table, metric="score", trained="ok>0.5")
    taken = pb.power(pilot, difference=0.02)
    assert taken.fails == (1 / 8, 0.0)
    assert "1 of 16 did not train (1.1 % to 28.3 %, 95 % interval)" in str(taken)
    assert "12.5 % of one arm's runs and 0.0 % of the other's" in str(taken)
    assert pb.power(pilot, difference=0.02, fails=0.0).fails == (0.0, 0.0)
    for wrong in (1.0, -0.1, (0.1, 0.2, 0.3), float("nan")):
        with pytest.raises(pb.ParibusError, match="fails must be a share of runs"):
            pb.power(seeds=6, fails=wrong)


def test_three_seeds_are_told_that_their_counts_cannot_decide():
    """Fisher's p of 3 of 3 against 0 of 3 is 2 in 20; of four seeds 2 in 70."""
    said = {n: foreseen_words(foreseen(n, 2), True, translator("en")) for n in (3, 4)}
    assert "3 of 3 against none would be open still (p = 0.1)" in said[3]
    assert "against none" not in said[4]
