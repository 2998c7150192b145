"""Every pair of arms, seed by seed, with the verdict of the decision rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import rule
from paribus.analysis.arms import ArmRuns
from paribus.analysis.crossed import Crossed, crossed
from paribus.analysis.statistics import (
    LEVEL,
    fisher_p,
    mcnemar_p,
    paired_t_p,
    sign_flip_p,
    sign_flip_p_min,
    t_interval,
    tost_p,
)
from paribus.values.comparison import McNemar, PairView


@dataclass(frozen=True)
class _Pair:
    """Two arms, and the seeds over which their difference is taken."""

    a: ArmRuns
    b: ArmRuns
    over: Literal["all", "trained"]
    places: tuple[int, ...]  # of the seeds used, in the design's order
    differences: NDArray[np.float64]  # b - a, in whole images, [places]


def pair_views(
    arms: Sequence[ArmRuns], seeds: Sequence[int], labels: NDArray[np.int64], *, margin: float, look: int
) -> tuple[PairView, ...]:
    """All pairs, a before b in the design's order; Holm's correction is over all of them."""
    count = len(labels)
    pairs = [_pair(a, b, count) for a, b in combinations(arms, 2)]
    floor = rule.least_variance(count)
    means, p_t, p_equal = (np.full(len(pairs), np.nan) for _ in range(3))
    for i, pair in enumerate(pairs):
        if pair.places:
            fractions = pair.differences / count
            means[i], p_t[i] = fractions.mean(), paired_t_p(fractions, floor)
            p_equal[i] = tost_p(fractions, margin, floor)
    evidence = rule.Evidence(
        seeds=len(seeds),
        trained_a=np.array([pair.a.trained_count for pair in pairs]),
        trained_b=np.array([pair.b.trained_count for pair in pairs]),
        mean=means,
        p_t=p_t,
        p_equal=p_equal,
    )
    decision = rule.decide(evidence, rule.look_level(look))
    return tuple(
        _view(pair, i, evidence, decision, seeds, labels, margin=margin, look=look) for i, pair in enumerate(pairs)
    )


def _pair(a: ArmRuns, b: ArmRuns, test_count: int) -> _Pair:
    homogeneous = a.over == "all" and b.over == "all"
    places, differences = [], []
    for i, (ra, rb) in enumerate(zip(a.results, b.results, strict=True)):
        if any(arm.over == "trained" and not arm.trained[i] for arm in (a, b)):
            continue
        found = [r.record.figures.get("test_accuracy") for r in (ra, rb)]
        if found[0] is not None and found[1] is not None:
            places.append(i)
            hits = [round(accuracy * test_count) for accuracy in found if accuracy is not None]
            differences.append(hits[1] - hits[0])
    return _Pair(a, b, "all" if homogeneous else "trained", tuple(places), np.array(differences, dtype=float))


def _view(
    pair: _Pair,
    i: int,
    e: rule.Evidence,
    d: rule.Decision,
    seeds: Sequence[int],
    labels: NDArray[np.int64],
    *,
    margin: float,
    look: int,
) -> PairView:
    count, n = len(labels), len(pair.places)
    fractions = pair.differences / count
    low, high = t_interval(fractions, LEVEL, rule.least_variance(count)) if n > 1 else (None, None)
    images = _over_images(pair, labels)
    spread = max(float(fractions.var(ddof=1)), rule.least_variance(count)) ** 0.5 if n > 1 else float("nan")
    return PairView(
        a=pair.a.arm.name,
        b=pair.b.arm.name,
        over=pair.over,
        seeds=tuple(seeds[place] for place in pair.places),
        differences=tuple(float(x) for x in fractions),
        difference=_known(e.mean[i]),
        low=_known(low),
        high=_known(high),
        level=LEVEL,
        images_low=images.low if images else None,
        images_high=images.high if images else None,
        seed_share=images.seed_share if images else None,
        p=sign_flip_p(pair.differences.astype(np.int64)) if n else None,
        p_min=sign_flip_p_min(n),
        p_t=_known(e.p_t[i]),
        p_trained=float(fisher_p(e.trained_a[i], e.trained_b[i], len(seeds))),
        p_equal=_known(e.p_equal[i]),
        p_decision=_known(d.p_decision[i]),
        p_holm=_known(d.p_holm[i]),
        p_equal_holm=_known(d.p_equal_holm[i]),
        decided_by=str(d.decided_by[i]),
        mcnemar=_mcnemar(pair, seeds, labels),
        verdict=str(d.verdict[i]),
        reason=str(d.reason[i]),
        seeds_to_settle=rule.seeds_to_settle(
            str(d.reason[i]),
            mean=float(e.mean[i]),
            deviation=spread,
            trained_a=int(e.trained_a[i]),
            trained_b=int(e.trained_b[i]),
            seeds=len(seeds),
            pairs=len(e.mean),
            margin=margin,
            look=look,
        ),
    )


def _known(x: object) -> float | None:
    return None if x is None or np.isnan(x) else float(x)  # type: ignore[call-overload,arg-type]


def _over_images(pair: _Pair, labels: NDArray[np.int64]) -> Crossed | None:
    if len(pair.places) < 2:
        return None
    rows = [_hits(pair.b, p, labels).astype(np.int8) - _hits(pair.a, p, labels) for p in pair.places]
    return crossed(np.stack(rows), LEVEL, rule.least_variance(len(labels)))


def _hits(arm: ArmRuns, place: int, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(arm.results[place].classes == labels)


def _mcnemar(pair: _Pair, seeds: Sequence[int], labels: NDArray[np.int64]) -> tuple[McNemar, ...]:
    """For every seed of which both runs have answers, trained or not: it is a fact of that seed alone."""
    found = []
    for place, seed in enumerate(seeds):
        if pair.a.results[place].classes is None or pair.b.results[place].classes is None:
            continue
        a, b = _hits(pair.a, place, labels), _hits(pair.b, place, labels)
        only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
        found.append(McNemar(seed=seed, only_a=only_a, only_b=only_b, p=mcnemar_p(only_a, only_b)))
    return tuple(found)
