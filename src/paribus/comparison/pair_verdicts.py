"""Every pair of arms, by every metric, with the verdict of the decision rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from paribus.comparison.arm_results import ArmRuns
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.editions import CURRENT, edition
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.exaggeration import overstated
from paribus.comparison.outlying_runs import far_runs, without
from paribus.comparison.pairing import Pair, Tested, pair_of
from paribus.comparison.rare_failures import unseen
from paribus.comparison.seeds_and_items import crossed
from paribus.comparison.seeds_to_settle import Seeds, Seen, seeds_to_settle
from paribus.comparison.statistics import LEVEL, fisher_p, mcnemar_p, t_interval, unseen_share
from paribus.records.comparison import McNemar, PairView
from paribus.records.exaggeration import Overstated
from paribus.records.program import Metric
from paribus.records.reasons import IDENTICAL, NO_SPREAD, REASON
from paribus.records.verdict_parts import Answer, Answers


@dataclass(frozen=True)
class Family:
    """Pairs that are judged together: Holm's correction is over all of them.

    margin: of the metric that is judged; without one nothing is practically equal, and no number of seeds settles
    anything. plain: the edition judges by the t test alone.
    """

    pairs: tuple[Pair, ...]
    margin: float | None
    look: int
    decision: rule.Decision
    tested: tuple[Tested, ...]
    corrected: tuple[float, ...]
    plain: bool


def pair_views(
    arms: Sequence[ArmRuns],
    metrics: Sequence[Metric],
    margin: float | None,
    look: int,
    paired: bool = True,
    baseline: str = "",
    rule_edition: str = CURRENT,
) -> tuple[PairView, ...]:
    """All pairs by all these metrics, a before b in the arms' order; Holm's correction is over all of them.

    With a `baseline` only its pairs, in which it is a. `rule_edition`: of the decision rule.

    The margin, and the outcomes by item, are of the first metric; without a margin there are no outcomes either.
    """
    pairs = [pair_of(a, b, metric, paired) for metric in metrics for a, b in arm_pairs(arms, baseline)]
    return views_of(pairs, metrics[0], margin, look, rule_edition)


def views_of(
    pairs: Sequence[Pair],
    judged: Metric,
    margin: float | None,
    look: int,
    rule_edition: str = CURRENT,
    *,
    settle: bool = True,
) -> tuple[PairView, ...]:
    """These pairs as one family; the margin is of the metric that is judged.

    Without `settle` it is not asked how many seeds would settle one, nor what other items would do: that takes longest.
    """
    chosen = edition(rule_edition)
    tested = [pair.tested(margin if pair.metric is judged else None, chosen.PLAIN) for pair in pairs]
    evidence = rule.Evidence(
        runs_a=np.array([len(pair.places_a) for pair in pairs]),
        runs_b=np.array([len(pair.places_b) for pair in pairs]),
        trained_a=np.array([pair.trained[0] for pair in pairs]),
        trained_b=np.array([pair.trained[1] for pair in pairs]),
        gain=np.array([pair.metric.gain(0, found.difference) for pair, found in zip(pairs, tested, strict=True)]),
        p_t=np.array([found.p_t for found in tested]),
        p_equal=np.array([found.p_equal for found in tested]),
        p_figure=np.array([found.p_figure for found in tested]),
        p_within=np.array([found.p_within for found in tested]),
        no_spread=np.array([pair.no_spread for pair in pairs]),
        identical=np.array([pair.identical for pair in pairs]),
    )
    decision = chosen.decide(evidence, look_level(look))
    corrected = rule.holm_of_some(np.array([found.p for found in tested]))
    family = Family(tuple(pairs), margin, look, decision, tuple(tested), tuple(map(float, corrected)), chosen.PLAIN)
    told = settle and margin is not None
    return tuple(_view(family, i, judged=told and pair.metric is judged) for i, pair in enumerate(pairs))


def arm_pairs(arms: Sequence[ArmRuns], baseline: str) -> Iterable[tuple[ArmRuns, ArmRuns]]:
    """The pairs that are judged: all, a before b; with a baseline those that it is in, as a."""
    if not baseline:
        return combinations(arms, 2)
    own = next(arm for arm in arms if arm.name == baseline)
    return [(own, arm) for arm in arms if arm is not own]


def _view(family: Family, i: int, judged: bool) -> PairView:
    pair, found, d = family.pairs[i], family.tested[i], family.decision
    (trained_a, trained_b), (runs_a, runs_b) = pair.trained, (len(pair.places_a), len(pair.places_b))
    items = _over_items(pair) if judged else (None, None, None)
    verdict, reason = str(d.verdict[i]), str(d.reason[i])
    hidden = unseen(reason, len(pair.used_b if verdict == "b_better" else pair.used_a), _known(found.difference))
    by, seeds = str(d.decided_by[i]), _seeds_to_settle(family, i) if judged else Seeds()
    far = far_runs(pair)
    return PairView(
        a=pair.a.name,
        b=pair.b.name,
        metric=pair.metric.name,
        over=pair.over,
        seeds=tuple(pair.a.columns.seeds[pair.used_a].tolist()) if pair.paired else (),
        differences=tuple(pair.differences.tolist()),
        difference=_known(found.difference),
        low=_possible(found.low, pair.metric),
        high=_possible(found.high, pair.metric),
        level=LEVEL,
        error=_known(found.error),
        df=_known(found.df),
        reshaped=found.mean is not None and found.mean.reshaped,
        items_low=items[0],
        items_high=items[1],
        seed_share=items[2],
        p=_known(found.p),
        p_min=found.p_min,
        p_sign_flip_holm=_known(family.corrected[i]),
        p_t=_known(found.p_t),
        p_trained=float(fisher_p(trained_a, trained_b, runs_a, runs_b)) if pair.a.trains or pair.b.trains else None,
        p_equal=_known(found.p_equal),
        p_decision=_known(d.p_decision[i]),
        p_holm=_known(d.p_holm[i]),
        p_equal_holm=_known(d.p_equal_holm[i]),
        decided_by="welch" if by == "t" and not pair.paired else by,
        mcnemar=_mcnemar(pair) if judged else (),
        verdict=verdict,
        reason=reason,
        seeds_to_settle=seeds.n,
        seeds_to_settle_low=seeds.low,
        seeds_to_settle_high=seeds.high,
        margin_supported=_margin_supported(family, i) if trained_a == runs_a and trained_b == runs_b else None,
        could_differ=unseen_share(len(pair.used_a)) if pair.paired and reason == IDENTICAL.name else None,
        unseen_share=hidden.share,
        unseen_loss=hidden.loss,
        trained_a=trained_a,
        runs_a=runs_a,
        trained_b=trained_b,
        runs_b=runs_b,
        mean_a=float(pair.figures_a.mean()) if len(pair.used_a) else None,
        mean_b=float(pair.figures_b.mean()) if len(pair.used_b) else None,
        seeds_only_a=_left_out(pair.a, pair.places_a),
        seeds_only_b=_left_out(pair.b, pair.places_b),
        answers=_answers(family, i),
        far_runs=far,
        without_far=without(pair, far, family.plain),
        overstated=_overstated(family, i),
    )


def _answers(family: Family, i: int) -> Answers:
    """The two answers, as the rule has them."""
    d, level = family.decision, look_level(family.look)
    found: list[Answer | None] = []
    for of, test in ((d.trains, "fisher"), (d.figure, "t" if family.pairs[i].paired else "welch")):
        verdict, p, adjusted = str(of.verdict[i]), float(of.p[i]), float(of.p_holm[i])
        if verdict == "equal":
            p, adjusted = family.tested[i].p_within, float(d.p_equal_holm[i])
        answer = {"verdict": verdict, "test": test, "p": _known(p), "p_adjusted": _known(adjusted), "level": level}
        found.append(Answer.model_validate(answer) if verdict else None)
    return Answers(trains=found[0], figure=found[1])


def _overstated(family: Family, i: int) -> Overstated | None:
    """Where the t test over all runs decides, at the level that corrections leave it; not where some count less."""
    found, d = family.tested[i], family.decision
    if str(d.figure.verdict[i]) not in ("a_better", "b_better") or not 0 < found.p_t <= d.figure.p_holm[i]:
        return None
    level = look_level(family.look) * found.p_t / float(d.figure.p_holm[i])
    return overstated(found.difference, found.error, found.df, level)


def _left_out(arm: ArmRuns, places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[int, ...]:
    return tuple(np.delete(arm.columns.seeds, places).tolist())


def _seeds_to_settle(family: Family, i: int) -> Seeds:
    """Where nothing differs, the least that is called equal.

    No seeds show equality within a margin that is less than a figure's least step.
    """
    reason = str(family.decision.reason[i])
    pair, found, margin = family.pairs[i], family.tested[i], family.margin
    if margin is None:
        return Seeds()
    of_figures = REASON[reason].power == "difference" or reason == NO_SPREAD.name
    if pair.paired and of_figures and not pair.differences.any():
        few = len(pair.differences) < rule.LEAST_ALIKE
        return Seeds(*[rule.LEAST_ALIKE] * 3) if few else Seeds()
    runs = (len(pair.places_a), len(pair.places_b))
    seen = Seen(found.difference, found.error, found.deviation, found.df, pair.trained, runs)
    resolved = margin >= (pair.metric.resolution or 0.0)
    return seeds_to_settle(reason, seen, pairs=len(family.pairs), margin=margin if resolved else 0.0, look=family.look)


def _margin_supported(family: Family, i: int) -> float | None:
    """By Holm's worst case."""
    level = look_level(family.look) / len(family.pairs)
    return _known(family.tested[i].margin_supported(level)) if level else None


