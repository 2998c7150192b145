"""Simulates verdicts over several data sets: which test errs how often, what it finds, what its interval holds.

    python benchmarks/datasets.py [--trials 4000] [--table error]

prints the tables of docs/decisions/0021-several-data-sets.md. A data set's true difference is drawn from a law with
mean zero; seeds add noise, on some data sets 25 times as much as on others and from 3 to 20 of them. Seeded: the same
command prints the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from paribus.comparison import heavy_tails
from paribus.comparison.datasets import statistics as ds
from paribus.comparison.statistics import paired_t_p, t_interval
from paribus.core.seeds import generator

Floats = NDArray[np.float64]
LEVEL = 0.035  # of the first look
SIZES = (3, 4, 5, 6, 8, 10, 14, 20, 30)
SPREADS, SEEDS = (0.2, 1.0, 5.0, 0.5, 2.0), (3, 5, 10, 20, 4)
LAWS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Floats]] = {
    "normal": lambda draw, shape: draw.standard_normal(shape),
    "uniform": lambda draw, shape: (draw.random(shape) - 0.5) * 12**0.5,
    "two values": lambda draw, shape: 2 * draw.integers(0, 2, shape).astype(np.float64) - 1,
    "double exponential": lambda draw, shape: draw.laplace(0.0, 0.5**0.5, shape),
    "exponential": lambda draw, shape: draw.exponential(size=shape) - 1,
    "one in ten contrary": lambda draw, shape: np.where(draw.random(shape) < 0.1, -2.7, 0.3) / 0.9,
}


def seen(draw: np.random.Generator, true: Floats) -> tuple[Floats, Floats]:
    """Each data set's mean difference by its seeds, and the variance of that mean."""
    means, variances = np.empty(true.shape), np.empty(true.shape)
    for j in range(true.shape[1]):
        spread, n = SPREADS[j % 5], SEEDS[j % 5]
        noise = spread * draw.standard_normal((true.shape[0], n))
        means[:, j], variances[:, j] = noise.mean(axis=1) + true[:, j], noise.var(axis=1, ddof=1) / n
    return means, variances


def degrees(k: int) -> Floats:
    """Of each data set's seeds."""
    return np.array([SEEDS[j % 5] - 1.0 for j in range(k)])


