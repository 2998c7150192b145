"""Factor and cause together: what the cause costs each arm, and whether it costs one more than another.

The comparison with the cause and the one without have seeds of their own, so that they are independent; within each,
arms are paired seed by seed. The interaction is the difference of two means of paired differences, with Welch's
interval (Welch 1947; degrees of freedom after Satterthwaite 1946).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from paribus.comparison import rule
from paribus.comparison.statistics import LEVEL
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Cell, Cost, Interaction, Intervention, Together
from paribus.records.program import Metric


def interaction(cause: Intervention, present: Comparison, removed: Comparison) -> Interaction:
    """The table of arms by cause. `removed`: the same comparison with the cause removed from all arms."""
    floor, metric = rule.rounding_variance(present.metric), present.metric.name
    arms = list(zip(present.arms, removed.arms, strict=True))
    pairs = list(zip(present.pairs, removed.pairs, strict=True))
    return Interaction(
        cause=cause,
        seeds_present=present.seeds,
        seeds_removed=removed.seeds,
        cells=tuple(_cell(arm, metric, i == 1) for both in arms for i, arm in enumerate(both)),
        costs=tuple(_cost(with_it, without, present.metric, floor) for with_it, without in arms),
        pairs=tuple(
            Together(
                a=p.a,
                b=p.b,
                present=p.difference,
                removed=r.difference,
                **_named("interaction", p.differences, r.differences, floor),
            )
            for p, r in pairs
        ),
    )


def _cell(arm: ArmView, metric: str, removed: bool) -> Cell:
    reached = arm.figures[metric].mean if metric in arm.figures else None
    return Cell(arm=arm.name, removed=removed, trained=arm.trained, runs=len(arm.runs), value=reached)


def _cost(present: ArmView, removed: ArmView, metric: Metric, floor: float) -> Cost:
    better, worse = (removed, present) if metric.direction == "max" else (present, removed)
    return Cost(arm=present.name, **_named("cost", _figures(better, metric.name), _figures(worse, metric.name), floor))


def _figures(arm: ArmView, metric: str) -> list[float]:
    """Of the runs that the arm's mean is over."""
    counted = [run for run in arm.runs if run.counted or arm.over == "all"]
    return [run.figures[metric] for run in counted if metric in run.figures]


def _named(name: str, minuend: Sequence[float], subtrahend: Sequence[float], floor: float) -> dict[str, float | None]:
    if not minuend or not subtrahend:
        return {name: None, "low": None, "high": None}
    mean = float(np.mean(minuend) - np.mean(subtrahend))
    low, high = welch_interval(minuend, subtrahend, LEVEL, floor) or (None, None)
    return {name: mean, "low": low, "high": high}


def welch_interval(
    first: Sequence[float], second: Sequence[float], level: float = LEVEL, least_variance: float = 0.0
) -> tuple[float, float] | None:
    """Welch's t interval of the difference of two independent means; None where a sample has fewer than two values.

    `least_variance`: the variance of one value is taken to be at least this, as in `statistics.standard_error`.
    """
    if min(len(first), len(second)) < 2:
        return None
    squares = [max(float(np.var(x, ddof=1)), least_variance) / len(x) for x in (first, second)]
    total = sum(squares)
    mean = float(np.mean(first) - np.mean(second))
    if total == 0:
        return mean, mean
    degrees = total**2 / sum(s**2 / (len(x) - 1) for s, x in zip(squares, (first, second), strict=True))
    half = float(special.stdtrit(degrees, (1 + level) / 2)) * total**0.5
    return mean - half, mean + half
