"""What figures take from a comparison: its metrics and each run's curves."""

from __future__ import annotations

from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.program import Metric


def curve_metrics(comparison: Comparison) -> tuple[Metric, ...]:
    """The metrics that are known epoch by epoch, the leading one first."""
    program = comparison.program
    known = {name for arm in comparison.arms for run in arm.runs for name in run.curves}
    found = [metric for metric in program.metrics if metric.name in known]
    return tuple(sorted(found, key=lambda metric: metric.name != program.steers))


def counted(arm: ArmView, run: RunView) -> bool:
    """Whether the arm's means count this run: where only some trained, those alone."""
    return arm.over == "all" or run.counted


def factor(metric: Metric) -> float:
    """From the metric's unit to what an axis of differences shows: a share's are percentage points."""
    return 100.0 if metric.unit == "share" else 1.0
