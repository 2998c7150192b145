"""The decision rule, as docs/decisions/0002-the-decision-rule.md has it. Nothing else reaches a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.comparison.statistics import Floats, fisher_p, holm, paired_t_p, tost_p
from paribus.core.errors import ComparisonError
from paribus.records.program import Metric
from paribus.records.reasons import REASON, REASONS, Tests

# The level of each look at the same arms, at most three. The first gets most, for most stop there. They add up to
# less than 0.05: whoever chooses how many seeds to add after seeing the first ones has a little more chance than
# the levels say (the decision record has the simulation that found it).
LOOK_LEVELS: tuple[float, ...] = (0.035, 0.006, 0.003)
DEFAULT_MARGIN = 0.001

# A run trained if its loss is this share below the best constant predictor's, and its output follows its input.
TRAINED_LOSS_SHARE = 0.05

# Seeds in which nothing differs, from which on the arms are equal. Of normal differences whose mean is one step of the
# metric at most 24.2 % round to no step, so three such seeds come up in at most 1.4 %; four, five at later looks.
LEAST_ALIKE = 3


def look_level(look: int) -> float:
    """The level that look number `look` (from 1) may use; 0 beyond the last allowed one, where nothing is decided."""
    if look < 1:
        raise ComparisonError("look must be at least 1", got=look)
    return LOOK_LEVELS[look - 1] if look <= len(LOOK_LEVELS) else 0.0


def rounding_variance(metric: Metric) -> float:
    """The variance that rounding alone gives a difference of two figures: 2/12 of the metric's least step, squared."""
    if metric.items is not None:
        return 1 / (6 * metric.items**2)
    return 0.0 if metric.resolution is None else metric.resolution**2 / 6


@dataclass(frozen=True)
class Evidence:
    """What the rule looks at, arrays of [..., pairs]; the last axis is the family that Holm corrects over.

    trained_a, trained_b: trained runs of `runs_a` and `runs_b`. gain: the mean difference b - a, turned so that it is
    positive where b is better. p_t, p_equal: of the t test (paired, or Welch's) and of TOST over all runs; NaN where
    there are none, and unused where a run did not train. no_spread: figures do not differ where chance could show.
    identical: nothing differs, in enough seeds.
    """

    runs_a: ArrayLike
    runs_b: ArrayLike
    trained_a: NDArray[np.int64]
    trained_b: NDArray[np.int64]
    gain: Floats
    p_t: Floats
    p_equal: Floats
    no_spread: ArrayLike = False
    identical: ArrayLike = False


@dataclass(frozen=True)
class Decision:
    """Verdicts and how they came about, arrays of [..., pairs]; NaN where a p does not exist."""

    verdict: NDArray[np.str_]
    reason: NDArray[np.str_]
    decided_by: NDArray[np.str_]
    p_decision: Floats
    p_holm: Floats
    p_equal_holm: Floats


def evidence(
    differences: ArrayLike, trained_a: ArrayLike, trained_b: ArrayLike, *, margin: float, metric: Metric
) -> Evidence:
    """Evidence from paired differences [..., pairs, seeds] (b - a, the metric's unit), trained counts [..., pairs]."""
    differences, floor = np.asarray(differences, dtype=np.float64), rounding_variance(metric)
    return Evidence(
        runs_a=differences.shape[-1],
        runs_b=differences.shape[-1],
        trained_a=np.asarray(trained_a, dtype=np.int64),
        trained_b=np.asarray(trained_b, dtype=np.int64),
        gain=differences.mean(axis=-1) * metric.gain(0, 1),
        p_t=paired_t_p(differences, floor),
        p_equal=tost_p(differences, margin, floor),
        identical=(differences == 0).all(axis=-1) & (differences.shape[-1] >= LEAST_ALIKE),
    )


def decide(e: Evidence, level: float) -> Decision:
    """The rule. `level` is that of the look. Swapping a and b swaps the verdicts and changes nothing else.

    Where nothing differs, arms are equal; where the figures have no spread to judge by, nothing is decided. Else
    stage 1, a pair with any run that did not train: Fisher's exact test on the counts of trained runs decides;
    stage 2, all trained: TOST within the margin, then the t test. Holm corrects the deciding p over all
    pairs, of whichever stage (each is valid given the stage), and the p of TOST over all pairs likewise; a pair
    that a test does not apply to stays in its family with p = 1.
    """
    all_trained = (e.trained_a == e.runs_a) & (e.trained_b == e.runs_b)
    none_trained = (e.trained_a == 0) & (e.trained_b == 0)
    identical = np.broadcast_to(e.identical, none_trained.shape) & all_trained & (level > 0)
    no_spread = np.broadcast_to(e.no_spread, none_trained.shape)
    p_counts = fisher_p(e.trained_a, e.trained_b, e.runs_a, e.runs_b)
    p_decision = np.where(all_trained, e.p_t, np.where(none_trained, np.nan, p_counts))
    p_decision = np.where(no_spread, np.nan, p_decision)
    p_holm = holm_of_some(p_decision)
    p_equal_holm = holm_of_some(np.where(all_trained & ~no_spread, e.p_equal, np.nan))
    with np.errstate(invalid="ignore"):
        different, equal = (p_holm <= level) & (level > 0), (p_equal_holm <= level) & (level > 0)

    tests = Tests(none_trained, all_trained, identical, no_spread, ~np.isnan(p_decision), different, equal)
    reason = np.select([r.when(tests) for r in REASONS], [np.full(none_trained.shape, r.name) for r in REASONS], "")
    outcome = np.array([REASON[name].outcome for name in reason.ravel()]).reshape(reason.shape)
    b_leads = np.where(all_trained, e.gain > 0, e.trained_b > e.trained_a)
    verdict = np.where(outcome == "better", np.where(b_leads, "b_better", "a_better"), outcome)
    by = np.where(np.isnan(p_decision) | identical, "none", np.where(all_trained, "t", "fisher"))
    return Decision(verdict, reason, by, p_decision, p_holm, p_equal_holm)


def holm_of_some(p: Floats) -> Floats:
    """Holm's correction where some tests do not apply (NaN): they stay in the family with p = 1, and stay NaN."""
    return np.where(np.isnan(p), np.nan, holm(np.where(np.isnan(p), 1.0, p)))
