"""What is known after each pair of runs: moments of the differences, and how far their mean may be from the true one.

Apart from `evalues`, whose tests need SciPy: who decides pair by pair does not wait for that to load.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95  # of every interval that is shown
# The prior of a difference, in standard deviations of one: normal with this width. Wider ones decide on large
# differences a pair sooner and on small ones later (docs/decisions/0015-anytime-valid-looks.md).
WIDTH = 1.0


class Moments(NamedTuple):
    """Of the differences so far, [..., pairs]: how many, their mean, and their squared distances from it, summed.

    tail: -1, 0 or 1, to where a tail is seen that few pairs show (`tails`); 0 where nobody looks for one.
    """

    n: NDArray[np.int64]
    mean: Floats
    squares: Floats
    tail: Floats


def moments(differences: ArrayLike, least_variance: ArrayLike = 0.0) -> Moments:
    """After each pair; a difference that is NaN is of a pair without one. Their variance is taken to be at least this.

    A larger spread makes every e-value smaller: the bound holds as without.
    """
    d = np.asarray(differences, dtype=np.float64)
    known = ~np.isnan(d)
    n = np.cumsum(known, axis=-1)
    # Of each difference what the first one is not: so a large mean costs the squares no precision.
    first = np.where(known & (n == 1), d, 0.0).sum(axis=-1, keepdims=True)
    moved = np.where(known, d - first, 0.0)
    mean = np.cumsum(moved, axis=-1) / np.maximum(n, 1)
    squares = np.cumsum(moved**2, axis=-1) - n * mean**2
    floor = np.maximum(n - 1, 0) * np.asarray(least_variance)
    return Moments(n, np.where(n > 0, mean + first, 0.0), np.maximum(squares, floor), np.zeros(n.shape))


def half_width(m: Moments, error: ArrayLike, width: float = WIDTH) -> Floats:
    """Of the confidence sequence, about the mean: it holds the true one after every pair at once, but for `error`.

    The means against which the e-value (`evalues.log_e_mean`) is below 1/error, in closed form; infinite while there
    are too few pairs.
    """
    n = np.maximum(m.n, 1)
    k = n * width**2 / (1 + n * width**2)
    share = -np.expm1((2 * np.log(error) - np.log1p(n * width**2)) / n) / k
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where((share < 1) & (m.n > 1), np.sqrt(m.squares * share / (n * (1 - share))), np.inf))
