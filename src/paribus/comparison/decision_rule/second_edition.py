"""The decision rule's second edition (docs/decisions/0014-the-rule-second-edition.md).

Two answers, whether it trains and how good it is where it does, with one joint error. Nothing but an edition of the
rule reaches a verdict; the first is in `first_edition`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.comparison import heavy_tails
from paribus.comparison.statistics import Floats, fisher_p, holm, paired_t_p, tost_p
from paribus.records.program import Metric
from paribus.records.reason_form import Tests
from paribus.records.reasons import REASON, REASONS

DEFAULT_MARGIN = 0.001
PLAIN = False

# Seeds in which nothing differs, from which on the arms are equal. Of normal differences whose mean is one step of the
# metric at most 24.2 % round to no step, so three such seeds come up in at most 1.4 %; four, five at later looks.
LEAST_ALIKE = 3


def rounding_variance(metric: Metric) -> float:
    """The variance that rounding alone gives a difference of two figures: 2/12 of the metric's least step, squared."""
    if metric.items is not None:
        return 1 / (6 * metric.items**2)
    return 0.0 if metric.resolution is None else metric.resolution**2 / 6


@dataclass(frozen=True)
class Evidence:
    """What the rule looks at, arrays of [..., pairs]; the last axis is the family that is corrected over.

    trained_a, trained_b: trained runs of `runs_a` and `runs_b`. gain: the mean difference b - a, turned so that it is
    positive where b is better. p_t, p_equal: of the t test (paired, or Welch's) and of TOST over the runs that are
    compared; p_figure, p_within: the same as by `heavy_tails`, which the second edition decides by. NaN where there
    are none. no_spread: figures do not differ where chance could show. identical: nothing differs, in enough seeds.
    """

    runs_a: ArrayLike
    runs_b: ArrayLike
    trained_a: NDArray[np.int64]
    trained_b: NDArray[np.int64]
    gain: Floats
    p_t: Floats
    p_equal: Floats
    p_figure: Floats
    p_within: Floats
    no_spread: ArrayLike = False
    identical: ArrayLike = False

    @property
    def untrained(self) -> NDArray[np.int64]:
        """How many runs of both arms did not train."""
        return np.asarray(np.add(self.runs_a, self.runs_b) - self.trained_a - self.trained_b)

    @property
    def all_trained(self) -> NDArray[np.bool_]:
        """Every run of both arms trained."""
        return np.asarray(self.untrained == 0)

    @property
    def none_trained(self) -> NDArray[np.bool_]:
        """No run of either arm did."""
        return np.asarray((self.trained_a == 0) & (self.trained_b == 0))


@dataclass(frozen=True)
class Answered:
    """One of the two answers, arrays of [..., pairs]: its verdict, "" where there is nothing to ask; p, corrected."""

    verdict: NDArray[np.str_]
    p: Floats
    p_holm: Floats


@dataclass(frozen=True)
class Decision:
    """Verdicts and how they came about, arrays of [..., pairs]; NaN where a p does not exist."""

    verdict: NDArray[np.str_]
    reason: NDArray[np.str_]
    decided_by: NDArray[np.str_]
    p_decision: Floats
    p_holm: Floats
    p_equal_holm: Floats
    trains: Answered
    figure: Answered


def evidence(
    differences: ArrayLike, trained_a: ArrayLike, trained_b: ArrayLike, *, margin: float, metric: Metric
) -> Evidence:
    """Evidence from paired differences [..., pairs, seeds] (b - a, the metric's unit).

    trained_a, trained_b: which runs trained, as truth values of the same shape; or how many [..., pairs], which says
    nothing of figures where some did not.
    """
    d, floor = np.asarray(differences, dtype=np.float64), rounding_variance(metric)
    trained = [np.asarray(trained_a), np.asarray(trained_b)]
    if trained[0].ndim == d.ndim:
        joint = trained[0] & trained[1]
        trained = [of.sum(axis=-1) for of in trained]
    else:
        whole = (trained[0] == d.shape[-1]) & (trained[1] == d.shape[-1])
        joint = np.broadcast_to(whole[..., None], d.shape)
    found = np.full((5, *d.shape[:-1]), np.nan)
    count = joint.sum(axis=-1)
    order = np.argsort(~joint, axis=-1, kind="stable")  # the seeds in which both trained come first
    for n in np.unique(count[count > 0]):
        rows = count == n
        used = np.take_along_axis(d[rows], order[rows], -1)[..., :n]
        mean = heavy_tails.paired(used, floor)
        ps = (paired_t_p(used, floor), tost_p(used, margin, floor), mean.p(), mean.p_within(margin))
        found[:, rows] = [used.mean(axis=-1) * metric.gain(0, 1), *ps]
    identical = (d == 0).all(axis=-1) & (d.shape[-1] >= LEAST_ALIKE)
    names = ("gain", "p_t", "p_equal", "p_figure", "p_within")
    figures = dict(zip(names, found, strict=True))
    return Evidence(d.shape[-1], d.shape[-1], trained[0], trained[1], **figures, identical=identical)


