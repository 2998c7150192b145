"""Runs far from their arm's others: how often a healthy one is named, a half-failed one found, and which size holds.

python benchmarks/far_runs.py --trials 4000
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from decision_trials import Array, table

from paribus.comparison import heavy_tails
from paribus.comparison.outlying_runs import far_of
from paribus.core.seeds import generator

SEEDS = (3, 4, 5, 6, 8, 12, 20, 30, 60)
SPREAD = 0.002  # of a run, of a share; half-failed runs lose 5 to 60 points
EFFECT = 0.002  # what b is better by where no run half fails


LAWS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "normal": lambda draw, shape: draw.standard_normal(shape),
    "heavy tails (t3)": lambda draw, shape: draw.standard_t(3, shape),
    "skewed (exponential)": lambda draw, shape: draw.standard_exponential(shape),
}


def naming(trials: int) -> None:
    """Pairs of arms of which a run is named."""
    rows = []
    for law, drawn in LAWS.items():
        cells: list[object] = [law]
        for n in SEEDS:
            arms = drawn(generator(n, f"far/{law}"), (trials, 2, n))
            cells.append(f"{100 * far_of(arms).any(axis=(1, 2)).mean():.1f}")
        rows.append(cells)
    table("Pairs of healthy arms with a run that is named far, %", ["law of a run", *SEEDS], rows)


def finding(trials: int) -> None:
    """One run of an arm, or two, lie far below."""
    rows = []
    for lost in (1, 2):
        for far in (5, 10, 20, 100):
            cells: list[object] = [lost, far]
            for n in SEEDS:
                if n < 2 * lost + 1:
                    cells.append("–")
                    continue
                runs = generator(n, f"far/{lost}/{far}").standard_normal((trials, n))
                runs[:, :lost] -= far * np.linspace(1, 1.3, lost)
                exactly = (far_of(runs) == (np.arange(n) < lost)).all(axis=1)
                cells.append(f"{100 * exactly.mean():.0f}")
            rows.append(cells)
    table("Half-failed runs: exactly these named, %", ["runs", "spreads below", *SEEDS], rows)


def sizes(trials: int) -> None:
    """Each run half fails with a small chance: what the shown mean and interval hold, and those without far runs."""
    rows = []
    for rate in (0.0, 0.01, 0.03):
        for n in (6, 12, 30):
            draw = generator(n, f"sizes/{rate}")
            runs = draw.standard_normal((trials, 2, n)) * SPREAD + np.array([0.98, 0.98 + EFFECT])[None, :, None]
            lost = draw.random(runs.shape) < rate
            runs -= lost * draw.uniform(0.05, 0.6, runs.shape)
            rows.append([f"{100 * rate:.0f} %", n, *_sizes(runs)])
    table(
        "Both arms half fail alike: median error of the size, in its healthy value; coverage of that value by the "
        "interval of all runs and by that without far runs, %; pairs in which a run is named, %",
        ["each run half fails in", "seeds", "size of all", "without", "interval of all", "without", "named"],
        rows,
    )


def _sizes(runs: Array) -> list[str]:
    errors, held, told = [], [], 0
    for a, b in runs:
        far = far_of(a) | far_of(b)
        told += bool(far.any())
        found = [heavy_tails.paired(d) for d in (b - a, (b - a)[~far])]
        errors.append([abs(float(mean.whole.value) - EFFECT) / EFFECT for mean in found])
        ends = [mean.ends() for mean in found]
        held.append([bool(low <= EFFECT <= high) for low, high in ends])
    return [
        *(f"{error:.2f}" for error in np.median(errors, axis=0)),
        *(f"{100 * share:.1f}" for share in np.mean(held, axis=0)),
        f"{100 * told / len(runs):.1f}",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4000)
    asked = parser.parse_args()
    naming(asked.trials)
    finding(asked.trials)
    sizes(asked.trials)
