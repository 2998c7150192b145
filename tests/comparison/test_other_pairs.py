"""Pairs by the metrics that are not judged: against SciPy's paired t test on written figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from paribus.comparison.from_runs import compare
from paribus.comparison.statistics import holm
from paribus.records.comparison import Comparison
from paribus.records.design import Arm, Design
from paribus.records.program import Epoch, Fields, Label, Metric, ProgramInfo
from paribus.records.run import RunRecord, RunResult
from tests.factories import make_comparison
from tests.synthetic_runs import ENVIRONMENT

METRICS = (
    Metric(name="gain", direction="max", label=Label(en="gain")),
    Metric(name="cost", direction="min", label=Label(en="cost")),
    Metric(name="late", direction="max", label=Label(en="late")),
)
INFO = ProgramInfo(kind="written", name="written", metrics=METRICS, steers="gain", judged="gain")
Figures = Mapping[str, Sequence[float | None]]  # by arm, one a seed
GAINS: Figures = {"a": [3.125, 3.5, 3.25, 3.75, 3.5], "b": [3.25, 3.375, 3.5, 3.625, 3.5]}
COSTS: Figures = {
    "a": [1.73205080756, 1.91415926535, 1.81828182845, 1.61803398874, 1.77777777777],
    "b": [1.50000000001, 1.41421356237, 1.69314718055, 1.27721566490, 1.30256393871],
}


def compared(curve: Figures | None = None, **figures: Figures) -> Comparison:
    """Runs with these figures and one epoch of `late`; a run without a figure of the first metric diverged."""
    arms = tuple(Arm(name=name, value=name, fields=Fields(way=name)) for name in next(iter(figures.values())))
    design = Design(program=INFO, factor="way", arms=arms, seeds=tuple(range(5)), id="way")
    runs = {(arm.name, seed): _run(arm, seed, figures, curve) for arm in arms for seed in design.seeds}
    return compare(design, runs, command="paribus compare", created="2025-01-01T00:00:00+00:00", paribus_version="1")


def _run(arm: Arm, seed: int, figures: Mapping[str, Figures], curve: Figures | None) -> RunResult:
    known = {name: value for name, of in figures.items() if (value := of[arm.name][seed]) is not None}
    record = RunRecord(
        id=f"{arm.name}-s{seed}",
        program=INFO,
        fields=arm.fields,
        fields_digest="f" * 64,
        seed=seed,
        status="finished" if next(iter(figures)) in known else "diverged",
        figures=known,
        started="2025-01-01T09:00:00+00:00",
        environment=ENVIRONMENT,
        data_digest="d" * 64,
        code_identity="c" * 64,
    )
    late = {} if curve is None else {"late": curve[arm.name][seed]}
    return RunResult(record, (Epoch(epoch=1, figures=late, seconds=1.0),), {})


def test_a_metric_beside_the_judged_one_is_tested_as_scipy_does_and_less_is_better_where_it_is() -> None:
    comparison = compared(gain=GAINS, cost=COSTS)
    assert [pair.metric for pair in comparison.pairs] == ["gain"]
    (pair,) = comparison.other_pairs
    truth = stats.ttest_rel(COSTS["b"], COSTS["a"])
    interval = truth.confidence_interval(0.95)
    assert (pair.a, pair.b, pair.metric, pair.seeds) == ("a", "b", "cost", (0, 1, 2, 3, 4))
    assert pair.p_t == pytest.approx(truth.pvalue, rel=1e-9)
    assert (pair.low, pair.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert pair.difference == pytest.approx(np.subtract(COSTS["b"], COSTS["a"]).mean())
    assert pair.difference < 0  # type: ignore[operator]
    assert truth.pvalue < comparison.alpha
    assert (pair.verdict, pair.reason, pair.decided_by) == ("b_better", "difference", "t")
    assert (pair.items_low, pair.p_equal, pair.p_equal_holm, pair.seeds_to_settle, pair.mcnemar) == (*[None] * 4, ())


def test_the_judged_pairs_do_not_depend_on_other_metrics() -> None:
    alone, beside = compared(gain=GAINS), compared(gain=GAINS, cost=COSTS)
    assert alone.pairs == beside.pairs
    assert alone.other_pairs == ()


def test_without_a_margin_nothing_is_equal_that_differs() -> None:
    same: Figures = {"a": [1.5, 2.5, 1.0, 2.0, 3.0], "b": [1.5, 2.5, 1.0, 2.0, 3.0]}
    near: Figures = {"a": same["a"], "b": [1.5, 2.5, 1.0, 2.5, 2.5]}
    (pair,) = compared(gain=GAINS, cost=same).other_pairs
    assert (pair.difference, pair.verdict, pair.reason) == (0.0, "equal", "identical")
    (pair,) = compared(gain=GAINS, cost=near).other_pairs
    assert (pair.difference, pair.verdict, pair.reason) == (0.0, "open", "not_separated")


def test_pairs_of_one_metric_are_corrected_together_and_metrics_are_not() -> None:
    gains, costs = ({**of, "c": [x * 1.01 for x in of["a"]]} for of in (GAINS, COSTS))  # type: ignore[operator]
    comparison = compared(gain=gains, cost=costs, late=gains)
    told = [(pair.metric, pair.a, pair.b) for pair in comparison.other_pairs]
    assert told == [(name, *arms) for name in ("cost", "late") for arms in ("ab", "ac", "bc")]
    costs_alone = [pair for pair in comparison.other_pairs if pair.metric == "cost"]
    raw = [stats.ttest_rel(costs[pair.b], costs[pair.a]).pvalue for pair in costs_alone]
    assert [pair.p_holm for pair in costs_alone] == pytest.approx(holm(raw), rel=1e-6)


def test_the_end_of_a_curve_stands_for_a_figure_and_a_run_that_diverged_has_none() -> None:
    gains: Figures = {"a": GAINS["a"], "b": [None, *GAINS["b"][1:]]}
    curve: Figures = {"a": COSTS["a"], "b": [1e9, *COSTS["b"][1:]]}
    comparison = compared(curve, gain=gains)
    (pair,) = comparison.other_pairs
    assert (pair.metric, pair.seeds, pair.over) == ("late", (1, 2, 3, 4), "trained")
    assert pair.differences == pytest.approx(np.subtract(COSTS["b"], COSTS["a"])[1:])
    judged = comparison.pairs[0]
    assert pair.p_trained == judged.p_trained
    assert pair.answers.trains.p == judged.answers.trains.p  # type: ignore[union-attr]


def test_they_are_over_the_figures_that_the_arms_show() -> None:
    comparison = make_comparison("fair")
    assert {pair.metric for pair in comparison.other_pairs} == set(comparison.arms[0].figures) - {"test_accuracy"}
    first, second = comparison.arms
    for pair in comparison.other_pairs:
        means = [arm.figures[pair.metric].mean for arm in (first, second)]
        assert pair.difference == pytest.approx(means[1] - means[0], abs=1e-9)
