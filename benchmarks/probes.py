"""What the probes cost, and all else that a run keeps: one run bare, under the probes, and whole, in turn.

    python benchmarks/probes.py [--epochs N] [--rounds N] [--recipe lesson]

Each run trains the recipe's LeNet on MNIST through the one training loop, on one thread, and validates after every
epoch. `whole` is the run as a worker makes it, with light probes, checkpoints, its state after every epoch and its
record; `bare` is what it cannot do without: data, training, and the bare forward pass over validation and test images.
What was aimed at: a whole run costs under 3 % more than a bare one of as many epochs as the lesson's, 15.

Processor time, so that others on the machine do not count. Looks are most frequent in the first epoch, so the share
falls with the number of epochs.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

PROBES = ("off", "light", "full")


def main() -> None:
    """Print seconds of a run under each preset, the ratio to off, round by round, and what one look costs."""
    from paribus.programs.recipe.built_in_recipes import BUILT_IN

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recipe", choices=sorted(BUILT_IN), default="lesson")
    parser.add_argument("--activation", default="relu")
    parser.add_argument("--probes", nargs="+", choices=PROBES[1:], default=PROBES[1:], help="measured beside off")
    options = parser.parse_args()

    import torch

    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.kernels import kernel_for
    from paribus.runs.training_process import settle_process

    settle_process()
    presets = ("off", *options.probes)
    recipe = BUILT_IN[options.recipe][0].model_copy(update={"epochs": options.epochs, "activation": options.activation})
    data = prepare(open_dataset("mnist"), recipe, 0, torch.device("cpu"))
    kernel = kernel_for([recipe], "cpu")
    print(f"kernel {kernel}; torch {torch.__version__}, 1 thread; {recipe.epochs} epochs; {options.rounds} rounds\n")
    run(recipe.model_copy(update={"epochs": 1}), data, kernel, "light")  # warms up
    rounds = [{preset: run(recipe, data, kernel, preset) for preset in presets} for _ in range(options.rounds)]
    print("| probes | seconds | times off (least to most) | looks | ms a look |\n|---|---|---|---|---|")
    for preset in presets:
        seconds = statistics.median(done[preset][0] for done in rounds)
        ratios = sorted(done[preset][0] / done["off"][0] for done in rounds)
        looks = rounds[0][preset][1]
        extra = statistics.median(done[preset][0] - done["off"][0] for done in rounds)
        each = f"{extra / looks * 1000:.0f}" if looks else "-"
        ratio = f"{statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
        print(f"| {preset} | {seconds:.2f} | {ratio} | {looks} | {each} |", flush=True)
    whole_run(recipe.model_copy(update={"epochs": 1}), kernel)  # warms up
    whole = [(bare_run(recipe, kernel), whole_run(recipe, kernel)) for _ in range(options.rounds)]
    bare, kept = (statistics.median(column) for column in zip(*whole, strict=True))
    shares = sorted(100 * (kept / bare - 1) for bare, kept in whole)
    spread = f"({shares[0]:.1f} to {shares[-1]:.1f})"
    print(f"\nA run: bare {bare:.2f} s, whole {kept:.2f} s.")
    print(f"Probes, checkpoints and records cost {statistics.median(shares):.1f} % {spread} beside the bare run.")


def run(recipe, data, kernel: str, preset: str) -> tuple[float, int]:  # type: ignore[no-untyped-def]
    """Seconds of processor time that the training took, and how often the probe looked."""
    from paribus.probes import Probe, sampling
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.batch_order import steps_in_epoch
    from paribus.programs.recipe.training.fit import Callbacks, fit
    from paribus.programs.recipe.training.optimizers import make_optimizer
    from paribus.programs.recipe.worker import PROBE_BATCH
    from paribus.runs.store import early_steps

    model = build_model(recipe, 0, 1, (28, 28), 10, kernel)
    optimizer = make_optimizer(model, recipe)
    steps = steps_in_epoch(len(data.train_y), recipe.batch_size, recipe.drop_last)
    lines: list[str] = []
    batch = data.val_x[:PROBE_BATCH], data.val_y[:PROBE_BATCH]
    start = time.process_time()
    looks = sampling(preset, steps, recipe.epochs, early_steps(steps))
    probe = Probe(model, optimizer, looks, lambda seen: lines.append(seen.model_dump_json()), batch)
    fit(model, optimizer, data, recipe, 0, callbacks=Callbacks(probe.after_backward, probe.after_step))
    return time.process_time() - start, len(lines)


def bare_run(recipe, kernel: str) -> float:  # type: ignore[no-untyped-def]
    """Seconds of processor time for data, training with its validation, and the test images' forward pass."""
    import torch

    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.evaluate import evaluate
    from paribus.programs.recipe.training.fit import fit
    from paribus.programs.recipe.training.optimizers import make_optimizer

    start = time.process_time()
    data = prepare(open_dataset("mnist"), recipe, 0, torch.device("cpu"))
    model = build_model(recipe, 0, 1, (28, 28), 10, kernel)
    fit(model, make_optimizer(model, recipe), data, recipe, 0)
    evaluate(model, data.test_x, data.test_y)
    return time.process_time() - start


def whole_run(recipe, kernel: str) -> float:  # type: ignore[no-untyped-def]
    """Seconds of processor time for the same run as a worker makes it, into a store of its own."""
    from paribus.programs.recipe.info import RECIPE
    from paribus.programs.recipe.worker import perform
    from paribus.runs.registry import default_program
    from paribus.runs.task import How, Task

    program, fields, how = default_program(), recipe.as_fields(), How(kernel=kernel)
    digests = program.data_digest(fields), program.identity(fields, how)
    with tempfile.TemporaryDirectory() as folder:
        task = Task(str(Path(folder)), "whole", "whole", RECIPE, fields, 0, how, *digests)
        start = time.process_time()
        perform(task)
        return time.process_time() - start


if __name__ == "__main__":
    main()
