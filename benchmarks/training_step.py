"""One training step, batch 64, one core: plain PyTorch, our engine with PyTorch's operations, and with our kernels.

    python benchmarks/training_step.py [--rounds N] [--instruction-set avx2]

All train the lesson's LeNet in turn in one run, with fused Adam, shuffled batches and the same memory settings. The
first is an ordinary module and loop, its data in memory; the others differ in nothing but the kernel: PyTorch's,
convolution and pooling fused, and the whole gradient in one call, by the processor's best instruction set or by the one
that is named; PyTorch's operations choose for themselves. Processor time, so that others on the machine do not count.
"""

from __future__ import annotations

import argparse
import statistics
import time

STEPS = 100


def main() -> None:
    """Print milliseconds a step for both activations, and how plain PyTorch's compare with the last, least to most."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument(
        "--instruction-set", help="of our kernels: baseline, avx2 or avx512, where the processor has it"
    )
    options = parser.parse_args()
    rounds = options.rounds

    import torch

    from paribus.programs.recipe.built_in_recipes import BUILT_IN
    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.kernels import PLAIN, instruction_set, native_kernel, usable
    from paribus.runs.training_process import settle_process

    settle_process()
    best, fused = native_kernel() or PLAIN, native_kernel(whole=False) or PLAIN
    if (wanted := options.instruction_set) and best != PLAIN:
        best, fused = (usable(name.replace(instruction_set(name), wanted)) for name in (best, fused))
    print(f"kernel: {best}; torch {torch.__version__}, 1 thread; medians of {rounds} rounds\n")
    print("| activation | plain PyTorch, ms | PyTorch in our engine, ms | fused, ms | whole, ms | times as fast |")
    print("|---|---|---|---|---|---|")
    for activation in ("sigmoid", "relu"):
        recipe = BUILT_IN["fair"][0].model_copy(
            update={"activation": activation, "train_size": 64 * STEPS, "epochs": 1, "validation_fraction": 1e-4}
        )
        data = prepare(open_dataset("mnist"), recipe, 0, torch.device("cpu"))
        images = data.train_x[:]
        times = [
            [
                plain_ms(recipe, images, data.train_y),
                *(step_ms(recipe, data, kernel) for kernel in (PLAIN, fused, best)),
            ]
            for _ in range(rounds + 2)  # two to warm up
        ][2:]
        ratios = sorted(row[0] / row[-1] for row in times)
        medians = " | ".join(f"{statistics.median(column):.2f}" for column in zip(*times, strict=True))
        ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"| {activation} | {medians} | {ratio} |", flush=True)


def plain_ms(recipe, images, labels) -> float:  # type: ignore[no-untyped-def]
    """Milliseconds a step of PyTorch as it is usually written."""
    import torch
    from torch import nn

    activation = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}[recipe.activation]
    model = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), activation(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), activation(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(), nn.Linear(84, 10)),
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), recipe.learning_rate, fused=True)
    start = time.process_time()
    order = torch.randperm(len(labels))
    for first in range(0, len(labels), recipe.batch_size):
        batch = order[first : first + recipe.batch_size]
        optimizer.zero_grad()
        criterion(model(images[batch]), labels[batch]).backward()
        optimizer.step()
    return (time.process_time() - start) / STEPS * 1000


def step_ms(recipe, data, kernel: str) -> float:  # type: ignore[no-untyped-def]
    """Milliseconds a step, over one epoch of a fresh network."""
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.fit import fit
    from paribus.programs.recipe.training.optimizers import make_optimizer

    model = build_model(recipe, 0, 1, (28, 28), 10, kernel)
    optimizer = make_optimizer(model, recipe)
    start = time.process_time()
    fit(model, optimizer, data, recipe, 0)
    return (time.process_time() - start) / STEPS * 1000


if __name__ == "__main__":
    main()
