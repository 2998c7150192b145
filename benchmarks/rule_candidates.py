"""Tests of a mean beside the rule's, where one arm is steady and the other has a tail: what they err and cost.

    python benchmarks/rule_candidates.py [--trials 8000]

Each law has mean 0, so whatever is called different at 3.5 % is wrong; beside it the power for normal differences. A
last row keeps a place for what nobody saw: one more seed, three times as far against the claim as the farthest.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from decision_trials import Array, share, table
from rule_evidence import LAWS, draws
from scipy import stats

from paribus.comparison import heavy_tails
from paribus.comparison.decision_rule.look_levels import look_level

SEEDS = (6, 12, 20)
TAILED = (
    "one arm exponential to the left",
    "one arm lognormal to the left",
    "5 % of runs of one arm ten deviations low",
)


def plain(d: Array) -> Array:
    return np.asarray(stats.ttest_1samp(d, 0, axis=1).pvalue)


def johnson(d: Array) -> Array:
    """Johnson 1978's t, corrected for skewness, and the plain one: whichever says less, to either side."""
    n, mean, deviation = d.shape[1], d.mean(axis=1), d.std(axis=1, ddof=1)
    third = ((d - mean[:, None]) ** 3).sum(axis=1) * n / ((n - 1) * (n - 2))
    error = deviation / n**0.5
    corrected = (mean + third / (6 * deviation**2 * n) + third * mean**2 / (3 * deviation**4)) / error
    sides = [np.maximum(tail(corrected, n - 1), tail(mean / error, n - 1)) for tail in (stats.t.sf, stats.t.cdf)]
    return np.asarray(np.minimum(1, 2 * np.minimum(*sides)))


def ranked(d: Array) -> Array:
    """The t test, and the signed ranks as well."""
    return np.asarray(np.maximum(plain(d), stats.wilcoxon(d, axis=1, method="exact").pvalue))


def unseen_seed(d: Array) -> Array:
    middle = np.median(d, axis=1)
    farthest = np.abs(d - middle[:, None]).max(axis=1)
    return plain(np.concatenate([d, (middle - 3 * np.sign(d.mean(axis=1)) * farthest)[:, None]], axis=1))


CANDIDATES: dict[str, Callable[[Array], Array]] = {
    "t test": plain,
    "the rule (tails at a twentieth)": lambda d: heavy_tails.paired(d).p(),
    "Johnson's t and the t test": johnson,
    "signed ranks and the t test": ranked,
    "t test at a tenth of the level": lambda d: np.minimum(1, 10 * plain(d)),
    "t test with an unseen seed": unseen_seed,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=8000, help="simulated comparisons a cell (default 8000)")
    trials, level = parser.parse_args().trials, look_level(1)

    def row(name: str) -> list[object]:
        p = CANDIDATES[name]
        wrong = [share(p(LAWS[law](draws(law, n), (trials, n))) <= level) for law in TAILED for n in SEEDS]
        normal = [draws("power", n).standard_normal((trials, n)) + size for n, size in ((6, 2), (12, 1))]
        return [name, *wrong, *(share(p(d) <= level) for d in normal)]

    head = [f"{law}: {n} seeds" if n == SEEDS[0] else n for law in TAILED for n in SEEDS]
    title = "Means equal, called different, %; and normal differences found, %"
    table(title, ["test", *head, "2 deviations, 6 seeds", "1, 12 seeds"], map(row, CANDIDATES))


if __name__ == "__main__":
    main()
