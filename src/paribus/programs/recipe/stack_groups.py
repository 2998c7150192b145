"""Which of a recipe's runs one worker makes at once."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.programs.recipe.kernels import STACKED
from paribus.programs.recipe.recipe import recipe_of
from paribus.programs.recipe.training.stackable import stack_key
from paribus.runs.task import Task

LARGEST_BUNDLE = 1000  # runs; how many of them are one stack its worker says, by the memory that it has


def stacks(tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
    """One run, or as many as may be stacked and leave no worker idle."""
    alike: dict[str, list[Task]] = {}
    for task in tasks:
        stacked = task.how.kernel == STACKED
        key = stack_key(recipe_of(task.fields)) if stacked else f"{task.run_id} {task.arm}"
        alike.setdefault(key, []).append(task)
    size = min(LARGEST_BUNDLE, -(-len(tasks) // workers))
    return [tuple(same[i : i + size]) for same in alike.values() for i in range(0, len(same), size)]
