"""The rule over data sets: two answers with one level, all pairs in one family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paribus.comparison.datasets.statistics import Counts, Ends
from paribus.comparison.decision_rule.second_edition import holm_of_some
from paribus.comparison.statistics import Floats, holm
from paribus.records.datasets import Scope
from paribus.records.verdict_parts import Answer, Answers, Verdict


@dataclass(frozen=True)
class Asked:
    """What is asked of one pair in one scope.

    p, p_equal: of the mean difference; NaN where it cannot be asked. counts: of the runs that trained, where some did
    not. gain: positive where b is better; more: where b trains more often. test, counted: what the tests are called.
    """

    p: float
    p_equal: float
    counts: Counts | None
    gain: float
    more: float
    failed: bool
    test: str
    counted: str
    ends: Ends


def scopes(asked: Sequence[Asked], level: float) -> list[Scope]:
    """The verdicts of all pairs. Equality is a family of its own, as among pairs on one data set."""
    p_counts = np.array([np.nan if one.counts is None else one.counts.p for one in asked])
    p_figure = np.array([one.p for one in asked])
    share = np.array([_share(one, level / len(asked)) for one in asked])
    both = np.concatenate([p_counts, p_figure])
    corrected = np.where(np.isnan(both), np.nan, _weighted(both, np.concatenate([share, 1 - share])))
    equal = holm_of_some(np.array([one.p_equal for one in asked]))
    n = len(asked)
    return [
        _scope(one, float(corrected[i]), float(corrected[n + i]), float(equal[i]), level) for i, one in enumerate(asked)
    ]


def _weighted(p: Floats, weights: Floats) -> Floats:
    return holm(np.where(np.isnan(p), 1.0, p), weights)


def _share(one: Asked, level: float) -> float:
    """The counts' share of the level: none where they cannot come down to half of it (Tarone 1990), all where there are
    no figures to ask."""
    if one.counts is None:
        return 0.0
    if np.isnan(one.p):
        return 1.0
    return 0.5 if one.counts.least <= level / 2 else 0.0


def _scope(one: Asked, p_counts: float, p_figure: float, p_equal: float, level: float) -> Scope:
    equal = level > 0 and p_equal <= level and not one.failed
    counts = _answer(one.counts.p if one.counts else np.nan, p_counts, one.more, one.counted, level)
    figure = _answer(one.p, p_figure, one.gain, one.test, level)
    if equal:  # asked first: then a difference does not matter
        figure = Answer(verdict="equal", test=one.test, p=one.p_equal, p_adjusted=p_equal, level=level)
    verdict, reason = _concluded(counts, figure, one.failed)
    low, high = (None if np.isnan(end) else float(end) for end in one.ends)
    return Scope(
        low=low,
        high=high,
        p=None if np.isnan(one.p) else one.p,
        p_equal=None if np.isnan(one.p_equal) else one.p_equal,
        answers=Answers(trains=counts, figure=figure),
        verdict=verdict,
        reason=reason,
    )


def _answer(p: float, adjusted: float, leads: float, test: str, level: float) -> Answer | None:
    if np.isnan(p):
        return None
    verdict: Verdict = "open"
    if level and adjusted <= level and leads:
        verdict = "b_better" if leads > 0 else "a_better"
    return Answer(verdict=verdict, test=test, p=p, p_adjusted=adjusted, level=level)


def _concluded(counts: Answer | None, figure: Answer | None, failed: bool) -> tuple[Verdict, str]:
    """The verdict and its reason, by the names that pairs on one data set have."""
    often, good = (None if one is None or one.verdict == "open" else one.verdict for one in (counts, figure))
    if often and good:
        return (good, "trained_and_figure") if often == good else ("open", "trade_off")
    if good == "equal":
        return "equal", "within_margin"
    if good:
        return good, "better_where_trained" if failed else "difference"
    if often:
        return often, "trained_counts"
    if figure is None and counts is None:
        return "open", "too_few_datasets"
    return "open", "counts_open" if failed else "not_separated"
