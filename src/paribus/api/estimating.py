"""How long a plan will take, said before it starts."""

from __future__ import annotations

import functools
import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from paribus.api.networks import network
from paribus.experiment.store import Store
from paribus.experiment.task import Task
from paribus.values.models import BUILT_IN_MODELS, plan_of
from paribus.values.recipe import Recipe

if TYPE_CHECKING:
    from paribus.matter.data import DataSet

Sets = Callable[[str], "DataSet"]  # data sets by name

# Loading torch, opening the data and preparing them, before the first step.
STARTING_SECONDS = 2.0

# What orders runs by their length, where only their ratios count: the lesson's step takes as long as some 16 images.
_STEP_IN_IMAGES = 16.0
_PYTORCH_SLOWER = 4.0  # than a kernel of our own
# Fields on which the time of an epoch does not depend: a map has many recipes that differ in these alone.
_TIMELESS = ("epochs", "learning_rate", "weight_decay", "beta1", "beta2", "init_gain", "initialisation", "bias_value")
_ALIKE = 1.25  # costs that differ by less are no reason to leave the order of the seeds


def opened_once() -> Sets:
    """Data sets by name, each opened when it is first asked for, and never again: that takes milliseconds."""
    from paribus.matter.data import open_dataset

    return functools.cache(open_dataset)


def estimate(todo: Sequence[Task], store: Store, workers: int) -> float | None:
    """Seconds until all of `todo` is done, on so many processes; None where nothing tells how long a run takes."""
    if not todo:
        return 0.0
    rates: dict[Recipe, float] = {}
    for task in todo:
        if _pace(task.recipe) not in rates:
            rate = _seconds_an_epoch(task, store)
            if rate is None:
                return None
            rates[_pace(task.recipe)] = rate
    left = [rates[_pace(t.recipe)] * epochs_left(t, store) for t in todo]
    return max(max(left), sum(left) / workers) + STARTING_SECONDS


def epochs_left(task: Task, store: Store) -> int:
    """What a run still lacks to its end, where it was begun, or begins with a shorter one."""
    done = store.metrics(task.run_id) or (store.metrics(task.beginning) if task.beginning else ())
    return task.recipe.epochs - len(done)


def _pace(recipe: Recipe) -> Recipe:
    """The recipe that stands for all whose epochs take as long."""
    usual = Recipe()
    return recipe.model_copy(update={field: getattr(usual, field) for field in _TIMELESS})


def longest_first(todo: Sequence[Task], store: Store, sets: Sets) -> tuple[Task, ...]:
    """The runs that take longest first, so that no core is idle while another ends one; like ones as they were."""
    return tuple(sorted(todo, key=lambda task: -round(math.log(_cost(task, store, sets), _ALIKE))))


def _cost(task: Task, store: Store, sets: Sets) -> float:
    """How long what is left of a run takes, in images of the lesson's network: a guess by its sizes alone."""
    recipe = task.recipe
    whole = len(sets(recipe.dataset).train_labels)
    held_out = round(whole * recipe.validation_fraction)
    images = recipe.train_size or whole - held_out
    steps = -(-images // recipe.batch_size)
    work = _multiply_adds(recipe) / _multiply_adds(Recipe())
    left = max(1, epochs_left(task, store))
    slower = 1.0 if task.kernel.startswith("native") else _PYTORCH_SLOWER
    return left * slower * (steps * _STEP_IN_IMAGES + (images + held_out / 3) * work)  # a forward pass is a third


def _multiply_adds(recipe: Recipe) -> int:
    """Of the forward pass on 28 x 28 pixels; of a model of the user's own as LeNet's."""
    image = (1, 28, 28)
    plan = plan_of(recipe, image, 10) or BUILT_IN_MODELS["lenet"].plan(recipe, image, 10)
    return plan.multiply_adds()


def _seconds_an_epoch(task: Task, store: Store) -> float | None:
    """As a finished run of the same pace took, else by a short trial here and now.

    The trial is on the processor: it says nothing of another device.
    """
    same = [
        statistics.median(m.seconds for m in store.metrics(record.id))
        for record in store.runs()
        if record.code_identity == task.code_identity
        and record.epochs_done
        and _pace(record.recipe) == _pace(task.recipe)
    ]
    if same:
        return statistics.median(same)
    return _trial(task.recipe, task.kernel) if task.device == "cpu" else None


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

    from paribus.engine.device import settle_process
    from paribus.engine.trial import seconds_an_epoch
    from paribus.matter.data import open_dataset, prepare

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