def decide(e: Evidence, level: float) -> Decision:
    """The rule. `level` is that of the look. Swapping a and b swaps the verdicts and changes nothing else.

    Fisher's exact test answers whether it trains, the t test how good it is where it does, each with its share of the
    pair's level (`count_share`); one weighted Holm correction is over both answers of all pairs. Equality within the
    margin is a family of its own, as it errs otherwise; it is asked first, and then a difference does not matter.
    """
    asked = ~e.all_trained & ~e.none_trained
    judged = (e.trained_a > 0) & (e.trained_b > 0) & ~np.asarray(e.no_spread)
    # Where an arm never trained there are no figures to ask, and the counts have the whole: such a split is the most
    # uneven of its total, which the counts refute with half of the level or `count_share` gives them all of it.
    share = np.where(judged, count_share(e, level), 1.0)
    p_trains = np.where(asked, fisher_p(e.trained_a, e.trained_b, e.runs_a, e.runs_b), np.nan)
    p_figure, p_plain = np.where(judged, e.p_figure, np.nan), np.where(judged, np.fmin(e.p_t, e.p_figure), np.nan)
    trains_holm, figure_holm = _together(p_trains, p_figure, share)
    more_often = e.trained_b / np.asarray(e.runs_b) > e.trained_a / np.asarray(e.runs_a)
    trains_holm = _by_its_own(trains_holm, p_trains, share, more_often != (e.gain > 0))
    equal_holm = holm_of_some(np.where(judged, e.p_within, np.nan))
    equal, counts = enough(equal_holm, level), enough(trains_holm, level)
    figure = enough(figure_holm, level) & ~equal
    identical = np.broadcast_to(e.identical, equal.shape) & e.all_trained & (level > 0)
    plain = enough(_together(p_trains, p_plain, share)[1], level)
    plain |= enough(holm_of_some(np.where(judged, e.p_equal, np.nan)), level)

    trains = Answered(answer(asked, counts, more_often), p_trains, trains_holm)
    answers = answer(~np.isnan(p_figure), figure, e.gain > 0)
    figures = Answered(np.where(equal | identical, "equal", answers), p_figure, figure_holm)
    tests = Tests(
        none_trained=e.none_trained,
        all_trained=e.all_trained,
        identical=identical,
        no_spread=np.broadcast_to(e.no_spread, counts.shape),
        tested=~np.isnan(p_figure),
        counts=counts,
        figure=figure,
        opposed=counts & figure & (more_often != (e.gain > 0)),
        tails=plain & ~figure & ~equal,
        equal=equal,
    )
    return concluded(tests, trains, figures, equal_holm)


def enough(p: Floats, level: float) -> NDArray[np.bool_]:
    """Whether a p is small enough; none is at level 0, and where there is none it is not."""
    with np.errstate(invalid="ignore"):
        return np.asarray((p <= level) & (level > 0))


def answer(asked: NDArray[np.bool_], decided: NDArray[np.bool_], b_leads: NDArray[np.bool_]) -> NDArray[np.str_]:
    """The verdicts of one answer."""
    return np.where(asked, np.where(decided, np.where(b_leads, "b_better", "a_better"), "open"), "")


def concluded(tests: Tests, trains: Answered, figure: Answered, p_equal_holm: Floats) -> Decision:
    """The verdict of both answers, by the first reason that applies."""
    shape = tests.counts.shape
    reason = np.select([r.when(tests) for r in REASONS], [np.full(shape, r.name) for r in REASONS], "")
    records = [REASON[name] for name in reason.ravel()]
    outcome = np.array([record.outcome for record in records]).reshape(shape)
    by_counts = np.array([record.counts for record in records], dtype=bool).reshape(shape)
    winner = np.where(by_counts, trains.verdict, figure.verdict)
    p, p_holm = (np.where(by_counts, *pair) for pair in ((trains.p, figure.p), (trains.p_holm, figure.p_holm)))
    by = np.where(np.isnan(p) | tests.identical, "none", np.where(by_counts, "fisher", "t"))
    return Decision(np.where(outcome == "better", winner, outcome), reason, by, p, p_holm, p_equal_holm, trains, figure)


def count_share(e: Evidence, level: float) -> Floats:
    """The counts' share of a pair's level, which depends on nothing but the total of runs that did not train.

    A test that cannot reach its share whatever the split needs none (Tarone 1990): then the figures have the whole. So
    has a total at which half of all runs or more failed and the counts can reach the whole level though not half of it.
    """
    n, m = np.broadcast_arrays(e.runs_a, e.runs_b)
    of_a, of_b = np.minimum(e.untrained, n), np.minimum(e.untrained, m)
    splits = ((n - of_a, m - (e.untrained - of_a)), (n - (e.untrained - of_b), m - of_b))
    least = np.minimum(*(fisher_p(a, b, n, m) for a, b in splits))
    own = level / e.untrained.shape[-1]
    mostly = (e.untrained >= np.maximum(n, m)) & (least <= own)
    return np.where(least <= own / 2, 0.5, np.where(mostly, 1.0, 0.0))


def _together(p_trains: Floats, p_figure: Floats, share: Floats) -> tuple[Floats, Floats]:
    p, weights = np.concatenate([p_trains, p_figure], axis=-1), np.concatenate([share, 1 - share], axis=-1)
    adjusted = np.where(np.isnan(p), np.nan, holm(np.where(np.isnan(p), 1.0, p), weights))
    return adjusted[..., : p_trains.shape[-1]], adjusted[..., p_trains.shape[-1] :]


def _by_its_own(trains_holm: Floats, p_trains: Floats, share: Floats, opposed: NDArray[np.bool_]) -> Floats:
    """Counts that speak against the figures: they must hold by their own share, and get none that the figures leave.

    Else the surer the figures are, the easier the counts veto them: power would fall with more seeds.
    """
    own = np.where(share > 0, np.minimum(1.0, p_trains * p_trains.shape[-1] / np.where(share > 0, share, 1.0)), 1.0)
    return np.where(opposed & (share < 1) & ~np.isnan(p_trains), np.fmax(trains_holm, own), trains_holm)


def holm_of_some(p: Floats) -> Floats:
    """Holm's correction where some tests do not apply (NaN): they stay in the family with p = 1, and stay NaN."""
    return np.where(np.isnan(p), np.nan, holm(np.where(np.isnan(p), 1.0, p)))
