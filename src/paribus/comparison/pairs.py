"""Every pair of arms, seed by seed, with the verdict of the decision rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import rule
from paribus.comparison.arms import ArmRuns, as_precise_as
from paribus.comparison.crossed import Crossed, crossed
from paribus.comparison.statistics import (
    LEVEL,
    fisher_p,
    mcnemar_p,
    paired_t_p,
    sign_flip_p,
    sign_flip_p_min,
    t_interval,
    tost_p,
)
from paribus.records.comparison import McNemar, PairView, RunView
from paribus.records.program import Metric

_MOST_STEPS = 1e9  # of a unit: finer ones are no steps that counting would serve


@dataclass(frozen=True)
class _Pair:
    """Two arms, and the seeds over which their difference is taken."""

    a: ArmRuns
    b: ArmRuns
    over: Literal["all", "trained"]
    places: tuple[int, ...]  # of the seeds used, in the design's order
    differences: NDArray[np.float64]  # b - a, in the metric's unit, [places]
    steps: NDArray[np.int64] | None  # the same in steps of the metric's resolution, where they can be counted

    @property
    def trains(self) -> bool:
        """Whether *trained* means something to the program, or a run did not come to its end."""
        return any(run.trained is not None or not run.counted for arm in (self.a, self.b) for run in arm.runs)


def pair_views(
    arms: Sequence[ArmRuns], seeds: Sequence[int], metric: Metric, margin: float | None, look: int
) -> tuple[PairView, ...]:
    """All pairs, a before b in the design's order; Holm's correction is over all of them.

    Without a margin nothing is practically equal, and no number of seeds is said to settle anything.
    """
    pairs = [_pair(a, b, metric) for a, b in combinations(arms, 2)]
    floor = rule.rounding_variance(metric)
    means, p_t, p_equal, p_flip = (np.full(len(pairs), np.nan) for _ in range(4))
    for i, pair in enumerate(pairs):
        if pair.places:
            means[i], p_t[i] = pair.differences.mean(), paired_t_p(pair.differences, floor)
            p_equal[i] = np.nan if margin is None else tost_p(pair.differences, margin, floor)
            p_flip[i] = sign_flip_p(pair.differences if pair.steps is None else pair.steps)
    evidence = rule.Evidence(
        seeds=len(seeds),
        trained_a=np.array([pair.a.trained_count for pair in pairs]),
        trained_b=np.array([pair.b.trained_count for pair in pairs]),
        gain=means * metric.gain(0, 1),
        p_t=p_t,
        p_equal=p_equal,
    )
    decision = rule.decide(evidence, rule.look_level(look))
    corrected = rule.holm_of_some(p_flip)
    judging = _Judging(seeds, metric, margin, look, evidence, decision)
    return tuple(_view(pair, i, judging, (p_flip[i], corrected[i])) for i, pair in enumerate(pairs))


def described_pairs(arms: Sequence[ArmRuns], seeds: Sequence[int], metric: Metric, look: int) -> tuple[PairView, ...]:
    """All pairs by a metric that is not judged: over the figures that the arms' means are of; none if no run has one.

    The margin is the judged metric's, and so are the outcomes by item.
    """
    kept = [replace(arm, items=(), runs=tuple(_with_last(run, metric.name) for run in arm.runs)) for arm in arms]
    figures = [run.figures[metric.name] for arm in kept for run in arm.runs if run.figures]
    return pair_views(kept, seeds, as_precise_as(metric, figures), None, look) if figures else ()


def _with_last(run: RunView, name: str) -> RunView:
    """The run with its last figure of that name alone, and with none if it did not finish."""
    figure = run.last(name) if run.status == "finished" else None
    known = figure is not None and math.isfinite(figure)
    return run.model_copy(update={"figures": {name: figure} if known else {}})


@dataclass(frozen=True)
class _Judging:
    """What all pairs of a comparison share."""

    seeds: Sequence[int]
    metric: Metric
    margin: float | None
    look: int
    evidence: rule.Evidence
    decision: rule.Decision


def _pair(a: ArmRuns, b: ArmRuns, metric: Metric) -> _Pair:
    homogeneous = a.over == "all" and b.over == "all"
    places, figures = [], []
    for i, (ra, rb) in enumerate(zip(a.runs, b.runs, strict=True)):
        if any(arm.over == "trained" and not arm.runs[i].counted for arm in (a, b)):
            continue
        if metric.name in ra.figures and metric.name in rb.figures:
            places.append(i)
            figures.append((ra.figures[metric.name], rb.figures[metric.name]))
    over: Literal["all", "trained"] = "all" if homogeneous else "trained"
    of_a, of_b = np.array(figures, dtype=np.float64).reshape(-1, 2).T
    unit = _steps_of_a_unit(metric)
    if unit is None:
        return _Pair(a, b, over, tuple(places), of_b - of_a, None)
    steps = (np.round(of_b * unit) - np.round(of_a * unit)).astype(np.int64)
    return _Pair(a, b, over, tuple(places), steps / unit, steps)


def _steps_of_a_unit(metric: Metric) -> int | None:
    """How many steps of its resolution make a unit of the metric, if that is a whole number that can be counted.

    Differences in whole steps are free of the rounding of floats.
    """
    if metric.items is not None:
        return metric.items
    if metric.resolution is None or not 1 / _MOST_STEPS <= metric.resolution <= 1:
        return None
    unit = round(1 / metric.resolution)
    return unit if abs(unit * metric.resolution - 1) < 1e-9 else None


def _view(pair: _Pair, i: int, judging: _Judging, flip: tuple[float, float]) -> PairView:
    e, d, metric, n = judging.evidence, judging.decision, judging.metric, len(pair.places)
    floor = rule.rounding_variance(metric)
    low, high = t_interval(pair.differences, LEVEL, floor) if n > 1 else (None, None)
    items = _over_items(pair, floor)
    spread = max(float(pair.differences.var(ddof=1)), floor) ** 0.5 if n > 1 else float("nan")
    return PairView(
        a=pair.a.name,
        b=pair.b.name,
        metric=metric.name,
        over=pair.over,
        seeds=tuple(judging.seeds[place] for place in pair.places),
        differences=tuple(float(x) for x in pair.differences),
        difference=float(pair.differences.mean()) if n else None,
        low=_known(low),
        high=_known(high),
        level=LEVEL,
        items_low=items.low if items else None,
        items_high=items.high if items else None,
        seed_share=items.seed_share if items else None,
        p=_known(flip[0]),
        p_min=sign_flip_p_min(n),
        p_sign_flip_holm=_known(flip[1]),
        p_t=_known(e.p_t[i]),
        p_trained=float(fisher_p(e.trained_a[i], e.trained_b[i], len(judging.seeds))) if pair.trains else None,
        p_equal=_known(e.p_equal[i]),
        p_decision=_known(d.p_decision[i]),
        p_holm=_known(d.p_holm[i]),
        p_equal_holm=_known(d.p_equal_holm[i]),
        decided_by=str(d.decided_by[i]),
        mcnemar=_mcnemar(pair, judging.seeds),
        verdict=str(d.verdict[i]),
        reason=str(d.reason[i]),
        seeds_to_settle=None
        if judging.margin is None
        else rule.seeds_to_settle(
            str(d.reason[i]),
            mean=float(e.gain[i]),
            deviation=spread,
            trained_a=int(e.trained_a[i]),
            trained_b=int(e.trained_b[i]),
            seeds=len(judging.seeds),
            pairs=len(e.gain),
            margin=judging.margin,
            look=judging.look,
        ),
    )


def _known(x: object) -> float | None:
    return None if x is None or np.isnan(x) else float(x)  # type: ignore[call-overload,arg-type]


def _over_items(pair: _Pair, floor: float) -> Crossed | None:
    """The interval over seeds and items; None where outcomes by item are not known of every run."""
    rows = [(pair.a.items_of(place), pair.b.items_of(place)) for place in pair.places]
    known = [b.astype(np.int8) - a for a, b in rows if a is not None and b is not None]
    return crossed(np.stack(known), LEVEL, floor) if len(known) == len(rows) >= 2 else None


def _mcnemar(pair: _Pair, seeds: Sequence[int]) -> tuple[McNemar, ...]:
    """For every seed of which both runs have outcomes, trained or not: it is a fact of that seed alone."""
    found = []
    for place, seed in enumerate(seeds):
        a, b = pair.a.items_of(place), pair.b.items_of(place)
        if a is not None and b is not None:
            only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
            found.append(McNemar(seed=seed, only_a=only_a, only_b=only_b, p=mcnemar_p(only_a, only_b)))
    return tuple(found)
