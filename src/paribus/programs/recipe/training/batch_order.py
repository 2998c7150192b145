"""In which order a run sees its images: the batches of an epoch."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from paribus.core.seeds import derive
from paribus.programs.recipe.data import PreparedData
from paribus.programs.recipe.recipe import Recipe

Batch = slice | Tensor


def steps_in_epoch(samples: int, batch_size: int, drop_last: bool) -> int:
    """How many updates an epoch makes."""
    return samples // batch_size if drop_last else -(-samples // batch_size)


def batches(data: PreparedData, recipe: Recipe, seed: int, epoch: int) -> Iterator[Batch]:
    """One run's batches in an epoch: slices where the order is the data's own, indices where it is shuffled."""
    samples = len(data.train_y)
    shuffled = recipe.batch_order == "shuffled"
    order = epoch_order(samples, seed, epoch).to(data.train_x.device) if shuffled else None
    for part in slices(samples, recipe):
        yield part if order is None else order[part]


def slices(samples: int, recipe: Recipe) -> Iterator[slice]:
    """An epoch's batches, in whatever order."""
    size = recipe.batch_size
    stop = samples - samples % size if recipe.drop_last else samples
    for first in range(0, stop, size):
        yield slice(first, min(first + size, stop))


def epoch_order(samples: int, seed: int, epoch: int) -> Tensor:
    """In which order a run sees its samples in an epoch, where it is shuffled: int64 [samples], on the CPU."""
    return torch.randperm(samples, generator=torch.Generator().manual_seed(derive(seed, f"order/{epoch}")))
