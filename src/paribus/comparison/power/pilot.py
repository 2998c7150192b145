"""What a pilot says: the spread of its differences, and how many of its runs did not train."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from paribus.comparison.statistics import LEVEL, wilson
from paribus.core.errors import ParibusError
from paribus.records.comparison import Comparison, PairView


@dataclass(frozen=True)
class Failed:
    """A pilot's runs that did not train: their share of either arm of a pair; of both together how many of how many,
    with Wilson's 95 % interval of that share.
    """

    shares: tuple[float, float]
    failed: int
    runs: int
    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """The standard deviation of a paired difference, or of an arm's runs where they are not paired, in a metric's unit.

    Of a pilot: which pair it is of, how many degrees of freedom it has, and its 95 % interval, by chi-square.
    """

    size: float
    low: float | None = None
    high: float | None = None
    df: int | None = None
    of: tuple[str, str] | None = None


def comparison_of(pilot: Any, table: dict[str, Any]) -> Comparison | None:
    """What a pilot is, or what it is judged to be; None where there is none."""
    if pilot is None:
        if table:
            raise ParibusError("there is no table to read; got {names}", names=list(table))
        return None
    found = getattr(pilot, "comparison", pilot)  # of what pb.judge and pb.compare give
    if isinstance(found, Comparison):
        return found
    from paribus.comparison.judge import judge

    return judge(pilot, **table).comparison


def spread_of(pilot: Comparison) -> Spread:
    """The widest of its pairs."""
    found = [spread for pair in pilot.pairs if (spread := _of_pair(pilot, pair)) is not None]
    if not found:
        raise ParibusError(
            "the pilot shows no spread: it needs two seeds or more whose figures differ; without a pilot the answer is "
            "in spreads"
        )
    return max(found, key=lambda spread: spread.size)


def _of_pair(pilot: Comparison, pair: PairView) -> Spread | None:
    groups = [np.array(pair.differences)]
    if not pilot.paired:
        runs = [arm.runs for arm in pilot.arms if arm.name in (pair.a, pair.b)]
        figures = [[run.figures.get(pair.metric) for run in of if run.counted] for of in runs]
        groups = [np.array([value for value in arm if value is not None]) for arm in figures]
    df = sum(len(values) - 1 for values in groups)
    if any(len(values) < 2 for values in groups):
        return None
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in groups)
    low, high = (math.sqrt(squares / special.chdtri(df, tail)) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Spread(math.sqrt(squares / df), low, high, df, (pair.a, pair.b)) if squares > 0 else None


def failed_of(pilot: Comparison, pair: tuple[str, str]) -> Failed | None:
    """How many runs of a pair did not train; None where all did."""
    trained = {arm.name: [run.counted for run in arm.runs] for arm in pilot.arms}
    a, b = map(trained.__getitem__, pair)
    failed, runs = len(a) - sum(a) + len(b) - sum(b), len(a) + len(b)
    low, high = wilson(failed, runs)
    return Failed((1 - sum(a) / len(a), 1 - sum(b) / len(b)), failed, runs, low, high) if failed else None
