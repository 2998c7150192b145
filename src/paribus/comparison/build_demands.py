"""What a build may demand of arms against a baseline, and which of them fall short of it.

`worse`: no arm may be established worse. `maybe-worse`: every arm must be shown to be not worse by more than the margin
(one-sided, non-inferiority). `not-better`: every arm must be established better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from paribus.comparison.decision_rule.second_edition import holm_of_some
from paribus.core.errors import ParibusError, nearest
from paribus.records.comparison import Comparison, PairView

Demand = Literal["worse", "maybe-worse", "not-better"]
DEMANDS: tuple[str, ...] = get_args(Demand)
Outcome = Literal["better", "worse", "equal", "open"]


@dataclass(frozen=True)
class Standing:
    """An arm against the baseline.

    worse_at_most: the one-sided bound, at the look's level after the correction, of how much worse the arm may be in
    the metric's unit; None where there is none. not_worse: whether it is shown to be within the margin.
    """

    pair: PairView
    arm: str
    verdict: Outcome
    worse_at_most: float | None
    not_worse: bool

    @property
    def silent(self) -> bool:
        """Whether nothing could have been found out."""
        return self.verdict == "open" and self.pair.p_decision is None


def standings(comparison: Comparison, margin: float | None = None) -> tuple[Standing, ...]:
    """Every other arm against the baseline, which of two arms is the first if none is named.

    `margin` in the metric's unit; without one that of the comparison. Raises ParibusError where no baseline is named.
    """
    names = [arm.name for arm in comparison.arms]
    if not comparison.baseline and len(names) > 2:
        raise ParibusError("which arm is the baseline? There are {choices}", choices=tuple(names))
    baseline = comparison.baseline or names[0]
    pairs = [pair for pair in comparison.pairs if baseline in (pair.a, pair.b)]
    within = comparison.margin if margin is None else margin
    found = [_one_sided(comparison, pair, baseline, within) for pair in pairs]
    corrected = holm_of_some(np.array([p for p, _ in found]))
    return tuple(
        _standing(comparison, pair, baseline, bool(p <= comparison.alpha), bound)
        for pair, p, (_, bound) in zip(pairs, corrected, found, strict=True)
    )


def _standing(comparison: Comparison, pair: PairView, baseline: str, within: bool, bound: float) -> Standing:
    arm, better = (pair.b, "b_better") if pair.a == baseline else (pair.a, "a_better")
    named: dict[str, Outcome] = {better: "better", "equal": "equal", "open": "open"}
    verdict = named.get(pair.verdict, "worse")
    trained, runs = (pair.trained_b, pair.runs_b) if pair.a == baseline else (pair.trained_a, pair.runs_a)
    answers = (pair.answers.trains, pair.answers.figure) if pair.answers else (None, None)
    often, good = (found is not None and found.verdict == better for found in answers)
    # A run that did not train is worse than any margin, unless the arm trains more often in spite of it; and figures
    # are not worse where they are shown to be within the margin, or better, or there are none to hold them against.
    no_figures = pair.difference is None
    shown = (trained == runs or often) and (within or good or (often and no_figures)) and comparison.alpha > 0
    return Standing(pair, arm, verdict, None if np.isnan(bound) else float(bound), shown and verdict != "worse")


def _one_sided(comparison: Comparison, pair: PairView, baseline: str, margin: float) -> tuple[float, float]:
    """p of "worse by the margin or more", and how much worse the arm may be; NaN where there is no spread to judge by.

    The one-sided t test on the runs that the pair's difference is over, Welch's where they are not paired.
    """
    if pair.error is None or pair.df is None or pair.difference is None:
        alike = pair.verdict == "equal" and margin >= comparison.margin
        return (0.0, 0.0) if alike else (np.nan, np.nan)
    gain = comparison.metric.gain(0, pair.difference) * (1 if pair.a == baseline else -1)
    level = comparison.alpha / max(1, len(comparison.pairs))
    bound = pair.error * float(special.stdtrit(pair.df, 1 - level)) - gain if level else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(special.stdtr(pair.df, -(gain + margin) / pair.error))
    return p, bound


def short_of(comparison: Comparison, demand: Demand, margin: float | None = None) -> tuple[Standing, ...]:
    """The arms that do not meet the demand; none where it is met.

    Raises ParibusError where the demand means nothing: without a margin that it needs, and where nothing could have
    been found out of an arm (one seed, nothing trained, no look left), so that whoever asks must not go on as if.
    """
    if demand not in DEMANDS:
        raise ParibusError("a demand is one of {choices}", choices=DEMANDS, got=demand, hint=nearest(demand, DEMANDS))
    if demand == "maybe-worse" and not (comparison.margin if margin is None else margin):
        raise ParibusError("whether an arm may be worse needs a margin: by how much it may be (--margin)")
    found = standings(comparison, margin)
    unknown = [standing.arm for standing in found if standing.silent or not comparison.alpha]
    if unknown and demand == "worse":
        raise ParibusError(
            "nothing can be said of {arms}, so that a check for worse means nothing: it needs two seeds or more, runs "
            "that train, and a look that the rule allows",
            arms=unknown,
        )
    return tuple(standing for standing in found if not _meets(standing, demand))


def _meets(standing: Standing, demand: Demand) -> bool:
    if demand == "worse":
        return standing.verdict != "worse"
    return standing.not_worse if demand == "maybe-worse" else standing.verdict == "better"
