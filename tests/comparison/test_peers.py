"""Published examples of peers, and where they say another thing than the rule: who is right is simulated.

deep-significance (its README's first scenario; almost stochastic order: del Barrio, Cuesta-Albertos and Matran 2018,
Dror, Shlomov and Reichart 2019), baycomp (`two_on_single`: Benavoli, Corani, Demsar and Zaffalon 2017, after Nadeau and
Bengio 2003), rliable (interquartile mean with a percentile bootstrap: Agarwal and others 2021). Their formulas are
written out here; none of their code is used.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison import heavy_tails

# What the example draws: N(0.9, 0.8) and N(0, 1), five runs each, by NumPy's old generator with seed 1234.
MINE = [1.2771, -0.0528, 2.0462, 0.6499, 0.3235]
BASELINE = [0.8872, 0.8596, -0.6365, 0.0157, -2.2427]
Z95 = 1.6449


def violation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The share of the squared distance of the quantiles, of as many runs [..., n], in which a is below b."""
    apart = np.sort(a, axis=-1) - np.sort(b, axis=-1)
    return np.asarray((apart**2 * (apart < 0)).sum(axis=-1) / (apart**2).sum(axis=-1))


def least_epsilon(a: np.ndarray, b: np.ndarray, draw: np.random.Generator, resamples: int = 200) -> np.ndarray:
    """The upper bound of it at 95 %, of [trials, n]: below 0.5 a is called better."""
    trials, n = a.shape
    again = []
    for _ in range(resamples):
        i, j = draw.integers(n, size=(2, trials, n))
        again.append(violation(np.take_along_axis(a, i, -1), np.take_along_axis(b, j, -1)))
    return np.asarray(violation(a, b) + Z95 * np.nanstd(again, axis=0))


def test_the_example_of_almost_stochastic_order_is_open_here() -> None:
    """Its page has a bound of 0.225, "so A is better"; Welch's t and all 252 permutations have p = 0.16."""
    draw = np.random.RandomState(1234)
    assert draw.normal(0.9, 0.8, 5) == pytest.approx(MINE, abs=1e-4)
    assert draw.normal(0, 1, 5) == pytest.approx(BASELINE, abs=1e-4)
    bound = least_epsilon(np.array([MINE]), np.array([BASELINE]), np.random.default_rng(1), 1000)
    assert bound[0] == pytest.approx(0.225, abs=0.015)  # a bootstrap of other draws
    found = pb.judge({"baseline": BASELINE, "mine": MINE}, metric="score:max", paired=False)
    assert found.verdict == "open"
    assert found.p_t == pytest.approx(stats.ttest_ind(MINE, BASELINE, equal_var=False).pvalue)
    assert found.p_t == pytest.approx(0.164, abs=5e-4)
    every = stats.permutation_test((MINE, BASELINE), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=np.inf)
    assert found.p_permutation == pytest.approx(every.pvalue)
    assert found.p_permutation == pytest.approx(40 / 252)


def test_almost_stochastic_order_calls_five_runs_of_one_law_better_far_too_often() -> None:
    """1,000 comparisons of arms alike, standard error 1.5 %: one is called better in 39 %; here in 3.5 % at most."""
    draw = np.random.default_rng(3)
    a, b = draw.standard_normal((2, 1000, 5))
    called = (least_epsilon(a, b, draw) < 0.5) | (least_epsilon(b, a, draw) < 0.5)
    assert called.mean() == pytest.approx(0.39, abs=0.04)
    arms = [{"a": x.tolist(), "b": y.tolist()} for x, y in zip(a[:100], b[:100], strict=True)]
    verdicts = [pb.judge(pair, metric="score:max", paired=False).verdict for pair in arms]
    assert sum(verdict != "open" for verdict in verdicts) <= 8  # 3.5 are meant; 9 or more come up in 0.8 %


def test_seeds_are_no_folds() -> None:
    """baycomp widens the spread of a mean for training sets that folds share; independent seeds share none.

    Six seeds taken for six folds have a standard error 1.48 times too large: differences of two deviations are found
    in 70 % of comparisons where the paired t test finds them in 95 %, at the same level.
    """
    n, level = 6, 0.035
    d = np.random.default_rng(4).standard_normal((20_000, n)) + 2
    t = d.mean(axis=1) / d.std(axis=1, ddof=1)
    folds = 1 / n / (1 - 1 / n)  # rho / (1 - rho), rho the share of a fold
    assert np.sqrt((1 / n + folds) * n) == pytest.approx(1.483, abs=1e-3)
    found = [np.mean(2 * stats.t.sf(t / np.sqrt(1 / n + more), n - 1) <= level) for more in (0, folds)]
    assert found == pytest.approx([0.946, 0.704], abs=0.01)
    # Without that correction its posterior is the t test's: the probability of either sign is half of p.
    one = d[0]
    posterior = stats.t.cdf(0, n - 1, one.mean(), one.std(ddof=1) / n**0.5)
    assert 2 * posterior == pytest.approx(
        pb.judge({"a": [0.0] * n, "b": one.tolist()}, metric="s:max", paired=True).p_t
    )


def test_a_percentile_bootstrap_of_six_seeds_holds_too_little() -> None:
    """rliable's interval of an interquartile mean, six normal differences, 95 % meant: 2,000 trials, error 0.6 %."""
    draw = np.random.default_rng(5)
    d = draw.standard_normal((2000, 6))
    resampled = (np.take_along_axis(d, draw.integers(6, size=d.shape), -1) for _ in range(400))
    means = [np.sort(x, axis=-1)[:, 1:5].mean(axis=-1) for x in resampled]  # a quarter of six, cut: one at either end
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    held = np.mean((low <= 0) & (high >= 0))
    low, high = heavy_tails.paired(d).ends()
    ours = np.mean((low <= 0) & (high >= 0))
    assert held == pytest.approx(0.91, abs=0.015)
    assert ours == pytest.approx(0.955, abs=0.015)
