"""Factor and cause together: what the cause costs each arm, and whether it costs one more than another.

The comparison with the cause and the one without have seeds of their own, so that they are independent; within each,
arms are paired seed by seed. The interaction is the difference of two means of paired differences, with Welch's
interval (Welch 1947; degrees of freedom after Satterthwaite 1946).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.unpaired import welch
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Cell, Cost, Interaction, Together
from paribus.records.intervention import Intervention
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
                **named_difference("interaction", p.differences, r.differences, floor),
            )
            for p, r in pairs
        ),
    )


def _cell(arm: ArmView, metric: str, removed: bool) -> Cell:
    reached = arm.figures[metric].mean if metric in arm.figures else None
    return Cell(arm=arm.name, removed=removed, trained=arm.trained, runs=len(arm.runs), value=reached)


def _cost(present: ArmView, removed: ArmView, metric: Metric, floor: float) -> Cost:
    better, worse = (removed, present) if metric.direction == "max" else (present, removed)
    return Cost(
        arm=present.name, **named_difference("cost", _figures(better, metric.name), _figures(worse, metric.name), floor)
    )


def _figures(arm: ArmView, metric: str) -> list[float]:
    """Of the runs that the arm's mean is over."""
    counted = [run for run in arm.runs if run.counted or arm.over == "all"]
    return [run.figures[metric] for run in counted if metric in run.figures]


def named_difference(
    name: str, minuend: Sequence[float], subtrahend: Sequence[float], floor: float
) -> dict[str, float | None]:
    """How much more the one is than the other under a name, with the ends of Welch's interval where there is one."""
    if not minuend or not subtrahend:
        return {name: None, "low": None, "high": None}
    found = welch(np.asarray(subtrahend), np.asarray(minuend), floor)
    low, high = found.interval() if min(len(minuend), len(subtrahend)) > 1 else (None, None)
    return {name: found.difference, "low": low, "high": high}
