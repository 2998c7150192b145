"""How long a recipe's run takes and what disk space: guessed by its sizes, or measured by a short trial."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from paribus.programs.recipe import PRELOAD
from paribus.programs.recipe.kernels import PLAIN, usable
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, plan_of
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.records.program import Fields
from paribus.runs.pool import called, is_warm
from paribus.runs.program_protocol import Cost
from paribus.runs.store import run_bytes
from paribus.runs.task import How

if TYPE_CHECKING:
    from torch import nn

    from paribus.programs.recipe.data import DataSet

# What orders runs by their length, where only their ratios count: the lesson's step takes as long as some 16 images.
_STEP_IN_IMAGES = 16.0
_PYTORCH_SLOWER = 4.0  # than a kernel of our own
# Fields on which the time of an epoch does not depend: a map has many recipes that differ in these alone.
_TIMELESS = ("epochs", "learning_rate", "weight_decay", "beta1", "beta2", "init_gain", "initialisation", "bias_value")


def pace(fields: Fields) -> Fields:
    """The fields that stand for all whose epochs take as long."""
    usual = LESSON.as_fields()
    return fields.replace(**{field: usual[field] for field in _TIMELESS})


def guess(recipe: Recipe, how: How, dataset: DataSet) -> Cost:
    """By sizes alone; work is in images of the lesson's network, for one epoch."""
    images, held_out = _split(recipe, dataset)
    steps = steps_an_epoch(recipe, dataset)
    work = _multiply_adds(recipe) / _multiply_adds(LESSON)
    slower = 1.0 if how.kernel.startswith("native") else _PYTORCH_SLOWER
    an_epoch = slower * (steps * _STEP_IN_IMAGES + (images + held_out / 3) * work)  # a forward pass is a third
    numbers, layers = _sizes(recipe, dataset)
    space = run_bytes(
        numbers,
        recipe.epochs,
        items=len(dataset.test_labels),
        outputs=dataset.outputs,
        layers=layers,
        probes=how.probes,
    )
    return Cost(an_epoch, space)


def steps_an_epoch(recipe: Recipe, dataset: DataSet) -> int:
    """How many batches an epoch has; a last one that is not full is one too."""
    return -(-_split(recipe, dataset)[0] // recipe.batch_size)


def _split(recipe: Recipe, dataset: DataSet) -> tuple[int, int]:
    """How many images are trained on, and how many are held out."""
    whole = len(dataset.train_labels)
    held_out = round(whole * recipe.validation_fraction)
    return recipe.train_size or whole - held_out, held_out


def _multiply_adds(recipe: Recipe) -> int:
    """Of the forward pass on 28 x 28 pixels; of a model of the user's own as LeNet's."""
    image = (1, 28, 28)
    plan = plan_of(recipe, image, 10) or BUILT_IN_MODELS["lenet"].plan(recipe, image, 10)
    return plan.multiply_adds()


def _sizes(recipe: Recipe, dataset: DataSet) -> tuple[int, int]:
    """Numbers in the network's state and layers with weights; a network of the user's own is built to be measured."""
    plan = plan_of(recipe, dataset.image_shape, dataset.outputs)
    if plan is not None:
        return plan.numbers(), len(plan.layers())
    tensors = network(recipe, dataset).state_dict().values()
    return sum(tensor.numel() for tensor in tensors), sum(tensor.dim() > 1 for tensor in tensors)


def trial(recipe: Recipe, kernel: str) -> float | None:
    """Seconds an epoch takes here, now; None where that cannot be told.

    Where torch is not loaded, and a server loads it for the runs anyway, a worker measures it.
    """
    if "torch" in sys.modules or not is_warm():
        return _trial(recipe, kernel)
    with contextlib.suppress(BrokenProcessPool):
        return float(called(_trial, recipe, kernel, modules=PRELOAD))
    return None


def _trial(recipe: Recipe, kernel: str) -> float:
    return in_turn([recipe], kernel, 1, time.perf_counter)[0][0]


def in_turn(
    recipes: Sequence[Recipe], kernel: str, rounds: int, clock: Callable[[], float] = time.process_time
) -> list[tuple[float, ...]]:
    """Seconds an epoch of each recipe on one core of this processor, by short trials: in every round each has its turn.

    The recipes train on the same data. By the process's own time, unless another clock is given: what other processes
    take does not count. What they do to caches meets all recipes of a round.
    """
    import torch

    from paribus.programs.recipe.data import open_dataset, prepare
    from paribus.programs.recipe.training.timing_trial import seconds_an_epoch
    from paribus.runs.training_process import settle_process

    threads = torch.get_num_threads()
    settle_process()
    try:
        dataset = open_dataset(recipes[0].dataset)
        data = prepare(dataset, recipes[0], 0, torch.device("cpu"))
        took: list[list[float]] = [[] for _ in recipes]
        for round_number in range(rounds):
            order = range(len(recipes))
            for place in order if round_number % 2 == 0 else reversed(order):  # none is always the first
                recipe = recipes[place]
                took[place].append(seconds_an_epoch(network(recipe, dataset, kernel), data, recipe, clock))
        return [tuple(seconds) for seconds in took]
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(False)


def network(recipe: Recipe, dataset: DataSet, kernel: str = PLAIN) -> nn.Module:
    """The recipe's network for its data set, with the first weights of seed 0."""
    from paribus.programs.recipe.models import build_model

    channels, height, width = dataset.image_shape
    return build_model(recipe, 0, channels, (height, width), dataset.outputs, usable(kernel), dataset.is_table)
