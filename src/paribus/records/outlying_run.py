"""A run whose figure is far from those of its arm's others."""

from __future__ import annotations

from paribus.core.frozen import Frozen


class FarRun(Frozen):
    """One run far from its arm's others; `comparison.far` has what far is.

    spreads: how far the figure is from the mean of the others, in their standard deviations; negative below. low, high:
    the least and the greatest figure of the others.
    """

    arm: str
    seed: int
    figure: float
    spreads: float
    low: float
    high: float
