"""Runs whose figure is far from those of their arm's others, and the difference without them.

Far is by the others' spread: that of the runs in question would hide them. A healthy pair of arms, normal figures of
any spread, has such a run by chance in at most 2 % of cases (`python benchmarks/far_runs.py`). Nothing is decided here:
the rule counts these runs in, as `heavy_tails` has it.

Sources: Grubbs 1969 and Rosner 1983, as in `heavy_tails`; the median as the centre, so that one to each side is seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from paribus.comparison.arm_results import ArmRuns
from paribus.comparison.pairing import Pair, Places
from paribus.comparison.statistics import LEVEL, Floats
from paribus.records.comparison import Estimate
from paribus.records.outlying_run import FarRun

_BY_CHANCE = 0.002  # of a normal arm, to either side; four times that of a pair, and some: several may be far
_FEWEST = 3


def far_of(figures: Floats, least_variance: float = 0.0) -> NDArray[np.bool_]:
    """Which of the figures [..., n] of an arm are far from its others; always fewer than half of them.

    Those that are most off the median are taken out, one, two and so on: they are far if each is as far from the mean
    of the rest as one of n normal values is twice in a thousand samples. The most that are so count, for several hide
    each other.
    """
    n = figures.shape[-1]
    far = np.zeros(figures.shape, dtype=bool)
    if n < _FEWEST:
        return far
    off = np.abs(figures - np.median(figures, axis=-1, keepdims=True))
    places = np.argsort(off, axis=-1, kind="stable")
    ordered, count = np.take_along_axis(figures, places, -1), np.zeros(figures.shape[:-1], dtype=np.int64)
    for k in range(1, (n - 1) // 2 + 1):
        rest, m = ordered[..., : n - k], n - k
        deviation = np.sqrt(np.maximum(rest.var(axis=-1, ddof=1), least_variance))
        edge = -special.stdtrit(m - 1, _BY_CHANCE / n) * deviation * np.sqrt(1 + 1 / m)
        nearest = np.abs(ordered[..., n - k :] - rest.mean(axis=-1, keepdims=True)).min(axis=-1)
        count = np.where((nearest > edge) & (edge > 0), k, count)
    np.put_along_axis(far, places, np.arange(n) >= n - count[..., None], -1)
    return far


def far_runs(pair: Pair) -> tuple[FarRun, ...]:
    """Of both arms, in the order of their runs. Of an arm that never trained none: its figures are all of failures."""
    if not len(pair.used_a) or not len(pair.used_b):
        return ()
    return (
        *_far_of_arm(pair.a, pair.used_a, pair.figures_a, pair.least_variance / 2),
        *_far_of_arm(pair.b, pair.used_b, pair.figures_b, pair.least_variance / 2),
    )


def _far_of_arm(arm: ArmRuns, used: Places, figures: Floats, least_variance: float) -> list[FarRun]:
    far = far_of(figures, least_variance)
    if not far.any() or not arm.columns.counted[used].any():
        return []
    others = figures[~far]
    deviation = max(float(others.var(ddof=1)), least_variance) ** 0.5
    return [
        FarRun(
            arm=arm.name,
            seed=int(arm.columns.seeds[used[i]]),
            figure=float(figures[i]),
            spreads=float((figures[i] - others.mean()) / deviation),
            low=float(others.min()),
            high=float(others.max()),
        )
        for i in np.flatnonzero(far)
    ]


def without(pair: Pair, far: tuple[FarRun, ...], plain: bool = False) -> Estimate | None:
    """The difference without these runs, and where runs are paired without their partners, with its interval.

    `plain`: as the t test has it. None where no run is far, or none is left.
    """
    if not far:
        return None
    out = [np.array([run.seed for run in far if run.arm == arm.name]) for arm in (pair.a, pair.b)]
    kept = [
        ~np.isin(arm.columns.seeds[used], seeds)
        for arm, used, seeds in zip((pair.a, pair.b), (pair.used_a, pair.used_b), out, strict=True)
    ]
    if pair.paired:
        kept = [kept[0] & kept[1]] * 2
    used_a, used_b = pair.used_a[kept[0]], pair.used_b[kept[1]]
    if not len(used_a) or not len(used_b):
        return None
    differences = pair.differences[kept[0]] if pair.paired else pair.differences
    rest = replace(pair, used_a=used_a, used_b=used_b, differences=differences, steps=None)
    mean = rest.mean
    low, high = (float(end) for end in (mean.plain() if plain else mean).ends())
    known = not rest.no_spread and np.isfinite(low)
    return Estimate(
        mean=rest.difference,
        low=low if known else None,
        high=high if known else None,
        level=LEVEL,
        n=len(used_a) if pair.paired else len(used_a) + len(used_b),
    )
