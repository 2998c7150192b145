"""The mean difference where its law has tails: one that speaks against a claim asks for more, a run far off for less.

Two things keep a t test from being read off its p alone (decision 14 has what they cost and what they save):

- Where the differences are skewed away from a claim (a tail that few seeds show hardly, and that moves the mean), the t
  test must hold against it at a stricter level.
- Where the highest differences stand far out from all others, they cannot veto "above zero": they speak for it as well.
  So the claim is made if it holds without them, which bounds the mean from below. A veto of that kind would let the
  worse arm lose less the worse it fails.

Sources: Grubbs 1969 and Rosner 1983 (values that stand out, the least far of several first, against masking);
D'Agostino 1970 (what skewness normal samples show).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from paribus.comparison.statistics import LEVEL, Floats, standard_error
from paribus.comparison.unpaired import welch

FEWEST = 5  # values by which a tail, or one that stands out, can be seen
STRICTER = 20.0  # how much less p must be where a tail speaks against a claim
SEEN = 0.03  # share of normal samples that show such a tail, to either side
_BY_CHANCE = 0.001  # share of normal samples in which a value stands out, to either side, at most
_SKEWNESS = {5: 1.172, 6: 1.193, 7: 1.179}  # what this share shows, simulated; from eight on by formula


class Mean(NamedTuple):
    """A mean difference, its standard error and degrees of freedom. tail: -1, 0 or 1, to where a tail is seen."""

    value: Floats
    error: Floats
    df: Floats
    tail: Floats

    def above(self, bound: float) -> Floats:
        """p of "the mean is not above `bound`"."""
        return self._p(self.value - bound, self.tail < 0)

    def below(self, bound: float) -> Floats:
        """p of "the mean is not below `bound`"."""
        return self._p(bound - self.value, self.tail > 0)

    def ends(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The t interval; to the side of a tail, at the stricter level."""
        share = (1 - level) / 2
        reach = [
            self.error * special.stdtrit(self.df, np.where(tailed, share / STRICTER, share))
            for tailed in (self.tail < 0, self.tail > 0)
        ]
        return self.value + reach[0], self.value - reach[1]

    def _p(self, distance: Floats, against: NDArray[np.bool_]) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where((distance == 0) & (self.error == 0), 0.0, distance / self.error)
        p = special.stdtr(self.df, -t)
        return np.asarray(np.where(against, np.minimum(1.0, STRICTER * p), p))


