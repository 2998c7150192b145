"""Runs stacked against runs one by one: milliseconds of a training step for each run.

    python benchmarks/stacked_step.py [--device cuda] [--runs 1,4,8] [--rounds N] [--memory]

All train the lesson's LeNet, batch 64, shuffled, through the one training loop, in turn. On the CPU, on one core, this
says why whole processes are better there; on a GPU nobody has run it yet. `--memory`: what a further run of a stack
keeps between two steps, and what it takes with those, each size in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
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
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--held", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.held:
        return print(*held(options.held, options.device))
    if options.memory:
        return memory([int(size) for size in options.runs.split(",")], options.device)

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


def training_runs(runs: int, device, kernel: str, stacked: bool = False) -> Sequence[TrainingRun]:  # type: ignore[no-untyped-def]
    """Fresh runs of one recipe, by seed."""
    from paribus.programs.recipe.built_in_recipes import BUILT_IN
    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.fit import TrainingRun
    from paribus.programs.recipe.training.optimizers import make_optimizer

    changes = {} if stacked else {"train_size": 64 * STEPS, "epochs": 1, "validation_fraction": 1e-4}
    recipe, dataset = BUILT_IN["fair"][0].model_copy(update=changes), open_dataset("mnist")
    made = []
    for seed in range(runs):
        model = build_model(recipe, seed, 1, (28, 28), 10, kernel).to(device)
        data = prepare(dataset, recipe, seed, device, stacked)
        made.append(TrainingRun(model, make_optimizer(model, recipe), data, recipe, seed))
    return made


def memory(sizes: Sequence[int], device: str) -> None:
    """Print what each further run adds, in MB."""
    found = {}
    for size in sizes:
        words = [sys.executable, __file__, f"--held={size}", f"--device={device}"]
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
        found[size] = [int(word) / 1e6 for word in told]
    print("| runs in a stack | MB of a further run, kept | and with its steps | its parameters and their states, MB |")
    print("|---|---:|---:|---:|")
    for before, size in pairwise(sizes):
        kept, most = ((found[size][i] - found[before][i]) / (size - before) for i in (0, 1))
        print(f"| {before} to {size} | {kept:.2f} | {most:.2f} | {found[size][2]:.2f} |")


def held(runs: int, device: str) -> tuple[int, int, int]:
    """Bytes that the process has between two steps, at most so far, and that a run's network and optimiser take."""
    import torch

    from paribus.programs.recipe.kernels import PLAIN
    from paribus.programs.recipe.training.stacked import Stack
    from paribus.runs.device_choice import choose_device
    from paribus.runs.training_process import release_memory, settle_process

    settle_process()
    place = choose_device(device)
    stack = Stack(training_runs(runs, place, PLAIN, stacked=True))
    for x, y in itertools.islice(stack.batches(0), 3):
        stack.learn(x, y)
        stack.optimizer.step()
    own = 4 * 4 * sum(p.numel() for p in stack.runs[0].model.parameters())
    del x, y
    release_memory()
    if place.type == "cuda":
        return torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated(), own
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kept, most = (int(lines[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return kept, most, own


def step_ms(training_runs: TrainingRuns) -> float:
    """Milliseconds of an epoch's step, for each run; the epoch ends by reading its figures from the device."""
    from paribus.programs.recipe.training.fit import fit_all

    start = time.perf_counter()
    fit_all(training_runs)
    return (time.perf_counter() - start) / STEPS / len(training_runs.runs) * 1000


if __name__ == "__main__":
    main()
