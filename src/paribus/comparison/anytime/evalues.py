"""Evidence that may be looked at after every pair: e-values, of which the chance to ever reach 1/x is at most x.

Works along the last axis of arrays `[..., pairs]`: what is known after each pair. Sources: Ville 1939 (the bound); Lai
1976, On confidence sequences, and Wang and Ramdas 2024, Anytime-valid t-tests (a mean with unknown spread); Gruenwald,
de Heide and Koolen 2024, Safe testing; Robbins 1970 (mixtures).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from paribus.comparison.heavy_tails import STRICTER, skewness_seen
from paribus.comparison.moments import WIDTH, Moments, half_width, moments
from paribus.comparison.statistics import Floats

# The prior of the share of pairs in which b alone trains, among those in which one arm alone does: Beta(1/4, 1/4).
BETA = 0.25


def tails(differences: ArrayLike, least_variance: ArrayLike = 0.0) -> Floats:
    """After each pair: to which side the differences so far have a tail, -1, 0 or 1, as `heavy_tails` sees it."""
    d = np.asarray(differences, dtype=np.float64)
    known = ~np.isnan(d)
    n = np.cumsum(known, axis=-1)
    first = np.where(known & (n == 1), d, 0.0).sum(axis=-1, keepdims=True)
    moved = np.where(known, d - first, 0.0)
    one, two, three = (np.cumsum(moved**power, axis=-1) / np.maximum(n, 1) for power in (1, 2, 3))
    spread = np.maximum(two - one**2, least_variance) ** 1.5
    third = three - 3 * one * two + 2 * one**3
    skewed = np.divide(third, spread, out=np.zeros_like(third), where=spread > 0)
    return np.asarray(np.sign(skewed) * (np.abs(skewed) > skewness_seen(n)))


def log_e_mean(m: Moments, width: float = WIDTH) -> Floats:
    """Log of the e-value against a mean of zero, two-sided: the t test's likelihood ratio, mixed over the effect.

    Effect (mean over deviation) ~ N(0, width^2), right Haar prior on the deviation (Lai 1976; Wang and Ramdas 2024,
    sec. 4). No number but the ratios of the differences counts, so one difference says nothing: 0.
    """
    k, moved, all_squares = _shrunk(m, width)
    share = np.divide(moved, all_squares, out=np.zeros_like(all_squares), where=all_squares > 0)
    return np.asarray(-0.5 * np.log1p(m.n * width**2) - 0.5 * m.n * np.log1p(-k * share))


def log_e_above(m: Moments, width: float = WIDTH) -> Floats:
    """Log of the e-value against a mean of at most zero: the same with the half of the prior above zero.

    It grows with the mean, pair by pair: so it is smaller still where the mean is below zero. The posterior of the
    effect is Student's with n degrees of freedom, and the half's share of it is what the one-sided evidence adds.
    """
    k, moved, all_squares = _shrunk(m, width)
    left = all_squares - k * moved
    scale = np.sqrt(m.n * (m.n + width**-2.0))
    t = np.divide(k * m.mean * scale, np.sqrt(left), out=np.zeros_like(left), where=left > 0)
    half = special.stdtr(np.maximum(m.n, 1), t)
    with np.errstate(divide="ignore"):
        return np.asarray(log_e_mean(m, width) + np.log(2 * half))


def _shrunk(m: Moments, width: float) -> tuple[Floats, Floats, Floats]:
    """n w^2 / (1 + n w^2), the squares that the mean makes up, and all squares about zero."""
    moved = m.n * m.mean**2
    return m.n * width**2 / (1 + m.n * width**2), moved, m.squares + moved


def confidence(m: Moments, error: float, width: float = WIDTH) -> tuple[Floats, Floats]:
    """The confidence sequence: with probability 1 - error it holds the true mean after every pair at once.

    The means against which the e-value is below 1/error, in closed form; infinite while there are too few pairs. To the
    side of a tail it goes as far as evidence `STRICTER` times as strong would ask.
    """
    low, high = (half_width(m, np.where(m.tail == side, error / STRICTER, error), width) for side in (-1, 1))
    return m.mean - low, m.mean + high


def log_e_counts(only_a: ArrayLike, only_b: ArrayLike, prior: float = BETA) -> Floats:
    """Log of the e-value against "each arm is as likely to be the one that trains, where only one of a pair does".

    only_a, only_b: pairs in which that arm alone trained, so far. McNemar's question, mixed over Beta(prior, prior).
    """
    a, b = np.asarray(only_a, dtype=np.float64), np.asarray(only_b, dtype=np.float64)
    mixed = special.betaln(a + prior, b + prior) - special.betaln(prior, prior)
    return np.asarray((a + b) * np.log(2) + mixed)


def anytime_p(log_e: Floats) -> Floats:
    """p that may be read after every pair, [..., pairs]: one over the largest e-value so far."""
    return np.asarray(np.minimum(1.0, np.exp(-np.maximum.accumulate(log_e, axis=-1))))


class Paths(NamedTuple):
    """What is known after each pair, arrays of [..., pairs].

    p_trains: of one arm training more often; p_figure: of a difference where both trained; p_equal: of one within the
    margin there. All may be read after every pair, and the first two share one error: each is the p of a closed test,
    which must also refute both at once, by the product of their e-values. figure: which way the difference points.
    """

    moments: Moments
    only_a: NDArray[np.int64]
    only_b: NDArray[np.int64]
    p_trains: Floats
    p_figure: Floats
    p_equal: Floats

    def answers(self, error: float) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Which arm trains more often, and which is better where both trained, as each pair would have it."""
        trains = _sided(self.only_b - self.only_a, self.p_trains <= error)
        return trains, np.where(self.p_equal <= error, "equal", _sided(self.moments.mean, self.p_figure <= error))


def _sided(lead: ArrayLike, decided: NDArray[np.bool_]) -> NDArray[np.str_]:
    return np.where(decided & (np.asarray(lead) != 0), np.where(np.asarray(lead) > 0, "b_better", "a_better"), "open")


def paths(
    gains: Floats,
    trained_a: NDArray[np.bool_],
    trained_b: NDArray[np.bool_],
    *,
    margin: float,
    least_variance: ArrayLike = 0.0,
    spread: ArrayLike = True,
) -> Paths:
    """The evidence after each pair, from gains [..., pairs]: positive where b is better, NaN where not both trained.

    margin: in the gains' unit; 0 where nothing is equal. spread: whether figures have shown any chance by then.
    """
    m = moments(gains, least_variance)._replace(tail=tails(gains, least_variance))
    only_a, only_b = (
        np.cumsum(one & ~other, axis=-1, dtype=np.int64)
        for one, other in ((trained_a, trained_b), (trained_b, trained_a))
    )
    # Evidence that is taken back where a tail speaks against the claim is an e-value all the more: the bound holds.
    against = np.log(STRICTER) * (np.sign(m.mean) * m.tail < 0)
    figure, trains = np.where(spread, log_e_mean(m) - against, 0.0), log_e_counts(only_a, only_b)
    equal = np.full(figure.shape, -np.inf)
    if margin:
        ends = [
            log_e_above(m._replace(mean=margin + side * m.mean)) - np.log(STRICTER) * (side * m.tail < 0)
            for side in (-1, 1)
        ]
        equal = np.where(spread, np.minimum(*ends), -np.inf)
    return Paths(
        moments=m,
        only_a=only_a,
        only_b=only_b,
        p_trains=anytime_p(trains + np.minimum(figure, 0.0)),
        p_figure=anytime_p(figure + np.minimum(trains, 0.0)),
        p_equal=anytime_p(equal),
    )
