"""How long a plan will take, said before it starts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from paribus.experiment.store import Store
from paribus.experiment.task import Task
from paribus.matter.kernels import PLAIN, usable
from paribus.values.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn

# A worker imports torch, opens the data and prepares them, before its first step.
STARTING_SECONDS = 4.0


def estimate(todo: Sequence[Task], store: Store, workers: int) -> float | None:
    """Seconds until all of `todo` is done, on so many processes; None where nothing tells how long a run takes."""
    if not todo:
        return 0.0
    rates: dict[Recipe, float] = {}
    for task in todo:
        if task.recipe not in rates:
            rate = _seconds_an_epoch(task, store)
            if rate is None:
                return None
            rates[task.recipe] = rate
    left = [rates[t.recipe] * (t.recipe.epochs - len(store.metrics(t.run_id))) for t in todo]
    return max(max(left), sum(left) / workers) + STARTING_SECONDS


def _seconds_an_epoch(task: Task, store: Store) -> float | None:
    """As a finished run of the same recipe took (its epochs apart), else by a short trial here and now.

    The trial is on the processor: it says nothing of another device.
    """
    same = [
        statistics.median(m.seconds for m in store.metrics(record.id))
        for record in store.runs()
        if record.code_identity == task.code_identity
        and record.epochs_done
        and set(record.recipe.differences(task.recipe)) <= {"epochs"}
    ]
    if same:
        return statistics.median(same)
    return _trial(task.recipe, task.kernel) if task.device == "cpu" else None


def _trial(recipe: Recipe, kernel: str) -> float:
    import torch

    from paribus.engine.device import settle_process
    from paribus.engine.trial import seconds_an_epoch
    from paribus.matter.data import open_dataset, prepare

    threads = torch.get_num_threads()
    settle_process()
    try:
        data = prepare(open_dataset(recipe.dataset), recipe, 0, torch.device("cpu"))
        return seconds_an_epoch(network(recipe, kernel), data, recipe)
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(False)


def network(recipe: Recipe, kernel: str = PLAIN) -> nn.Module:
    """The recipe's network for its data set, with the first weights of seed 0."""
    from paribus.matter.data import open_dataset
    from paribus.matter.models import build_model

    dataset = open_dataset(recipe.dataset)
    channels, height, width = dataset.train_images.shape[1:]
    return build_model(recipe, 0, channels, (height, width), dataset.classes, usable(kernel))
