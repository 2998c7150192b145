"""How many seeds an open verdict is said to need: the power that they reach, and the range that runs leave it."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.power.of_tests import fisher_power, seeds_for_counts, t_power, tost_power
from paribus.comparison.seeds_to_settle import Seeds, Seen, seeds_to_settle
from paribus.comparison.statistics import paired_t_p


def settle(
    reason: str,
    mean: float = 0.0,
    deviation: float = 1e-3,
    counts: tuple[int, int] = (6, 6),
    look: int = 1,
    pairs: int = 1,
) -> Seeds:
    seen = Seen(mean, deviation / 6**0.5, deviation, 5.0, counts, (6, 6))
    return seeds_to_settle(reason, seen, pairs=pairs, margin=rule.DEFAULT_MARGIN, look=look)


def test_seeds_to_settle_reach_the_power_that_they_promise() -> None:
    level = look_level(2)
    difference = settle("not_separated", mean=1e-3).n
    assert difference is not None
    assert t_power(1.0, difference, level) >= 0.8 > t_power(1.0, difference - 1, level)
    equality = settle("not_separated").n
    assert equality is not None
    assert tost_power(0.0, 1.0, equality, level) >= 0.8 > tost_power(0.0, 1.0, equality - 1, level)
    # A third of the way to the margin, and of the deviation: a difference would take more seeds than equality.
    between = settle("not_separated", mean=3e-4).n
    assert between is not None
    assert tost_power(0.3, 1.0, between, level) >= 0.8 > t_power(0.3, between, level)
    counts = settle("counts_open", counts=(3, 6)).n
    assert counts == seeds_for_counts(0.5, 1.0, level, 7)
    assert fisher_power(0.5, 1.0, counts, level) >= 0.8
    assert settle("not_separated", mean=1e-3, pairs=3).n > difference  # type: ignore[operator]
    assert settle("not_separated", mean=1e-3, look=2).n > difference  # type: ignore[operator]


def test_no_advice_where_there_is_none() -> None:
    assert settle("not_separated", mean=1e-3, look=3) == Seeds()  # no look is left
    assert settle("not_separated", mean=1e-4, deviation=0.5) == Seeds()  # more than a thousand
    assert settle("counts_open", counts=(3, 3)) == Seeds()
    for reason in ("difference", "within_margin", "trained_counts", "neither_trained", "too_few_seeds"):
        assert settle(reason, mean=1e-3) == Seeds()


@pytest.mark.parametrize("reason", ["not_separated", "counts_open"])
def test_the_range_holds_the_number(reason: str) -> None:
    found = settle(reason, mean=1e-3, counts=(3, 6))
    assert found.n is not None
    assert found.low is not None
    assert 7 <= found.low <= found.n <= (found.high or 1000)


def test_more_seeds_that_say_the_same_leave_a_narrower_range() -> None:
    def of(n: int) -> Seeds:
        seen = Seen(1.0, 2 / n**0.5, 2.0, n - 1, (n, n), (n, n))
        return seeds_to_settle("not_separated", seen, pairs=1, margin=0.0, look=1)

    few, many = of(6), of(30)
    assert few.n == many.n
    assert few.low < many.low < many.high < few.high  # type: ignore[operator]


@pytest.mark.parametrize(("effect", "settles"), [(0.5, 0.85), (1.0, 0.95)])
def test_the_high_end_settles_what_it_promises(effect: float, settles: float) -> None:
    """Followed from six seeds that left it open; the number as seen does less (benchmarks/settling.py has more)."""
    drawn = np.random.default_rng(1).normal(effect, 1, (300, 1000))
    drawn = drawn[paired_t_p(drawn[:, :6]) > look_level(1)]
    ends = []
    for runs in drawn:
        error = float(runs[:6].std(ddof=1)) / 6**0.5
        seen = Seen(float(runs[:6].mean()), error, error * 6**0.5, 5.0, (6, 6), (6, 6))
        ends.append(seeds_to_settle("not_separated", seen, pairs=1, margin=0.0, look=1).high)
    known = [float(paired_t_p(runs[:n])) <= look_level(2) for runs, n in zip(drawn, ends, strict=True) if n]
    assert np.mean(known) >= settles
