"""By how much a difference that was just decided is overstated: the winner's curse, or error of type M.

Only what is large enough is decided, so what is decided looks larger than it is, on average, and the more so the less
power there was (Gelman and Carlin 2014). They take the estimate to be t distributed round the truth with the standard
error known. That of a t test is seen, and decides as well: a small one lets a small difference pass. Here the mean is
normal and the spread by chi-square, as in `power`, which is what simulated t tests give (tests/comparison).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from paribus.comparison.statistics import Floats
from paribus.records.exaggeration import Overstated

# It is said where it is at least so much if the true difference is at the low end of the middle half of what the runs
# leave possible: what was seen is itself too large, so taking it for the truth would be to hope.
MATTERS = 1.15
_MIDDLE = 0.25

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def exaggeration(shift: ArrayLike, df: float, level: float) -> Floats:
    """How many times too large, on average, what a two-sided t test finds at this level is.

    shift: the true difference in its true standard errors.
    """
    shift = np.asarray(shift, dtype=np.float64)[..., None]
    reach = -special.stdtrit(df, level / 2) * np.sqrt(special.chdtri(df, (1 - _NODES) / 2) / df)
    found = (special.ndtr(shift - reach) + special.ndtr(-shift - reach)) @ _WEIGHTS
    size = shift * (special.ndtr(shift - reach) - special.ndtr(-shift - reach)) + _density(reach - shift)
    size += _density(reach + shift)
    return np.asarray(size @ _WEIGHTS / (found * shift[..., 0]))


def overstated(difference: float, error: float, df: float, level: float) -> Overstated | None:
    """Of a difference that a t test found at this level, with its standard error; None where it matters little."""
    t = abs(difference) / error if error > 0 else np.inf
    low = max(t + special.stdtrit(df, _MIDDLE), t / 2)
    if not np.isfinite(t) or float(exaggeration(low, df, level)) < MATTERS:
        return None
    as_seen, if_half = (float(exaggeration(t * share, df, level)) for share in (1.0, 0.5))
    return Overstated(as_seen=as_seen, if_half=if_half)


def _density(x: Floats) -> Floats:
    return np.asarray(np.exp(-x * x / 2) / np.sqrt(2 * np.pi))
