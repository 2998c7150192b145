"""The recipe `fast`: seconds of training on one core and accuracy on MNIST's test images, seed by seed.

    python benchmarks/fast_recipe.py [--seeds N] [--first-seed N]

`loop` counts the steps alone, `with evaluation` also the validation set after each epoch and the test set at the end.
Both are the clock's; `processor` is what the core itself spent on the latter. Where it is much the smaller, the core
was shared and the clock's seconds say more about the machine than about the recipe. Opening the data is not counted.

The recipe was chosen by validation accuracy, with seeds from 100 on; the test set had no say in it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.programs.recipe.data.dataset import DataSet


@dataclass(frozen=True)
class Measured:
    """One training: seconds three ways, and the fraction of the test images that it got right."""

    loop: float
    whole: float
    processor: float
    accuracy: float


class LoopClock:
    """Seconds from the start of each epoch to its last step, summed. What follows that step is not training."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.epoch_start = self.last_step = time.perf_counter()

    def after_step(self, _step: int) -> None:
        """A step is done, perhaps the epoch's last."""
        self.last_step = time.perf_counter()

    def after_epoch(self, _metrics: object) -> None:
        """The epoch's evaluation is done, and the next epoch starts."""
        self.seconds += self.last_step - self.epoch_start
        self.epoch_start = time.perf_counter()


def main() -> None:
    """Print a row for each seed, then the means with their deviations and intervals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()

    import torch

    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.kernels import PLAIN, native_kernel
    from paribus.runs.training_process import settle_process

    settle_process()
    print(f"kernel: {native_kernel() or PLAIN}; torch {torch.__version__}, 1 thread\n")
    print("| seed | loop, s | with evaluation, s | processor, s | test accuracy |\n|---|---|---|---|---|")
    dataset = open_dataset("mnist")
    train(dataset, 0, epochs=1)  # warms up
    results = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        results.append(train(dataset, seed))
        print(row(str(seed), results[-1]), flush=True)
    print(summary(results))


def train(dataset: DataSet, seed: int, epochs: int | None = None) -> Measured:
    """One training on the processor, through the project's one training loop."""
    import torch

    from paribus.programs.recipe.built_in_recipes import BUILT_IN
    from paribus.programs.recipe.data import prepare
    from paribus.programs.recipe.kernels import PLAIN, native_kernel
    from paribus.programs.recipe.models import build_model
    from paribus.programs.recipe.training.evaluate import evaluate
    from paribus.programs.recipe.training.fit import Callbacks, fit
    from paribus.programs.recipe.training.optimizers import make_optimizer

    recipe = BUILT_IN["fast"][0]
    if epochs is not None:
        recipe = recipe.with_field("epochs", epochs)
    data = prepare(dataset, recipe, seed, torch.device("cpu"))
    channels, height, width = data.train_x.shape[1:]
    model = build_model(recipe, seed, channels, (height, width), data.classes, native_kernel() or PLAIN)
    optimizer = make_optimizer(model, recipe)
    processor, start, clock = time.process_time(), time.perf_counter(), LoopClock()
    fit(
        model,
        optimizer,
        data,
        recipe,
        seed,
        callbacks=Callbacks(after_step=clock.after_step, after_epoch=clock.after_epoch),
    )
    accuracy = evaluate(model, data.test_x, data.test_y).figures("test")["test_accuracy"]
    return Measured(clock.seconds, time.perf_counter() - start, time.process_time() - processor, accuracy)


def row(name: str, result: Measured) -> str:
    """One line of the table."""
    seconds = f"{result.loop:.2f} | {result.whole:.2f} | {result.processor:.2f}"
    return f"| {name} | {seconds} | {result.accuracy:.2%} |"


def summary(results: list[Measured]) -> str:
    """The means as a last row; the accuracy's deviation and the 95 % t interval of its mean below the table."""
    from paribus.comparison.statistics import t_interval

    columns = zip(*((r.loop, r.whole, r.processor, r.accuracy) for r in results), strict=True)
    lines = [row("mean", Measured(*map(statistics.mean, columns)))]
    if len(results) > 1:
        accuracies = [r.accuracy for r in results]
        low, high = t_interval(accuracies)
        lines += ["", f"test accuracy: deviation {100 * statistics.stdev(accuracies):.2f} points over the seeds,"]
        lines += [f"95 % t interval of the mean {low:.2%} to {high:.2%}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