class Robust(NamedTuple):
    """The mean of all, and without what stands out above or below; the same where nothing does."""

    whole: Mean
    without_high: Mean
    without_low: Mean

    def p(self) -> Floats:
        """Two-sided: is the mean zero? What stands out on the side of the claim does not count against it."""
        return np.asarray(np.minimum(1.0, 2 * np.minimum(self.above(), self.below())))

    def above(self) -> Floats:
        """p of "the mean is not above zero"."""
        return np.minimum(self.whole.above(0.0), self.without_high.above(0.0))

    def below(self) -> Floats:
        """p of "the mean is not below zero"."""
        return np.minimum(self.whole.below(0.0), self.without_low.below(0.0))

    def plain(self) -> Robust:
        """As a t test has it: no tail counts, and nothing is left out."""
        whole = self.whole._replace(tail=np.zeros_like(self.whole.tail))
        return Robust(whole, whole, whole)

    @property
    def reshaped(self) -> bool:
        """Whether the interval of this one mean is another than the t test's."""
        (low, high), (plain_low, plain_high) = self.ends(), self.plain().ends()
        return bool(low < plain_low or low > plain_low or high < plain_high or high > plain_high)

    def supported(self, level: float) -> Floats:
        """The least margin within which two one-sided tests place the mean of all at this level."""
        low, high = self.whole.ends(1 - 2 * level)
        return np.maximum(np.abs(low), np.abs(high))

    def p_within(self, margin: float) -> Floats:
        """p of two one-sided tests: is the mean of all within +-margin?"""
        return np.maximum(self.whole.above(-margin), self.whole.below(margin))

    def ends(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The interval that goes with these tests: each end is the one that more is known of."""
        lows, highs = zip(*(mean.ends(level) for mean in self), strict=True)
        return np.maximum(lows[0], lows[1]), np.minimum(highs[0], highs[2])


def skewness_seen(n: ArrayLike) -> Floats:
    """The skewness that 3 % of normal samples of `n` exceed; infinite below 5, where none is seen."""
    n = np.maximum(np.asarray(n, dtype=np.float64), 1.0)
    m = np.maximum(n, 8.0)
    kurtosis = 3 * (m * m + 27 * m - 70) * (m + 1) * (m + 3) / ((m - 2) * (m + 5) * (m + 7) * (m + 9))
    squared = np.sqrt(2 * (kurtosis - 1)) - 1
    delta, alpha = 1 / np.sqrt(np.log(squared) / 2), np.sqrt(2 / (squared - 1))
    by_formula = alpha * np.sinh(special.ndtri(1 - SEEN) / delta) * np.sqrt(6 * (m - 2) / ((m + 1) * (m + 3)))
    few = np.interp(n, [*_SKEWNESS, 8.0], [*_SKEWNESS.values(), float(by_formula.min(initial=np.inf))])
    return np.asarray(np.where(n < FEWEST, np.inf, np.where(n < 8, few, by_formula)))


def mean_of(values: Floats, least_variance: float = 0.0) -> Mean:
    """Of `values` [..., n]."""
    n, centred = values.shape[-1], values - values.mean(axis=-1, keepdims=True)
    third, second = (centred**3).mean(axis=-1), np.maximum((centred**2).mean(axis=-1), least_variance)
    skewed = third / np.where(second > 0, second, 1.0) ** 1.5
    tail = np.sign(skewed) * (np.abs(skewed) > skewness_seen(n))
    df = np.full(values.shape[:-1], float(max(n - 1, 1)))
    return Mean(values.mean(axis=-1), standard_error(values, least_variance), df, tail)


def standing_out(values: Floats, least_variance: float = 0.0) -> NDArray[np.int64]:
    """How many of the highest of `values` [..., n] stand out: the lowest of them is far above all others.

    At most a quarter can. Far: beyond what one of n normal values is, next to the others, once in a thousand samples.
    """
    n, count = values.shape[-1], np.zeros(values.shape[:-1], dtype=np.int64)
    ordered = np.sort(values, axis=-1)
    for k in range(1, (n - 1) // 4 + 1 if n >= FEWEST else 1):
        others, m = ordered[..., : n - k], n - k
        deviation = standard_error(others, least_variance) * np.sqrt(m)
        far = -special.stdtrit(m - 1, _BY_CHANCE / n) * deviation * np.sqrt(1 + 1 / m)
        count = np.where((ordered[..., n - k] - others.mean(axis=-1) > far) & (far > 0), k, count)
    return count


def paired(values: Floats, least_variance: float = 0.0) -> Robust:
    """The mean of paired differences [..., n]; `least_variance` as in `standard_error`."""
    whole = mean_of(values, least_variance)
    return Robust(whole, _without(values, whole, least_variance), _mirrored(_without(-values, whole, least_variance)))


def _without(values: Floats, whole: Mean, least_variance: float) -> Mean:
    """Without the highest that stand out; where none does, the first claim of `Robust` is of `whole` alone."""
    count, ordered, n = standing_out(values, least_variance), np.sort(values, axis=-1), values.shape[-1]
    found = Mean(*(np.full(np.shape(part), fill) for part, fill in zip(whole, (0.0, np.inf, 1.0, 0.0), strict=True)))
    for k in range(1, int(count.max(initial=0)) + 1):
        rest = mean_of(ordered[..., : n - k], least_variance)
        found = Mean(*(np.where(count == k, new, old) for new, old in zip(rest, found, strict=True)))
    return found


def _mirrored(mean: Mean) -> Mean:
    return mean._replace(value=-mean.value, tail=-mean.tail)


def unpaired(a: Floats, b: Floats, least_variance: float = 0.0) -> Robust:
    """The difference of the means of unpaired runs, b minus a, of which `least_variance` is that of one figure."""
    low_a, low_b = (int(standing_out(-x, least_variance)) for x in (a, b))
    high_a, high_b = (int(standing_out(x, least_variance)) for x in (a, b))
    a, b = np.sort(a), np.sort(b)
    return Robust(
        _welch_mean(a, b, least_variance),
        _welch_mean(a[low_a:], b[: len(b) - high_b], least_variance),
        _welch_mean(a[: len(a) - high_a], b[low_b:], least_variance),
    )


def _welch_mean(a: Floats, b: Floats, least_variance: float) -> Mean:
    """Skewness of the difference: its third cumulant; of as many differences as its degrees of freedom, and one."""
    found = welch(a, b, least_variance)
    second, third = 0.0, 0.0
    for x, sign in ((a, -1), (b, 1)):
        second += max(float(x.var()), least_variance) / len(x)
        third += sign * float(((x - x.mean()) ** 3).mean()) / len(x) ** 2
    skewed = third / second**1.5 * np.sqrt(found.df + 1) if second else 0.0
    tail = np.sign(skewed) * (abs(skewed) > skewness_seen(found.df + 1))
    return Mean(*map(np.asarray, (found.difference, found.error, found.df, tail)))
