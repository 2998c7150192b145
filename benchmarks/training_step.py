"""One training step, batch 64, one core: our kernel against PyTorch's operations, in turn in one run.

    python benchmarks/training_step.py [--rounds N]

Both train the lesson's LeNet through the one training loop, with fused Adam and the same memory settings; the second
differs from the first in nothing but the kernel.
"""

from __future__ import annotations

import argparse
import statistics
import time

STEPS = 100


def main() -> None:
    """Print milliseconds a step for both kernels and both activations, with the ratio round by round."""
    import torch

    from paribus.engine.device import settle_process
    from paribus.matter.data import open_dataset, prepare
    from paribus.matter.kernels import PLAIN, native_kernel
    from paribus.values.recipe_text import BUILT_IN

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    settle_process()
    kernels = [PLAIN, native_kernel() or PLAIN]
    print(f"kernels: {', '.join(kernels)}; torch {torch.__version__}, 1 thread; medians of {rounds} rounds\n")
    print("| activation | pytorch, ms | ours, ms | times as fast (least to most) |\n|---|---|---|---|")
    for activation in ("sigmoid", "relu"):
        recipe = BUILT_IN["fair"][0].model_copy(
            update={"activation": activation, "train_size": 64 * STEPS, "epochs": 1, "validation_fraction": 1e-4}
        )
        data = prepare(open_dataset("mnist"), recipe, 0, torch.device("cpu"))
        times = [[step_ms(recipe, data, kernel) for kernel in kernels] for _ in range(rounds + 2)][2:]
        ratios = sorted(plain / ours for plain, ours in times)
        plain, ours = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"| {activation} | {plain:.2f} | {ours:.2f} | {ratio} |", flush=True)


def step_ms(recipe, data, kernel: str) -> float:  # type: ignore[no-untyped-def]
    """Milliseconds a step, over one epoch of a fresh network."""
    from paribus.engine.fit import fit
    from paribus.engine.optimizers import make_optimizer
    from paribus.matter.models import build_model

    model = build_model(recipe, 0, 1, (28, 28), 10, kernel)
    optimizer = make_optimizer(model, recipe)
    start = time.perf_counter()
    fit(model, optimizer, data, recipe, 0)
    return (time.perf_counter() - start) / STEPS * 1000


if __name__ == "__main__":
    main()
