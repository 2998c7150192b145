"""One arm as the baseline: each other one is judged against it, and no two others."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.records.comparison import Comparison, PairView
from paribus.records.design import Design


def known_arm(name: str, names: Sequence[str], crossed: bool = False) -> str:
    """The name, if an arm has it. Raises ParibusError with the names that there are, and where factors are crossed."""
    if crossed:
        raise ParibusError("two factors are judged by one metric and without a baseline; leave out the others")
    if name not in names:
        others = Message("the arms are {choices}", choices=tuple(names))
        raise ParibusError("there is no arm {name!q} to be the baseline", name=name, hint=nearest(name, names, others))
    return name


def with_baseline(design: Design, baseline: str) -> Design:
    """The design with that arm as its baseline; as it is without a name. Raises ParibusError."""
    if not baseline:
        return design
    named = known_arm(baseline, [arm.name for arm in design.arms], crossed=bool(design.factors))
    return design.model_copy(update={"baseline": named})


def against(comparison: Comparison, baseline: str) -> Comparison:
    """The same, each other arm judged against the baseline alone: fewer tests to correct for than of every pair."""
    from paribus.comparison.arm_results import arm_of  # SciPy is slow to load
    from paribus.comparison.decision_rule.editions import CURRENT, EDITIONS
    from paribus.comparison.from_runs import judged

    known_arm(baseline, [arm.name for arm in comparison.arms], crossed=comparison.factorial is not None)
    if comparison.datasets is not None:
        if comparison.baseline != baseline and len(comparison.arms) > 2:
            raise ParibusError("over several data sets the baseline is named when they are judged (baseline=NAME)")
        return comparison
    metrics = tuple(comparison.metric if m.name == comparison.metric.name else m for m in comparison.program.metrics)
    found = judged(
        [arm_of(arm.name, arm.value, arm.fields, arm.runs, metrics) for arm in comparison.arms],
        comparison.program.model_copy(update={"metrics": metrics}),
        margin=comparison.margin,
        look=comparison.look,
        paired=comparison.paired,
        claim_all=comparison.claims > 1,
        baseline=baseline,
        edition=comparison.rule if comparison.rule in EDITIONS else CURRENT,
    )
    kept = {frozenset((pair.a, pair.b)): pair for pair in comparison.pairs}
    pairs = tuple(_with_items(pair, kept.get(frozenset((pair.a, pair.b)), pair)) for pair in found.pairs)
    return comparison.model_copy(update={"baseline": baseline, "pairs": pairs, "other_pairs": found.other_pairs})


def _with_items(pair: PairView, kept: PairView) -> PairView:
    """With what only outcomes by item tell, from the pair as it was first judged."""
    low, high, mcnemar = kept.items_low, kept.items_high, kept.mcnemar
    if pair.a != kept.a:
        low, high = (None if end is None else -end for end in (high, low))
        mcnemar = tuple(m.model_copy(update={"only_a": m.only_b, "only_b": m.only_a}) for m in mcnemar)
    told = {"items_low": low, "items_high": high, "seed_share": kept.seed_share, "mcnemar": mcnemar}
    return pair.model_copy(update=told)
