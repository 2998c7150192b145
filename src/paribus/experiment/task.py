"""One run to be made, as it is handed to a worker. Apart from `worker`, so that planning loads no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paribus.matter.kernels import STACKED
from paribus.matter.stacking import stack_key
from paribus.values.recipe import Recipe

PROBES = ("off", "light", "full")  # what may be watched in a training


LARGEST_STACK = 8  # runs; each needs its own copy of its data on the device


@dataclass(frozen=True)
class Task:
    """One run to be made: all that a worker on this or another machine needs to know.

    `beginning`: a finished shorter run whose epochs are this one's first (see `growing`); empty where there is none.
    """

    store: str
    run_id: str
    arm: str
    recipe: Recipe
    seed: int
    device: str
    kernel: str
    probes: str
    data_digest: str
    code_identity: str
    beginning: str = ""


def bundles(tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
    """What a worker is handed at a time: one run, or as many as can be stacked and leave no worker idle."""
    alike: dict[str, list[Task]] = {}
    for task in tasks:
        key = stack_key(task.recipe) if task.kernel == STACKED else f"{task.run_id} {task.arm}"
        alike.setdefault(key, []).append(task)
    size = min(LARGEST_STACK, -(-len(tasks) // workers))
    return [tuple(same[i : i + size]) for same in alike.values() for i in range(0, len(same), size)]