def weighted(means: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Random effects: DerSimonian and Laird's variance, Hartung and Knapp's error; p, and what is left of the mean
    beyond half its interval."""
    k, w = means.shape[1], 1 / variances
    mean = (w * means).sum(1) / w.sum(1)
    q = (w * (means - mean[:, None]) ** 2).sum(1)
    between = np.maximum(0, (q - (k - 1)) / (w.sum(1) - (w**2).sum(1) / w.sum(1)))
    w = 1 / (variances + between[:, None])
    mean = (w * means).sum(1) / w.sum(1)
    error = np.sqrt((w * (means - mean[:, None]) ** 2).sum(1) / (k - 1) / w.sum(1))
    return 2 * special.stdtr(k - 1, -np.abs(mean / error)), np.abs(mean) - special.stdtrit(k - 1, 0.975) * error


def flips(draw: np.random.Generator, means: Floats) -> Floats:
    """p of sign flips, all of them up to 12 data sets, else 2,000 at random (and the one seen)."""
    k = means.shape[1]
    every = k <= 12
    bits = (np.arange(2 ** (k - 1))[:, None] >> np.arange(k)) & 1 if every else draw.integers(0, 2, (2000, k))
    signs = 2.0 * bits - 1
    least = np.abs(means.sum(axis=1)) * (1 - 1e-12)
    parts = [
        (np.abs(means[i : i + 500] @ signs.T) >= least[i : i + 500, None]).sum(axis=1)
        for i in range(0, len(means), 500)
    ]
    counts = np.concatenate(parts)
    return counts / len(signs) if every else (counts + 1) / (len(signs) + 1)


def ours(draw: np.random.Generator, means: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """p over data sets like these, and on these, of every trial."""
    df = degrees(means.shape[1])
    known = np.array([ds.fixed_mean(d, np.sqrt(v), df).p() for d, v in zip(means, variances, strict=True)])
    return np.maximum(np.maximum(paired_t_p(means), flips(draw, means)), known), known


def interval(means: Floats, variances: Floats) -> ds.Ends:
    """Ours of one trial; beyond 14 data sets without the sign flips, which take time."""
    known = ds.fixed_mean(means, np.sqrt(variances), degrees(len(means))).ends()
    low, high = t_interval(means)
    ends = ds.sampled_ends(means) if len(means) <= 14 else (float(low), float(high))
    return ds.hull(ends, known)


def ranks(means: Floats) -> Floats:
    """p of Wilcoxon's exact signed-rank test."""
    return np.asarray(stats.wilcoxon(means, axis=1, method="exact").pvalue)


def decided(p: Floats, level: float = LEVEL) -> str:
    """The share of trials."""
    return f"{100 * (np.asarray(p) <= level).mean():.1f}"


def error(trials: int) -> None:
    """No difference on average: how often each test finds one, and how often intervals hold the mean."""
    print("\nNo difference on average: % of trials in which one is found, at a level of 3.5 %; coverage at 95 %\n")
    print(
        "| law | data sets | ours | t | sign flips | signed ranks | weighted | with the guard | coverage | weighted |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for law, make in LAWS.items():
        for k in SIZES:
            draw = generator(k, f"datasets/{law}")
            means, variances = seen(draw, 3 * make(draw, (trials, k)))
            held, over = weighted(means, variances)
            ends = [interval(d, v) for d, v in zip(means, variances, strict=True)]
            covered = np.mean([low <= 0 <= high for low, high in ends])
            p, flipped = ours(draw, means, variances)[0], flips(draw, means)
            row = [
                decided(x) for x in (p, paired_t_p(means), flipped, ranks(means), held, heavy_tails.paired(means).p())
            ]
            print(
                f"| {law} | {k} | {' | '.join(row)} | {100 * covered:.1f} | {100 * (over <= 0).mean():.1f} |",
                flush=True,
            )


def alike(trials: int) -> None:
    """No difference on any data set, so that only seeds differ: either claim is then an error."""
    print(
        "\nNo difference on any data set: % of trials with a claim on these data sets, and over data sets like these\n"
    )
    print("| data sets | " + " | ".join(str(k) for k in SIZES) + " |\n|---|" + "---|" * len(SIZES))
    found = []
    for k in SIZES:
        draw = generator(k, "datasets/alike")
        means, variances = seen(draw, np.zeros((trials, k)))
        found.append(ours(draw, means, variances))
    for name, place in (("on these", 1), ("like these", 0)):
        print(f"| {name} | " + " | ".join(decided(of[place]) for of in found) + " |")


def contrary(trials: int) -> None:
    """All data sets but one have a difference of 1, spread by 0.5; that one has another."""
    print(
        "\nOne contrary data set, the others +1 (spread 0.5): % decided by our test, t, signed ranks, with the guard\n"
    )
    print("| the contrary one | " + " | ".join(f"{k} data sets" for k in SIZES[3:]) + " |\n|---|" + "---|" * 6)
    for value in (1.0, 0.0, -1.0, -2.0, -4.0):
        cells = []
        for k in SIZES[3:]:
            draw = generator(k, f"datasets/contrary/{value}")
            d = 1 + 0.5 * draw.standard_normal((trials, k))
            d[:, 0] += value - 1
            p = np.maximum(paired_t_p(d), flips(draw, d))
            cells.append(" / ".join(decided(x) for x in (p, paired_t_p(d), ranks(d), heavy_tails.paired(d).p())))
        print(f"| {value:+g} | " + " | ".join(cells) + " |", flush=True)


def between(trials: int) -> None:
    """Coverage of the spread's interval and of the interval of one more data set; how often one is named apart."""
    print("\nNormal law: % of trials in which the interval holds; in which a data set is named apart without cause\n")
    print(
        "| spread | data sets | spread's interval | one more data set | named apart | t interval |\n"
        "|---|---|---|---|---|---|"
    )
    for tau in (0.0, 1.0, 3.0):
        for k in SIZES:
            draw = generator(k, f"datasets/between/{tau}")
            true = tau * draw.standard_normal((trials, k + 1))
            means, variances = seen(draw, true[:, :k])
            new = true[:, k] + np.sqrt((np.array(SPREADS) ** 2 / SEEDS).mean()) * draw.standard_normal(trials)
            df = degrees(k)
            spread = np.array([ds.spread_between(d, np.sqrt(v), df) for d, v in zip(means, variances, strict=True)])
            inside = np.array([ds.next_ends(d, np.sqrt(v)) for d, v in zip(means, variances, strict=True)])
            named = [
                k > 3 and np.nanmin(ds.apart_p(d, np.sqrt(v), degrees(k))) * k <= LEVEL
                for d, v in zip(means, variances, strict=True)
            ]
            low, high = t_interval(means)
            shares = (
                (spread[:, 1] <= tau) & (tau <= spread[:, 2]),
                (inside[:, 0] <= new) & (new <= inside[:, 1]),
                np.array(named),
                (low <= 0) & (high >= 0),
            )
            print(
                f"| {tau:g} | {k} | " + " | ".join(f"{100 * share.mean():.1f}" for share in shares) + " |", flush=True
            )


TABLES = {"error": error, "alike": alike, "contrary": contrary, "between": between}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=4000, help="a cell (4000)")
    parser.add_argument("--table", action="append", choices=TABLES, help="which; all by default")
    options = parser.parse_args()
    for name in options.table or TABLES:
        TABLES[name](options.trials)


if __name__ == "__main__":
    main()
