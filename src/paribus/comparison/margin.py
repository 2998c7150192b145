"""The margin as people give it: of a share in percentage points, else in the metric's unit."""

from __future__ import annotations

from paribus.core.errors import Fault, FaultsError
from paribus.records.program import Metric

USUAL_MARGIN = 0.1  # percentage points, of a share


def margin_for(margin: float | None, metric: Metric, usual: float = USUAL_MARGIN) -> float:
    """The margin as given; without one the usual one of a share, and none of another metric. Raises FaultsError."""
    if margin is None:
        return usual if metric.unit == "share" else 0.0
    check_margin(margin, metric)
    return margin


def check_margin(margin: float, metric: Metric | None = None) -> None:
    """Raise FaultsError unless `margin` is one in percentage points; of a metric that is no share, in its unit."""
    if metric is not None and metric.unit != "share":
        if not 0 < margin < float("inf"):
            raise FaultsError(
                "the comparison", [Fault("{field} must be greater than {limit}", margin, field="margin", limit=0)]
            )
    elif not 0 < margin <= 100:
        raise FaultsError(
            "the comparison",
            [Fault("{field} must be greater than 0 and at most 100 percentage points", margin, field="margin")],
        )
