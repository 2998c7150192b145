"""Who follows the number of seeds that an open verdict names: how often it settles; and whether `power` is right.

python benchmarks/settling.py --trials 2000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
from decision_trials import Array, table
from scipy import stats

from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.judge import judge
from paribus.comparison.power.of_tests import difference_found, t_power
from paribus.comparison.power.seeds_needed import power
from paribus.comparison.seeds_to_settle import Seeds, Seen, seeds_to_settle
from paribus.comparison.statistics import paired_t_p
from paribus.core.seeds import generator

MOST = 1000


def followed(trials: int) -> None:
    """Normal differences, no margin: open at look 1, then as many seeds as were named, at look 2."""
    rows = []
    for first in (6, 12):
        for effect in (0.0, 0.3, 0.5, 1.0):
            drawn = generator(first, f"settling/{effect}").normal(effect, 1, (trials, MOST))
            drawn = drawn[paired_t_p(drawn[:, :first]) > look_level(1)]
            named = [advice(runs[:first]) for runs in drawn]
            cells = [said(drawn, [getattr(seeds, end) for seeds in named]) for end in ("low", "n", "high")]
            rows.append([first, effect, f"{100 * len(drawn) / trials:.0f}", *cells])
    table(
        "Seeds that would settle an open verdict: quartiles of the number, how often there is one, and how often it "
        "settles, %",
        ["seeds", "true effect", "open at look 1, %", "low end", "as seen", "high end"],
        rows,
    )


def advice(seen: Array) -> Seeds:
    n, deviation = len(seen), float(seen.std(ddof=1))
    found = Seen(float(seen.mean()), deviation / n**0.5, deviation, n - 1, (n, n), (n, n))
    return seeds_to_settle("not_separated", found, pairs=1, margin=0.0, look=1)


def said(drawn: Array, named: Sequence[int | None]) -> str:
    known = [(runs[:n], n) for runs, n in zip(drawn, named, strict=True) if n]
    settled = [paired_t_p(runs) <= look_level(2) for runs, _ in known]
    low, middle, high = np.quantile([n for _, n in known], [0.25, 0.5, 0.75])
    share = 100 * np.mean(settled)
    return f"{low:.0f}, {middle:.0f}, {high:.0f}; known {100 * len(known) / len(drawn):.0f}; settles {share:.0f}"


def agreement(trials: int) -> None:
    """The rule's own tests on simulated runs, beside what `power` says."""
    rows = []
    for n in (3, 6, 12, 30):
        for effect in (0.5, 1.0, 2.0):
            pairs = generator(n, f"power/{effect}").normal(effect, 1, (trials, n))
            arms = generator(n, f"power/unpaired/{effect}").normal(0, 1, (2, trials, n))
            apart = stats.ttest_ind(arms[0], arms[1] + effect * 2**0.5, axis=1, equal_var=False).pvalue
            found = [np.mean(paired_t_p(pairs) <= look_level(1)), np.mean(apart <= look_level(1))]
            told = [float(t_power(effect, n, look_level(1), paired)) for paired in (True, False)]
            errors = [(p * (1 - p) / trials) ** 0.5 for p in told]
            cells = [
                f"{100 * said:.1f} / {100 * seen:.1f} ± {100 * error:.1f}"
                for said, seen, error in zip(told, found, errors, strict=True)
            ]
            rows.append([n, effect, *cells])
    table("Power as said / as simulated, %", ["seeds", "effect, in spreads", "paired", "unpaired (Welch)"], rows)


def numbers(trials: int) -> None:
    """What each number of seeds buys: normal differences, two arms, look 1."""
    rows = []
    for n in (4, 6, 8, 10, 12):
        patterns = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1)
        cells: list[object] = [n, f"{difference_found(n, look_level(1)):.2f}"]
        for effect in (0.5, 1.0, 2.0):
            drawn = generator(n, f"numbers/{effect}").normal(effect, 1, (trials, n))
            found = drawn[paired_t_p(drawn) <= look_level(1)]
            larger = np.abs(found.mean(axis=1)).mean() / effect
            cells.append(f"{100 * len(found) / trials:.0f}; {larger:.1f} times")
        sums = np.abs(found @ patterns.T)
        flips = (sums >= np.abs(found.sum(axis=1))[:, None] * (1 - 1e-12)).mean(axis=1)
        rows.append([*cells, f"{100 * np.mean(flips > look_level(1)):.0f}"])
    table(
        "What a number of seeds buys: the difference found four times in five, in spreads; for true ones of 0.5, 1 and "
        "2, how often they are found, %, and how many times too large on average; how many of the last the sign-flip "
        "test does not confirm, %",
        ["seeds", "found", "0.5", "1", "2", "not confirmed"],
        rows,
    )


def cost() -> None:
    """How long an answer takes."""
    begun = time.perf_counter()
    power(spread=0.2, difference=0.02, margin=0.05, seeds=7, arms=5, look=3, paired=False)
    print(f"\nThe longest question, {time.perf_counter() - begun:.2f} s.")
    drawn = generator(60, "cost").standard_normal((5, 60))
    runs = {f"arm {i}": dict(enumerate(arm.tolist())) for i, arm in enumerate(drawn)}
    begun = time.process_time()
    judge(runs, metric="score:max")
    print(f"A verdict on five arms and 60 seeds, {time.process_time() - begun:.2f} s of the processor.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    asked = parser.parse_args()
    followed(asked.trials)
    agreement(10 * asked.trials)
    numbers(asked.trials)
    cost()
