"""Simulates the decision rule: how often it is wrong, how often it finds what is there, and at how many seeds.

    python benchmarks/decision_rule.py [--trials 20000]

prints the tables of docs/decisions/0002-the-decision-rule.md; with `--table NAME`, repeated, those of
docs/decisions/0014-the-rule-second-edition.md alone. Everything is decided by
`paribus.comparison.decision_rule.second_edition` itself. Accuracies are rounded to whole images of a test set of
10,000; each share is followed by its Monte-Carlo standard error. Seeded: the same command prints the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from decision_editions import TABLES, print_tables
from decision_looks import looks, splits
from decision_trials import (
    IMAGES,
    LAWS,
    LAWS_OF_TWO,
    METRIC,
    ONE_ARM_SKEWED,
    POINT,
    accuracies,
    all_trained,
    collapse,
    different,
    share,
    table,
    verdicts,
)

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.power.of_tests import seeds_for_difference, seeds_for_equality
from paribus.comparison.seeds_and_items import crossed
from paribus.comparison.statistics import t_interval
from paribus.core.seeds import generator

SEEDS = (2, 3, 4, 6, 8, 12, 20, 30)
FEW = (3, 4, 6, 12, 30)


def false_differences(trials: int) -> None:
    """Identical arms, all trained."""

    def cell(law: str, arms: int, seeds: int, spread: float) -> str:
        draw = generator(arms * 100 + seeds, f"null/{law}/{spread}")
        runs = accuracies(draw, trials, [0.0] * arms, seeds, spread, law)
        return share(different(verdicts(runs, all_trained(runs), look_level(1), 0.0)).any(axis=1))

    table(
        "False differences at look 1: % of trials in which any two of identical arms are called different",
        ["law", "arms", *(f"{n} seeds" for n in SEEDS)],
        ([law, arms, *(cell(law, arms, n, 0.1 * POINT) for n in SEEDS)] for law in LAWS for arms in (2, 3, 4, 5)),
    )
    table(
        "The same for two arms so alike that rounding to whole images shows (spread of a difference, in images)",
        ["spread", *(f"{n} seeds" for n in SEEDS)],
        ([f"{s} images", *(cell("normal", 2, n, s / IMAGES) for n in SEEDS)] for s in (0.25, 0.5, 1, 2)),
    )


def mixtures(trials: int) -> None:
    """Arms in which some runs do not train."""

    def cell(rates: Sequence[float], seeds: int, correlation: float) -> str:
        draw = generator(seeds, f"mixture/{list(rates)}/{correlation}")
        runs = accuracies(draw, trials, [0.0] * len(rates), seeds, 0.1 * POINT, "normal")
        trained = collapse(draw, trials, rates, seeds, correlation)
        return share(different(verdicts(runs, trained, look_level(1), 0.0)).any(axis=1))

    table(
        "False differences at look 1, identical arms of which each run fails to train with some probability",
        ["fails", "arms", "correlation in a seed", *(f"{n} seeds" for n in FEW)],
        (
            [f"{fail:.0%}", arms, correlation, *(cell([1 - fail] * arms, n, correlation) for n in FEW)]
            for fail, arms, correlation in product((0.1, 0.3, 0.5), (2, 5), (0.0, 0.5, 0.9))
        ),
    )
    table(
        "Power of the trained counts at look 1, % (three arms: the third trains like the second)",
        ["trains", "arms", *(f"{n} seeds" for n in FEW)],
        (
            [f"{low:.0%} against {high:.0%}", arms, *(cell([low] + [high] * (arms - 1), n, 0.0) for n in FEW)]
            for (low, high), arms in product(((0, 1), (0.2, 1), (0.5, 1), (0.2, 0.8)), (2, 3))
        ),
    )


def counts_needed() -> None:
    def least(arms: int, look: int) -> int:
        """Seeds at which one arm that never trains is told from all the others, that always do."""
        pairs = list(combinations(range(arms), 2))
        n = 2
        while True:
            counts = np.array([[0 if 0 in pair else n, n] for pair in pairs])
            found = rule.evidence(np.zeros((len(pairs), n)), *counts.T, margin=0.0, metric=METRIC)
            if different(rule.decide(found, look_level(look)))[: arms - 1].all():
                return n
            n += 1

    table(
        "Fewest seeds at which an arm that never trains is told from others that always do (computed)",
        ["arms", "look 1", "look 2", "look 3"],
        ([arms, *(least(arms, look) for look in (1, 2, 3))] for arms in (2, 3, 4, 5)),
    )


def power(trials: int) -> None:
    def cell(arms: int, size: float, seeds: int) -> str:
        draw = generator(seeds, f"power/{arms}/{size}")
        means = [0.0] * (arms - 1) + [size * 0.1 * POINT]
        runs = accuracies(draw, trials, means, seeds, 0.1 * POINT, "normal")
        found = verdicts(runs, all_trained(runs), look_level(1), 0.0)
        return share(found.verdict[:, -1] == "b_better")

    table(
        "Power at look 1: % of trials that find a difference (size in standard deviations of a paired difference)",
        ["size", "arms", *(f"{n} seeds" for n in SEEDS)],
        (
            [f"{size} sd", arms, *(cell(arms, size, n) for n in SEEDS)]
            for size, arms in product((0.5, 1, 2, 4), (2, 3, 5))
        ),
    )


def equality(trials: int) -> None:
    def cell(spread: float, size: float, seeds: int, law: str = "normal") -> str:
        draw = generator(seeds, f"equal/{spread}/{size}/{law}")
        runs = accuracies(draw, trials, [0.0, size * POINT], seeds, spread * POINT, law)
        found = verdicts(runs, all_trained(runs), look_level(1), rule.DEFAULT_MARGIN)
        return share(found.verdict[:, 0] == "equal")

    table(
        "False equality at look 1: % called practically equal when the true difference is the margin, 0.1 points",
        ["law", "true difference", "spread of a difference", *(f"{n} seeds" for n in SEEDS)],
        (
            [law, f"{size:+} points", f"{s} points", *(cell(s, size, n, law) for n in SEEDS)]
            for law, size, s in [
                *product(LAWS, (0.1,), (0.05, 0.2)),
                *product((ONE_ARM_SKEWED,), (0.1, -0.1), (0.05, 0.2)),
            ]
        ),
    )
    table(
        "Power of equality at look 1: % called practically equal when the true difference is 0",
        ["spread of a difference", *(f"{n} seeds" for n in SEEDS)],
        ([f"{s} points", *(cell(s, 0.0, n) for n in SEEDS)] for s in (0.05, 0.1, 0.15, 0.2)),
    )


def seeds_needed() -> None:
    def row(spread: float) -> list[object]:
        level, pairs = look_level(1), (1, 3)
        equal = [seeds_for_equality(0, 0.1 / spread, level / m) for m in pairs]
        apart = [seeds_for_difference(d / spread, level) for d in (0.1, 0.2, 0.4)]
        return [f"{spread} points", *equal, *apart]

    table(
        "Seeds for power 0.8 at look 1 (computed, not simulated), two arms unless said",
        [
            "spread of a difference",
            "equal within 0.1, true difference 0",
            "the same, three arms",
            "a difference of 0.1 points",
            "0.2",
            "0.4",
        ],
        map(row, (0.05, 0.1, 0.15, 0.2)),
    )


def coverage(trials: int) -> None:
    def over_seeds(law: str, seeds: int) -> str:
        runs = accuracies(generator(seeds, f"cover/{law}"), trials, [0.0, 0.0], seeds, 0.1 * POINT, law)
        low, high = t_interval(runs[:, 1] - runs[:, 0], least_variance=rule.rounding_variance(METRIC))
        return share((low <= 0) & (high >= 0))

    def over_images(seeds: int, ease: float, few: int) -> str:
        draw, hits = generator(seeds, f"cover/images/{ease}"), []
        for _ in range(few):
            # Each image tilts towards one arm by `ease`, each run by a little; the true mean difference is 0.
            tilt = ease * draw.standard_normal(500) + 0.02 * draw.standard_normal((seeds, 1))
            right = draw.random((2, seeds, 500)) < np.clip(0.9 + np.stack([-tilt, tilt]) / 2, 0, 1)
            found = crossed(right[1].astype(np.int8) - right[0])
            assert found is not None
            hits.append(found.low <= 0 <= found.high)
        return share(np.array(hits))

    table(
        "Coverage of the 95 % interval of the difference, over seeds, %",
        ["law", *(f"{n} seeds" for n in SEEDS)],
        ([law, *(over_seeds(law, n) for n in SEEDS)] for law in LAWS_OF_TWO),
    )
    few = max(min(200, trials), trials // 10)
    table(
        f"Coverage of the 95 % interval over seeds and 500 test images, % ({few} trials)",
        ["images differ", *(f"{n} seeds" for n in FEW)],
        ([size, *(over_images(n, size, few) for n in FEW)] for size in (0.0, 0.1, 0.3)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=20_000, help="simulated comparisons a cell (default 20000)")
    parser.add_argument("--table", action="append", choices=TABLES, help="of the second edition, this one alone")
    given = parser.parse_args()
    trials = given.trials
    print(f"Simulated comparisons a cell: {trials}. Shares in percent ± Monte-Carlo standard error.")
    if given.table:
        print_tables(trials, given.table)
        return
    false_differences(trials)
    mixtures(trials)
    counts_needed()
    equality(trials)
    power(trials)
    seeds_needed()
    coverage(trials)
    looks(trials)
    splits(trials)
    print_tables(trials)


if __name__ == "__main__":
    main()
