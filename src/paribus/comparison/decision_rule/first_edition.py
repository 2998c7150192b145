"""The decision rule's first edition (docs/decisions/0002-the-decision-rule.md), for verdicts that were made by it."""

from __future__ import annotations

import numpy as np

from paribus.comparison.decision_rule.second_edition import (
    Answered,
    Decision,
    Evidence,
    answer,
    concluded,
    enough,
    holm_of_some,
)
from paribus.comparison.statistics import fisher_p
from paribus.records.reason_form import Tests

PLAIN = True


def decide(e: Evidence, level: float) -> Decision:
    """The rule. `level` is that of the look.

    Where the figures have no spread to judge by, nothing is decided. Else stage 1, a pair with any run that did not
    train: Fisher's exact test on the counts of trained runs decides; stage 2, all trained: TOST within the margin, then
    the t test. Holm corrects the deciding p over all pairs, of whichever stage (each is valid given the stage), and the
    p of TOST over all pairs likewise; a pair that a test does not apply to stays in its family with p = 1.
    """
    no_spread = np.broadcast_to(e.no_spread, e.all_trained.shape)
    by_counts, by_figure = ~e.all_trained & ~e.none_trained & ~no_spread, e.all_trained & ~no_spread
    p_counts = fisher_p(e.trained_a, e.trained_b, e.runs_a, e.runs_b)
    p = np.where(by_figure, e.p_t, np.where(by_counts, p_counts, np.nan))
    p_holm, p_equal_holm = holm_of_some(p), holm_of_some(np.where(by_figure, e.p_equal, np.nan))
    identical = np.broadcast_to(e.identical, p.shape) & e.all_trained & (level > 0)
    different, equal = enough(p_holm, level), enough(p_equal_holm, level)
    nothing = np.full(p.shape, np.nan)
    trains = Answered(
        answer(by_counts, different, e.trained_b > e.trained_a),
        np.where(by_counts, p, nothing),
        np.where(by_counts, p_holm, nothing),
    )
    verdict = np.where(equal | identical, "equal", answer(~np.isnan(p) & by_figure, different, e.gain > 0))
    figure = Answered(verdict, np.where(by_figure, p, nothing), np.where(by_figure, p_holm, nothing))
    never = np.zeros(p.shape, dtype=bool)
    tests = Tests(
        none_trained=e.none_trained,
        all_trained=e.all_trained,
        identical=identical,
        no_spread=no_spread,
        tested=~np.isnan(p),
        counts=by_counts & different,
        figure=by_figure & different,
        opposed=never,
        tails=never,
        equal=equal,
    )
    return concluded(tests, trains, figure, p_equal_holm)
