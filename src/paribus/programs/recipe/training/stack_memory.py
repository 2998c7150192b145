"""How many runs of a stack there is memory for, by the sizes of their network and batches."""

from __future__ import annotations

from pathlib import Path

import torch

from paribus.programs.recipe.model_registry import Image, plan_of
from paribus.programs.recipe.recipe import Recipe
from paribus.runs.worker_count import usable_cores

_FLOAT = 4  # bytes
_STATES = 4  # parameters, gradients, and an optimiser's two moments
_COPIES = 5  # of what a layer gives for a batch: before and after its activation, their gradients, and the places kept
_OF_ITS_OWN = 1 << 19  # bytes: the places of its images, and what is kept of its network and store
_SHARE = 0.5  # of the free memory: others may want some, and it lies in pieces


def runs_with_room(recipe: Recipe, image: Image, classes: int, device: torch.device) -> int:
    """At least one; the CPU's memory is for a worker on each core."""
    free = free_bytes(device) * _SHARE / (usable_cores() if device.type == "cpu" else 1)
    return max(1, int(free // bytes_a_run(recipe, image, classes)))


def bytes_a_run(recipe: Recipe, image: Image, classes: int) -> int:
    """What a further run takes: what it keeps, and what a step of it needs besides."""
    plan = plan_of(recipe, image, classes)
    assert plan is not None  # only models of our own are stacked
    return _FLOAT * (_STATES * plan.numbers() + _COPIES * recipe.batch_size * plan.values()) + _OF_ITS_OWN


def free_bytes(device: torch.device) -> int:
    """Of the device's memory, or of the machine's; a gigabyte where nobody tells."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return 1 << 30
