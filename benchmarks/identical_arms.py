"""How often the decision rule calls two identical arms different, on real runs.

    python benchmarks/identical_arms.py

One arm is trained with many seeds. Then, again and again, some of its runs are drawn at random and dealt out to two
arms, which differ in nothing but their seeds, and the decision rule judges them as it judges every comparison. Two
standard errors are printed. The first is that of the draws alone. But all draws are from the same runs, so the second
one says how much the rate would vary with other runs in their place as well: bootstrapped over the runs.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.recipe_lookup import recipe
from paribus.records.design import Arm, Design
from paribus.records.run import RunRecord
from paribus.runs.execute import execute
from paribus.runs.planning import Settings, make_plan
from paribus.runs.registry import default_program
from paribus.runs.store import Store

SEEDS_AN_ARM = (2, 3, 4, 6, 10, 20)
BOOTSTRAPS = 100
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """Test accuracies (fractions) of one arm's runs, which of them trained, and how many images that is over."""

    accuracy: Array
    trained: NDArray[np.bool_]
    test_count: int


def main() -> None:
    """Train what is missing, deal the runs out, and print the rates."""
    options = parse()
    given = {name: getattr(options, name) for name in ("dataset", "activation", "train_size", "epochs")}
    arm = recipe("fair", **given)
    with tempfile.TemporaryDirectory() as scratch:
        records = train(arm, options.seeds, Path(options.out or scratch))
    runs = Runs(
        np.array([r.figures.get("test_accuracy", np.nan) for r in records]),
        np.array([bool(r.trained) for r in records]),
        max(int(r.figures.get("test_count", 1)) for r in records),
    )
    print(
        f"{options.activation}, {options.train_size} training images, {options.epochs} epochs, {options.seeds} seeds: "
        f"{runs.trained.sum()} trained, test accuracy {100 * np.nanmean(runs.accuracy):.2f} %, standard deviation "
        f"{100 * np.nanstd(runs.accuracy, ddof=1):.2f} points\n"
    )
    print(f"| seeds an arm | called different in {options.draws} draws, % | ± of the draws | ± with other runs |")
    print("| --- | --- | --- | --- |")
    for seeds in (n for n in SEEDS_AN_ARM if 2 * n <= options.seeds):
        rate, of_draws, of_runs = false_rate(runs, seeds, options.draws)
        print(f"| {seeds} | {100 * rate:.2f} | {100 * of_draws:.2f} | {100 * of_runs:.2f} |")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40, help="runs to train")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--activation", default="relu")
    parser.add_argument("--train-size", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--out", help="a store to keep the runs in (a temporary one)")
    return parser.parse_args()


def train(arm_recipe: Recipe, seeds: int, out: Path) -> list[RunRecord]:
    """The finished runs of one arm, those made that are missing."""
    arm = Arm(name="arm", value="arm", fields=arm_recipe.as_fields())
    design = Design(program=default_program().info, arms=(arm,), seeds=tuple(range(seeds)))
    plan = make_plan(design, Settings(out))
    store = Store(out)
    execute(plan.tasks, store, plan.workers, lambda event: None)
    records = [store.record(task.run_id) for task in plan.tasks]
    return [record for record in records if record is not None]


def false_rate(runs: Runs, seeds: int, draws: int) -> tuple[float, float, float]:
    """Share of draws that the rule calls different, at look 1, and its standard errors: of the draws, over runs."""
    draw = np.random.default_rng(2)
    dealt = np.argsort(draw.random((draws, len(runs.accuracy))), axis=1)[:, : 2 * seeds]
    rate = _different(runs, dealt, seeds)
    others = []
    for _ in range(BOOTSTRAPS):
        chosen = draw.integers(0, len(runs.accuracy), len(runs.accuracy))
        other = Runs(runs.accuracy[chosen], runs.trained[chosen], runs.test_count)
        others.append(_different(other, dealt, seeds))
    return rate, float(np.sqrt(rate * (1 - rate) / draws)), float(np.std(others, ddof=1))


def _different(runs: Runs, dealt: NDArray[np.int64], seeds: int) -> float:
    """dealt: [draws, 2 seeds] which runs go to a, and then to b."""
    a, b = dealt[:, None, :seeds], dealt[:, None, seeds:]
    found = rule.evidence(
        runs.accuracy[b] - runs.accuracy[a],
        runs.trained[a],
        runs.trained[b],
        margin=rule.DEFAULT_MARGIN,
        metric=RECIPE.judging.of_items(runs.test_count),
    )
    verdict = rule.decide(found, look_level(1)).verdict
    return float(((verdict == "a_better") | (verdict == "b_better")).mean())


if __name__ == "__main__":
    main()
