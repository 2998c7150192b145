"""Whether the same seed gives the same figures, by a run that was made twice."""

from __future__ import annotations

import math
import statistics

from paribus.records.comparison import Comparison, Repeat
from paribus.records.run import RunRecord
from paribus.runs.first_run import FirstRun


def repeat_of(comparison: Comparison, made: FirstRun) -> Repeat | None:
    """How far the two are apart, by the metric that is judged, or else by the steering one; None without a second."""
    if made.first is None or made.again is None:
        return None
    program = comparison.program
    for name in dict.fromkeys((program.judged, program.steers)):
        first, again = _figure(made.first, name), _figure(made.again, name)
        if first != again:
            break
    else:
        name, first = program.judged, _figure(made.first, program.judged)
        again = first
    share = None
    if first is not None and again is not None:
        runs = next(arm.runs for arm in comparison.arms if arm.name == made.arm)
        figures = [run.figures[name] for run in runs if run.status == "finished" and name in run.figures]
        spread = statistics.stdev(figures) if len(figures) > 1 else 0.0
        share = abs(first - again) / spread if spread > 0 else 0.0 if first == again else None
    return Repeat(arm=made.arm, seed=made.first.seed, metric=name, first=first, again=again, share=share)


def _figure(record: RunRecord, name: str) -> float | None:
    value = record.figures.get(name) if record.failure is None else None
    return value if value is not None and math.isfinite(value) else None
