"""Runs stacked against runs one by one: milliseconds of a training step for each run.

    python benchmarks/stacked_step.py [--device cuda] [--runs 1,4,8] [--rounds N]

All train the lesson's LeNet, batch 64, shuffled, through the one training loop, in turn. On the CPU, on one core, this
says why whole processes are better there; on a GPU nobody has run it yet.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.programs.recipe.training.fit import TrainingRun, TrainingRuns

STEPS = 50


def main() -> None:
    """Print a table: single runs on each kernel there is, then stacks of each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--runs", default="1,4,8")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    import torch

    from paribus.programs.recipe.kernels import PLAIN, native_kernel
    from paribus.programs.recipe.training.fit import Single
    from paribus.programs.recipe.training.stacked import Stack
    from paribus.runs.device_choice import choose_device, device_name
    from paribus.runs.training_process import settle_process

    sizes = [int(size) for size in options.runs.split(",")]
    device = choose_device(options.device)
    settle_process()
    kernels = [PLAIN] + ([native_kernel() or PLAIN] if device.type == "cpu" else [])
    times: dict[str, list[float]] = {}
    for _ in range(options.rounds + 1):
        for kernel in dict.fromkeys(kernels):
            single = Single(training_runs(1, device, kernel)[0])
            times.setdefault(f"one by one, {kernel}", []).append(step_ms(single))
        for size in sizes:
            times.setdefault(f"{size} stacked", []).append(step_ms(Stack(training_runs(size, device, PLAIN))))
    print(f"{device_name(device)}; torch {torch.__version__}; medians of {options.rounds} rounds\n")
    print("| runs | a run's step, ms (least to most) |\n|---|---|")
    for name, all_rounds in times.items():
        taken = all_rounds[1:]  # the first warms up
        print(f"| {name} | {statistics.median(taken):.2f} ({min(taken):.2f} to {max(taken):.2f}) |")


def training_runs(runs: int, device, kernel: str) -> Sequence[TrainingRun]:  # type: ignore[no-untyped-def]
    """Fresh runs of one recipe, by seed."""
    from paribus.programs.recipe.built_in import BUILT_IN
    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.fit import TrainingRun
    from paribus.programs.recipe.training.optimizers import make_optimizer

    recipe = BUILT_IN["fair"][0].model_copy(update={"train_size": 64 * STEPS, "epochs": 1, "validation_fraction": 1e-4})
    made = []
    for seed in range(runs):
        model = build_model(recipe, seed, 1, (28, 28), 10, kernel).to(device)
        data = prepare(open_dataset("mnist"), recipe, seed, device)
        made.append(TrainingRun(model, make_optimizer(model, recipe), data, recipe, seed))
    return made


def step_ms(training_runs: TrainingRuns) -> float:
    """Milliseconds of an epoch's step, for each run; the epoch ends by reading its figures from the device."""
    from paribus.programs.recipe.training.fit import fit_all

    start = time.perf_counter()
    fit_all(training_runs)
    return (time.perf_counter() - start) / STEPS / len(training_runs.runs) * 1000


if __name__ == "__main__":
    main()
