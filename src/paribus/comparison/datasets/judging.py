"""Several data sets as a second random factor: pairs of arms on each, over these, and over data sets like these.

Each data set's own answer is the ordinary rule's; one correction is over all pairs on all data sets. The verdict is
over data sets like these, and never claimed where these data sets themselves do not show it: both have one level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from paribus.comparison.arm_results import ArmRuns
from paribus.comparison.datasets import statistics as ds
from paribus.comparison.datasets.verdicts import Asked, scopes
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.pair_verdicts import arm_pairs, views_of
from paribus.comparison.pairing import Pair, pair_of
from paribus.comparison.statistics import LEVEL, Floats, sign_flip_p_min, standard_error
from paribus.records.comparison import PairView
from paribus.records.datasets import Datasets, OnDataset, OverDatasets, Scope
from paribus.records.program import Metric

OnEach = Mapping[str, Sequence[ArmRuns]]  # by data set the arms that have runs on it


@dataclass(frozen=True)
class _Over:
    """A pair over its data sets: where it was seen, and what of it is tested."""

    a: str
    b: str
    on: tuple[OnDataset, ...]
    left_out: tuple[str, ...]
    metric: Metric

    @property
    def floor(self) -> float:
        """The least variance of a difference, by rounding alone."""
        return _floor(self.told, self.metric)

    @property
    def gain(self) -> float:
        """The mean difference, positive where b is better."""
        return self.metric.gain(0.0, float(self.differences.mean())) if self.told else 0.0

    @property
    def told(self) -> list[OnDataset]:
        return [found for found in self.on if found.difference is not None]

    @property
    def differences(self) -> Floats:
        return np.array([found.difference for found in self.told], dtype=np.float64)

    @property
    def df(self) -> Floats:
        return np.array([found.df for found in self.told], dtype=np.float64)

    @property
    def errors(self) -> Floats:
        return np.array([found.error for found in self.told], dtype=np.float64)


def over_datasets(
    on_each: OnEach,
    arms: Sequence[ArmRuns],
    metric: Metric,
    margin: float | None,
    *,
    look: int,
    paired: bool,
    baseline: str,
    edition: str,
    column: str,
) -> tuple[Datasets, tuple[PairView, ...]]:
    """Every pair of `arms` over data sets, and as a pair whose verdict that is. Without a margin nothing is equal."""
    named = [(a.name, b.name) for a, b in arm_pairs(arms, baseline)]
    pairs = {
        (name, both): found
        for both in named
        for name, runs in on_each.items()
        if (found := _pair_on(runs, both, metric, paired)) is not None
    }
    views = dict(
        zip(
            pairs,
            views_of([*pairs.values()], metric, margin, look, edition, settle=False) if pairs else (),
            strict=True,
        )
    )
    level = look_level(look)
    overs = [_over(both, on_each, pairs, views, metric) for both in named]
    asked = [_asked(over, margin) for over in overs]
    these = scopes([one for one, _ in asked], level)
    like = scopes([two for _, two in asked], level)
    told = tuple(
        _told(over, of_these, of_like, level, len(named))
        for over, of_these, of_like in zip(overs, these, like, strict=True)
    )
    datasets = Datasets(column=column, names=tuple(on_each), tests=len(pairs), over=told)
    return datasets, tuple(_as_pair(over, metric, margin is not None) for over in told)


def _pair_on(runs: Sequence[ArmRuns], both: tuple[str, str], metric: Metric, paired: bool) -> Pair | None:
    """The pair on one data set; None where it lacks an arm, or both have no seed in common."""
    arms = {arm.name: arm for arm in runs}
    if not all(name in arms for name in both):
        return None
    pair = pair_of(arms[both[0]], arms[both[1]], metric, paired)
    return pair if len(pair.places_a) and len(pair.places_b) else None


def _over(both: tuple[str, str], on_each: OnEach, pairs: Mapping[Any, Pair], views: Mapping[Any, PairView],
          metric: Metric) -> _Over:  # fmt: skip
    seen = [name for name in on_each if (name, both) in pairs]
    on = tuple(_on(name, pairs[name, both], views[name, both]) for name in seen)
    kept = {found.name for found in on if found.difference is not None}
    counted = kept | {found.name for found in on if found.trained_a < found.runs_a or found.trained_b < found.runs_b}
    over = _Over(*both, on, tuple(name for name in on_each if name not in counted), metric)
    apart = ds.apart_p(over.differences, over.errors, over.df, over.floor)
    corrected = rule.holm_of_some(apart)
    residuals = {
        found.name: {"p_apart": _known(p), "p_apart_adjusted": _known(q)}
        for found, p, q in zip(over.told, apart, corrected, strict=True)
    }
    return replace(over, on=tuple(found.model_copy(update=residuals.get(found.name, {})) for found in on))


def _floor(told: Sequence[OnDataset], metric: Metric) -> float:
    return rule.rounding_variance(metric) / max((found.runs_a for found in told), default=1)


def _on(name: str, pair: Pair, view: PairView) -> OnDataset:
    (trained_a, trained_b), tested = pair.trained, view.answers
    by = tested.trains if tested and view.decided_by == "fisher" else tested.figure if tested else None
    return OnDataset(
        name=name,
        runs_a=len(pair.places_a),
        runs_b=len(pair.places_b),
        trained_a=trained_a,
        trained_b=trained_b,
        mean_a=view.mean_a,
        mean_b=view.mean_b,
        difference=view.difference,
        low=view.low,
        high=view.high,
        level=view.level,
        error=view.error,
        df=view.df,
        test=by.test if by else "none",
        p=by.p if by else None,
        p_adjusted=by.p_adjusted if by else None,
        verdict=view.verdict,
        reason=view.reason,
    )


def _asked(over: _Over, margin: float | None) -> tuple[Asked, Asked]:
    """What is asked on these data sets, and over data sets like these."""
    d, errors, gain = over.differences, over.errors, over.gain
    counts = np.array([(f.trained_a, f.runs_a, f.trained_b, f.runs_b) for f in over.on], np.int64).reshape(-1, 4).T
    failed = bool((counts[0] < counts[1]).any() or (counts[2] < counts[3]).any())
    shares = counts[2] / counts[3] - counts[0] / counts[1]
    seeds_known = len(d) > 0 and not np.isnan(errors).any()
    fixed = ds.fixed_mean(d, errors, over.df) if seeds_known else ds.Fixed(np.nan, np.nan, np.nan)
    equal = np.nan if margin is None else fixed.p_equal(margin)
    trains = ds.stratified_counts(*counts) if failed else None
    more = float(counts[2].sum() / counts[3].sum() - counts[0].sum() / counts[1].sum()) if failed else 0.0
    these = Asked(fixed.p(), equal, trains, gain, more, failed, "t_over_seeds", "stratified", fixed.ends())
    p = max(ds.sampled_p(d, over.floor))  # NaN first, and then it stays
    equal = np.nan if margin is None else ds.sampled_p_equal(d, margin, over.floor)
    sampled = ds.sampled_counts(shares) if failed else None
    if sampled is not None and trains is not None:
        sampled = sampled._replace(p=max(sampled.p, trains.p))
    more = float(shares.mean()) if failed else 0.0
    like = Asked(_at_least(p, fixed.p()), _at_least(equal, these.p_equal), sampled, gain, more, failed,
                 "t_and_sign_flips", "sign_flips", ds.hull(ds.sampled_ends(d, over.floor), these.ends))  # fmt: skip
    return these, like


def _at_least(p: float, other: float) -> float:
    """The larger of both, where the other is known."""
    return p if np.isnan(other) or np.isnan(p) else max(p, other)


def _told(over: _Over, these: Scope, like: Scope, level: float, pairs: int) -> OverDatasets:
    d, gain = over.differences, over.gain
    leads: str | None = next((v for v in (like.verdict, these.verdict) if v in ("a_better", "b_better")), None)
    leads = leads or ("b_better" if gain > 0 else "a_better" if gain < 0 else "")
    p_t, p_flips = ds.sampled_p(d, over.floor)
    least = ds.least_datasets(level / pairs)
    if like.verdict == "open" and len(d) < least:
        like = like.model_copy(update={"reason": "too_few_datasets"})
    spread, (new_low, new_high) = ds.spread_between(d, over.errors, over.df), ds.next_ends(d, over.errors, over.floor)
    decided = {"a_better", "b_better"} - {leads} if leads else set()
    return OverDatasets(
        a=over.a,
        b=over.b,
        on=over.on,
        left_out=over.left_out,
        difference=float(d.mean()) if len(d) else None,
        level=LEVEL,
        these=these,
        like=like,
        least=least,
        p_t=_known(p_t),
        p_sign_flip=_known(p_flips),
        p_wilcoxon=ds.wilcoxon_p(d) if len(d) > 1 else None,
        spread=_known(spread[0]),
        spread_low=_known(spread[1]),
        spread_high=_known(spread[2]),
        new_low=_known(new_low),
        new_high=_known(new_high),
        contrary=tuple(found.name for found in over.on if found.verdict in decided),
        apart=tuple(f.name for f in over.told if f.p_apart_adjusted is not None and f.p_apart_adjusted <= level),
    )


def _as_pair(over: OverDatasets, metric: Metric, judged: bool) -> PairView:
    """The pair as other comparisons have theirs, for whoever asks for its verdict: over data sets like these."""
    told, like = over.differing, over.like
    by = like.answers.trains if like.reason in ("trained_counts", "trained_and_figure") else like.answers.figure
    values = [found.difference for found in told if found.difference is not None]
    k = len(values)
    error = float(standard_error(np.array(values), _floor(told, metric))) if k > 1 else np.nan
    means = [[getattr(found, side) for found in told] for side in ("mean_a", "mean_b")]
    counts = {name: sum(getattr(on, name) for on in over.on) for name in ("trained_a", "runs_a", "trained_b", "runs_b")}
    can = k >= over.least and error > 0
    return PairView(
        a=over.a,
        b=over.b,
        metric=metric.name,
        over="trained" if counts["trained_a"] + counts["trained_b"] < counts["runs_a"] + counts["runs_b"] else "all",
        seeds=(),
        differences=(),
        difference=over.difference,
        low=like.low,
        high=like.high,
        level=over.level,
        error=error if can else None,
        df=k - 1 if can else None,
        items_low=None,
        items_high=None,
        seed_share=None,
        p=over.p_sign_flip,
        p_min=sign_flip_p_min(k),
        p_t=over.p_t,
        p_trained=None,
        p_equal=like.p_equal if judged else None,
        p_decision=None if by is None else by.p,
        p_holm=None if by is None else by.p_adjusted,
        p_equal_holm=like.answers.figure.p_adjusted if like.verdict == "equal" and like.answers.figure else None,
        decided_by="datasets" if by is not None else "none",
        mcnemar=(),
        verdict=like.verdict,
        reason="not_separated" if like.reason == "too_few_datasets" else like.reason,
        seeds_to_settle=None,
        mean_a=float(np.mean(means[0])) if k else None,
        mean_b=float(np.mean(means[1])) if k else None,
        answers=like.answers,
        **counts,
    )


def _known(x: float) -> float | None:
    return None if np.isnan(x) else float(x)
