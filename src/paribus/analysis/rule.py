"""The decision rule, as docs/decisions/0002-the-decision-rule.md has it. Nothing else reaches a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.analysis.power import seeds_for_counts, seeds_for_difference, seeds_for_equality
from paribus.analysis.statistics import Floats, fisher_p, holm, paired_t_p, tost_p
from paribus.values.comparison import Reason, Verdict
from paribus.values.errors import ComparisonError

# The level of each look at the same arms, at most three. The first gets most, for most stop there. They add up to
# less than 0.05: whoever chooses how many seeds to add after seeing the first ones has a little more chance than
# the levels say (the decision record has the simulation that found it).
LOOK_LEVELS: tuple[float, ...] = (0.035, 0.006, 0.003)
DEFAULT_MARGIN = 0.001

# A run trained if its loss is this share below the best constant predictor's, and its output follows its input.
TRAINED_LOSS_SHARE = 0.05


def look_level(look: int) -> float:
    """The level that look number `look` (from 1) may use; 0 beyond the last allowed one, where nothing is decided."""
    if look < 1:
        raise ComparisonError("look must be at least 1", got=look)
    return LOOK_LEVELS[look - 1] if look <= len(LOOK_LEVELS) else 0.0


def least_variance(test_count: int) -> float:
    """The variance that rounding to whole test images alone gives a difference of two accuracies: 2/12 image^2."""
    return 1 / (6 * test_count**2)


@dataclass(frozen=True)
class Evidence:
    """What the rule looks at, arrays of [..., pairs]; the last axis is the family that Holm corrects over.

    trained_a, trained_b: trained runs of `seeds`. mean: of the paired differences b - a. p_t, p_equal: of the
    paired t test and of TOST over all seeds; NaN where there are none, and unused where a run did not train.
    """

    seeds: int
    trained_a: NDArray[np.int64]
    trained_b: NDArray[np.int64]
    mean: Floats
    p_t: Floats
    p_equal: Floats


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
    differences: ArrayLike, trained_a: ArrayLike, trained_b: ArrayLike, *, margin: float, test_count: int
) -> Evidence:
    """Evidence from paired differences [..., pairs, seeds] (b - a, fractions) and trained counts [..., pairs]."""
    differences, floor = np.asarray(differences, dtype=np.float64), least_variance(test_count)
    return Evidence(
        seeds=differences.shape[-1],
        trained_a=np.asarray(trained_a, dtype=np.int64),
        trained_b=np.asarray(trained_b, dtype=np.int64),
        mean=differences.mean(axis=-1),
        p_t=paired_t_p(differences, floor),
        p_equal=tost_p(differences, margin, floor),
    )


def decide(e: Evidence, level: float) -> Decision:
    """The rule. `level` is that of the look. Swapping a and b swaps the verdicts and changes nothing else.

    Stage 1, a pair with any run that did not train: Fisher's exact test on the counts of trained runs decides.
    Stage 2, all trained: TOST within the margin, then the paired t test. Holm corrects the deciding p over all
    pairs, of whichever stage (each is valid given the stage), and the p of TOST over all pairs likewise; a pair
    that a test does not apply to stays in its family with p = 1.
    """
    seeds = e.seeds
    all_trained = (e.trained_a == seeds) & (e.trained_b == seeds)
    none_trained = (e.trained_a == 0) & (e.trained_b == 0)
    p_counts = fisher_p(e.trained_a, e.trained_b, seeds)
    p_decision = np.where(all_trained, e.p_t, np.where(none_trained, np.nan, p_counts))
    p_holm = _holm_of_some(p_decision)
    p_equal_holm = _holm_of_some(np.where(all_trained, e.p_equal, np.nan))
    with np.errstate(invalid="ignore"):
        different, equal = (p_holm <= level) & (level > 0), (p_equal_holm <= level) & (level > 0)

    cases: list[tuple[NDArray[np.bool_], Reason]] = [
        (none_trained, "neither_trained"),
        (~all_trained & different, "trained_counts"),
        (~all_trained, "counts_open"),
        (np.isnan(p_decision), "too_few_seeds"),
        (equal, "within_margin"),
        (different, "accuracy"),
    ]
    reason = np.select([c for c, _ in cases], [np.full(c.shape, r) for c, r in cases], "not_separated")
    b_leads = np.where(all_trained, e.mean > 0, e.trained_b > e.trained_a)
    better: list[Verdict] = ["a_better", "b_better"]
    decided = (reason == "trained_counts") | (reason == "accuracy")
    verdict = np.where(decided, np.where(b_leads, better[1], better[0]), "open")
    verdict = np.where(reason == "within_margin", "equal", verdict)
    by = np.where(np.isnan(p_decision), "none", np.where(all_trained, "t", "fisher"))
    return Decision(verdict, reason, by, p_decision, p_holm, p_equal_holm)


def _holm_of_some(p: Floats) -> Floats:
    return np.where(np.isnan(p), np.nan, holm(np.where(np.isnan(p), 1.0, p)))


def seeds_to_settle(
    reason: str,
    *,
    mean: float,
    deviation: float,
    trained_a: int,
    trained_b: int,
    seeds: int,
    pairs: int,
    margin: float,
    look: int,
) -> int | None:
    """How many seeds in all would settle an open pair with power 0.8 at the next look, were the effect as observed.

    Either establishes the observed difference or equality within the margin, whichever needs fewer. `deviation`:
    standard deviation of the paired differences (never zero: at least that of rounding). The next look's level is
    divided by the number of `pairs`, Holm's worst case. None where no look is left, no effect is known (one seed,
    nothing trained), or more than 1000 seeds would be needed.
    """
    if look >= len(LOOK_LEVELS):
        return None
    level, least = LOOK_LEVELS[look] / pairs, seeds + 1
    if reason == "counts_open":
        return seeds_for_counts(trained_a / seeds, trained_b / seeds, level, least)
    if reason != "not_separated":
        return None
    found = [seeds_for_difference(mean / deviation, level, least)]
    if abs(mean) < margin:
        found.append(seeds_for_equality(mean / deviation, margin / deviation, level, least))
    return min((n for n in found if n is not None), default=None)
