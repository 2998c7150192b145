"""How often would other seeds alone pass for a cause? Recipes that train always, never, or under some seeds only.

    python benchmarks/placebo.py [--seeds 24] [--trials 2000] [--workers N] [--out STORE]

Each recipe is trained with so many seeds. Then searches are drawn from these runs: three that are explained, as many
fresh ones as a search confirms on, unchanged, and as many again that stand for an intervention which changes nothing.
They are judged as `paribus why` judges one to which a symptom points, beside one that restores training; whatever is
called a cause or a remedy then is a false one. Below stand recipes that train by chance, drawn from the runs of one
that always trains and of one that never does.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.seeds import generator
from paribus.diagnosis.intervention_outcomes import Scale, effect_of_pairs
from paribus.diagnosis.placebo import placebo_kind
from paribus.diagnosis.subject import FRESH_SEEDS, FRESH_UNLIKE, are_unlike
from paribus.programs.recipe.program import RecipeProgram
from paribus.programs.recipe.recipe import Recipe
from paribus.records.run import RunResult
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.planning import Settings

SMALL: dict[str, Any] = {"train_size": 1500, "validation_fraction": 0.02, "weight_decay": 0.0, "epochs": 3}
ALWAYS, NEVER = "healthy", "rate too low"
RECIPES: dict[str, dict[str, Any]] = {
    ALWAYS: {},
    NEVER: {"learning_rate": 1e-6},
    "decay 0.1, sigmoid": {"activation": "sigmoid", "weight_decay": 0.1},
    "few units in nine layers": {"dense_widths": (16,) * 9, "batch_size": 32},
    "rate high": {"learning_rate": 0.02, "batch_size": 32},
    "rate high, SGD": {"optimizer": "sgd", "learning_rate": 0.7, "batch_size": 32},
    "weights small, SGD": {"optimizer": "sgd", "learning_rate": 0.1, "init_gain": 0.5, "batch_size": 32, "epochs": 4},
    "biases of -1": {"bias_value": -1.0, "batch_size": 32},
}
CHANCES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
GOOD = 0.95  # of entropy explained, by the change that restores training

Draw = Callable[[np.random.Generator, int], list[RunResult]]


def main() -> None:
    """Print a row for each recipe."""
    options = parse()
    print(f"Of {options.trials} searches each, %:\n\n| recipe | runs that train | called a cause | a remedy |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        runner = BudgetRunner(RecipeProgram(), Settings(Path(options.out or scratch), workers=options.workers))
        runs = {}
        for name, settings in RECIPES.items():
            fields = Recipe.model_validate({**SMALL, **settings}).as_fields()
            runs[name] = runner.runs(fields, range(options.seeds), lambda event: None)
            print(row(name, of_pool(runs[name]), options.trials), flush=True)
        for chance in CHANCES:
            mixed = by_chance(chance, runs[ALWAYS], runs[NEVER])
            print(row(f"{100 * chance:.0f} % of runs train", mixed, options.trials), flush=True)


def of_pool(runs: list[RunResult]) -> Draw:
    """So many different ones of these runs."""
    return lambda rng, count: [runs[i] for i in rng.permutation(len(runs))[:count]]


def by_chance(chance: float, trained: list[RunResult], failed: list[RunResult]) -> Draw:
    """Each run trains with this chance."""

    def draw(rng: np.random.Generator, count: int) -> list[RunResult]:
        trains = rng.random(count) < chance
        return [(trained if t else failed)[rng.integers(len(trained))] for t in trains]

    return draw


def row(name: str, draw: Draw, trials: int) -> str:
    """What the placebo was called in so many searches."""
    program, called, share = RecipeProgram(), Counter[str](), 0.0
    scale = Scale(program.least_deficit or 0.0, program.most_explained)
    for trial in range(trials):
        runs = draw(generator(trial, f"placebo/{name}"), FRESH_SEEDS + 2 * FRESH_UNLIKE)
        explained, others = runs[:FRESH_SEEDS], runs[FRESH_SEEDS:]
        fresh = FRESH_UNLIKE if are_unlike(explained) else FRESH_SEEDS
        before, after = others[:fresh], others[fresh : 2 * fresh]
        seen = effect_of_pairs(program, before, after, min(len(run.epochs) for run in runs))
        called[placebo_kind(seen, scale, GOOD)] += 1
        share += sum(bool(run.record.trained) for run in runs) / len(runs)
    cells = [f"{100 * called[kind] / trials:.2f}" for kind in ("cause", "remedy")]
    return f"| {name} | {100 * share / trials:.0f} | {' | '.join(cells)} |"


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=24, help="runs of each recipe; at least 21")
    parser.add_argument("--trials", type=int, default=2000, help="searches of each")
    parser.add_argument("--workers", type=int, help="runs at a time; by default one a core")
    parser.add_argument("--out", metavar="STORE", help="keep runs here, and reuse what is there")
    options = parser.parse_args()
    if options.seeds < FRESH_SEEDS + 2 * FRESH_UNLIKE:
        parser.error(f"--seeds must be at least {FRESH_SEEDS + 2 * FRESH_UNLIKE}; got {options.seeds}")
    return options


if __name__ == "__main__":
    main()
