"""Runs of a kept edit that fail or fall far behind are counted, beside those of the baseline."""

from __future__ import annotations

from paribus.records.referee import Pair
from paribus.referee.cost_guards import collapsed


def pairs(*rows: tuple[float | None, float | None]) -> list[Pair]:
    return [Pair(seed=k, baseline=a, candidate=b) for k, (a, b) in enumerate(rows)]


def test_failed_and_collapsed_runs_are_counted_by_arm():
    usual = [(0.0, 1.0 + 0.1 * (k % 3)) for k in range(9)]
    assert collapsed(pairs(*usual), "max") == (0, 0)
    assert collapsed(pairs(*usual, (0.0, -9.0), (0.0, None)), "max") == (2, 0)
    assert collapsed(pairs(*usual, (-9.0, 1.0), (None, None)), "max") == (0, 1)
    assert collapsed(pairs(*usual, (0.0, -9.0)), "min") == (0, 1)
    assert collapsed(pairs(*((1.0, 1.0) for _ in range(4))), "max") == (0, 0)
    assert collapsed([], "max") == (0, 0)