def _known(x: float) -> float | None:
    return None if np.isnan(x) else float(x)


def _possible(end: float, metric: Metric) -> float | None:
    """An end of a difference's interval: two shares are no further apart than 1."""
    return _known(float(np.clip(end, -1.0, 1.0)) if metric.unit == "share" else end)


def _over_items(pair: Pair) -> tuple[float | None, float | None, float | None]:
    """The interval over seeds and items, and the seeds' share; of one seed over its items alone.

    Nothing where outcomes by item are not known of every run.
    """
    floor = rule.rounding_variance(pair.metric)
    used = zip(pair.used_a.tolist(), pair.used_b.tolist(), strict=pair.paired)
    rows = [(pair.a.items_of(a), pair.b.items_of(b)) for a, b in used]
    known = [b.astype(np.int8) - a for a, b in rows if a is not None and b is not None]
    if not pair.paired or not known or len(known) < len(rows):
        return None, None, None
    if len(known) == 1:
        low, high = t_interval(known[0], LEVEL)
        return _known(float(low)), _known(float(high)), None
    found = crossed(np.stack(known), LEVEL, floor)
    return (found.low, found.high, found.seed_share) if found else (None, None, None)


def _mcnemar(pair: Pair) -> tuple[McNemar, ...]:
    """For every seed of which both runs have outcomes, trained or not: it is a fact of that seed alone."""
    if not pair.paired or not pair.a.items or not pair.b.items:
        return ()
    found = []
    for ours, theirs in zip(pair.places_a.tolist(), pair.places_b.tolist(), strict=True):
        a, b = pair.a.items_of(ours), pair.b.items_of(theirs)
        if a is not None and b is not None:
            only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
            seed = int(pair.a.columns.seeds[ours])
            found.append(McNemar(seed=seed, only_a=only_a, only_b=only_b, p=mcnemar_p(only_a, only_b)))
    return tuple(found)
