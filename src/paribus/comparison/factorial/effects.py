"""Two factors crossed: main effects, interactions and simple effects of the cells, all in one family of tests.

An effect is a contrast of cells within a seed (Kirk 2013, Experimental Design, ch. 8 and 10: of a design with repeated
measures each contrast has its own t test, which takes nothing of how the cells vary together). Where runs did not train
it is one of counts as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.comparison import heavy_tails
from paribus.comparison.arm_results import ArmRuns
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.factorial.counts import contrast_p
from paribus.comparison.statistics import LEVEL, Floats, holm
from paribus.records.factorial import Cell, Effect, EffectKind, Factor, Factorial
from paribus.records.program import Metric
from paribus.records.verdict_parts import Answer, Answers, Verdict


@dataclass(frozen=True)
class _Contrast:
    """Names of an effect, and the arms on either side; `share`: what each counts."""

    kind: EffectKind
    factor: str
    a: Any
    b: Any
    at: Any
    across: tuple[Any, ...]
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class _Found:
    """A contrast's figures.

    values: by seed; mean: of them, None of a single one. trained: of each side, of its cells' `runs`. The p are NaN
    where the answer is not asked.
    """

    contrast: _Contrast
    over: Literal["all", "trained", "none"]
    seeds: tuple[int, ...]
    values: Floats
    trained: tuple[int, int]
    runs: int
    p_counts: float
    p_figure: float
    mean: heavy_tails.Robust | None


def factorial_of(
    factors: tuple[Factor, Factor],
    cells: Sequence[Cell],
    arms: Sequence[ArmRuns],
    metric: Metric,
    level: float,
    plain: bool = False,
) -> Factorial:
    """All effects of two crossed factors. `level`: that of the look; nothing is decided at 0. `plain`: by t alone.

    cells: each level of the one factor with each of the other, an arm each. Only seeds with which every cell has a run
    count.
    """
    named = {arm.name: arm for arm in arms}
    runs = [named[cell.arm].columns.seeds for cell in cells]
    common = [int(seed) for seed in runs[0] if all(seed in other for other in runs)]
    found = [_found(contrast, named, common, metric, plain) for contrast in _contrasts(factors, cells)]
    asked = [(i, p) for i, one in enumerate(found) for p in (one.p_counts, one.p_figure) if not np.isnan(p)]
    corrected = iter(holm([p for _, p in asked]).tolist() if asked else [])
    left = {
        cell.arm: tuple(int(seed) for seed in own if int(seed) not in common)
        for cell, own in zip(cells, runs, strict=True)
    }
    return Factorial(
        factors=factors,
        cells=tuple(cells),
        seeds=tuple(common),
        left_out={name: seeds for name, seeds in left.items() if seeds},
        tests=len(asked),
        effects=tuple(_effect(one, corrected, metric, level) for one in found),
    )


def _contrasts(factors: tuple[Factor, Factor], cells: Sequence[Cell]) -> Iterator[_Contrast]:
    """Main effects of both, then interactions, then simple effects."""
    arm = {cell.levels: cell.arm for cell in cells}
    first, second = factors

    def at(place: int, own: Any, other: Any) -> str:
        return arm[(own, other) if place == 0 else (other, own)]

    for place, (factor, other) in enumerate(((first, second), (second, first))):
        for a, b in combinations(factor.values, 2):
            plus, minus = (tuple(at(place, level, o) for o in other.values) for level in (b, a))
            yield _Contrast("main", factor.name, a, b, None, (), plus, minus, 1 / len(plus))
    for a, b in combinations(second.values, 2):
        for c, d in combinations(first.values, 2):
            plus, minus = (arm[d, b], arm[c, a]), (arm[d, a], arm[c, b])
            yield _Contrast("interaction", second.name, a, b, None, (c, d), plus, minus, 1.0)
    for place, (factor, other) in enumerate(((first, second), (second, first))):
        for level in other.values:
            for a, b in combinations(factor.values, 2):
                plus, minus = ((at(place, own, level),) for own in (b, a))
                yield _Contrast("simple", factor.name, a, b, level, (), plus, minus, 1.0)


def _found(
    contrast: _Contrast, named: dict[str, ArmRuns], common: Sequence[int], metric: Metric, plain: bool
) -> _Found:
    names = (*contrast.plus, *contrast.minus)
    places = [_places(named[name], common) for name in names]
    counted = np.array([named[name].columns.counted[at] for name, at in zip(names, places, strict=True)], bool)
    figures = np.array([named[name].columns.figures[metric.name][at] for name, at in zip(names, places, strict=True)])
    cut = len(contrast.plus)
    trained = (int(counted[:cut].sum()), int(counted[cut:].sum()))
    uniform = bool(np.all(counted.all(axis=1) | ~counted.any(axis=1)))
    used = ~np.isnan(figures).any(axis=0) & (uniform | counted.all(axis=0))
    values = contrast.share * (figures[:cut, used].sum(axis=0) - figures[cut:, used].sum(axis=0))
    floor = len(names) * contrast.share**2 * rule.rounding_variance(metric) / 2
    # Where the seed changes no figure there is no chance to judge by; counted items are of unequal items all the same.
    spread = metric.items is not None or (used.sum() > 1 and bool(np.ptp(figures[:, used], axis=1).any()))
    tested = used.sum() > 1 and counted[:, used].all() and spread
    mean = heavy_tails.paired(values, floor) if used.sum() > 1 else None
    mean = mean.plain() if mean and plain else mean
    per_cell = counted.sum(axis=1).tolist()
    return _Found(
        contrast=contrast,
        over=("all" if uniform else "trained") if used.any() else "none",
        seeds=tuple(seed for seed, kept in zip(common, used, strict=True) if kept),
        values=values,
        trained=trained,
        runs=len(common),
        p_counts=np.nan if counted.all() else contrast_p(per_cell[:cut], per_cell[cut:], len(common)),
        p_figure=float(mean.p()) if mean and tested else np.nan,
        mean=mean,
    )


def _places(arm: ArmRuns, seeds: Sequence[int]) -> NDArray[np.int64]:
    at = {int(seed): place for place, seed in enumerate(arm.columns.seeds)}
    return np.array([at[seed] for seed in seeds], dtype=np.int64)


def _effect(found: _Found, corrected: Iterator[float], metric: Metric, level: float) -> Effect:
    contrast, values, n = found.contrast, found.values, len(found.values)
    low, high = map(float, found.mean.ends()) if found.mean else (None, None)
    more = found.trained[0] / len(contrast.plus) - found.trained[1] / len(contrast.minus)
    exact = "fisher" if len(contrast.plus) == 1 else "counts"
    trains = _answer(found.p_counts, corrected, exact, more, level)
    figure = _answer(found.p_figure, corrected, "t", metric.gain(0, float(values.mean())) if n else 0.0, level)
    return Effect(
        kind=contrast.kind,
        factor=contrast.factor,
        a=contrast.a,
        b=contrast.b,
        at=contrast.at,
        across=contrast.across,
        plus=contrast.plus,
        minus=contrast.minus,
        trained_plus=found.trained[0],
        runs_plus=found.runs * len(contrast.plus),
        trained_minus=found.trained[1],
        runs_minus=found.runs * len(contrast.minus),
        over=found.over,
        seeds=found.seeds,
        contrasts=tuple(values.tolist()),
        size=float(values.mean()) if n else None,
        low=low,
        high=high,
        reshaped=found.mean is not None and found.mean.reshaped,
        level=LEVEL,
        answers=Answers(trains=trains, figure=figure),
    )


def _answer(p: float, corrected: Iterator[float], test: str, gain: float, level: float) -> Answer | None:
    if np.isnan(p):
        return None
    adjusted = next(corrected)
    verdict: Verdict = "open"
    if level and adjusted <= level and gain:
        verdict = "b_better" if gain > 0 else "a_better"
    return Answer(verdict=verdict, test=test, p=float(p), p_adjusted=adjusted, level=level)
