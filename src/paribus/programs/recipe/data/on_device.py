"""A data set on a device, its bytes there once for all runs: a run has only the places of what it learns from."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.programs.recipe.data.dataset import DataSet

_SHORT = 1 << 16  # places below it take two bytes each
_BYTES = 256


@dataclass(frozen=True, eq=False)
class Shared:
    """What all runs on a device read. train, test: uint8 [N, C, H, W]; train_labels: uint8, or int64, [N]; test_labels:
    int64 [N].
    """

    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor


@dataclass(frozen=True, eq=False)
class Picked:
    """Some of what is shared, read as a tensor of it would be, a batch at a time, by slices or indices.

    source: uint8 [N, C, H, W], or labels [N]; positions: [n] among them, as `places` has them, None for all; table:
    float32 [256], the input that each byte becomes; None of labels, which are read as int64.
    """

    source: Tensor
    positions: Tensor | None = None
    table: Tensor | None = None

    def __len__(self) -> int:
        """How many."""
        return len(self.source if self.positions is None else self.positions)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of a tensor."""
        return (len(self), *self.source.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where it lies."""
        return self.source.device

    def __getitem__(self, batch: slice | Tensor) -> Tensor:
        """The batch, in memory of its own."""
        found = self.source[batch if self.positions is None else indices(self.positions[batch])]
        return found.long() if self.table is None else looked_up(found, self.table)


def looked_up(values: Tensor, table: Tensor) -> Tensor:
    """The input that each byte becomes, float32. Where there is a table for each run, [runs, 256], values [runs, ...]
    are theirs.
    """
    which = values.int()
    if table.dim() > 1:
        first = torch.arange(0, table.numel(), _BYTES, dtype=torch.int32, device=table.device)
        which += first.view(-1, *[1] * (values.dim() - 1))
    return torch.index_select(table.reshape(-1), 0, which.reshape(-1)).view(values.shape)


def can_share(dataset: DataSet) -> bool:
    """Whether it is of bytes and classes: floats are a run's own, as it standardises them."""
    return dataset.train_images.dtype == np.uint8 and not dataset.numbers


@functools.lru_cache(maxsize=1)
def shared(dataset: DataSet, device: torch.device) -> Shared:
    """The set on the device; only the last one that was asked for is kept there."""
    arrays = (dataset.train_images, small_labels(dataset.train_labels, dataset.classes))
    return Shared(*(_there(one, device) for one in (*arrays, dataset.test_images, dataset.test_labels)))


def small_labels(labels: NDArray[Any], classes: int) -> NDArray[Any]:
    """In one byte each where they fit."""
    return labels.astype(np.uint8) if classes <= _BYTES else labels


def own_labels(labels: NDArray[Any], classes: int, device: torch.device) -> Picked:
    """Those that a run alone has, since some were drawn anew."""
    return Picked(_there(small_labels(labels, classes), device))


def places(positions: NDArray[np.int64], among: int, device: torch.device) -> Tensor:
    """Positions on the device, in two bytes each where they fit, else in four.

    Two bytes are a signed type there, for not every device has an unsigned one: `indices` reads them.
    """
    if among > _SHORT:
        return _there(positions.astype(np.int32), device)
    return _there(positions.astype(np.uint16).view(np.int16), device)


def indices(positions: Tensor) -> Tensor:
    """What `places` wrote, int64."""
    found = positions.long()
    return found & (_SHORT - 1) if positions.dtype == torch.int16 else found


def _there(array: NDArray[Any], device: torch.device) -> Tensor:
    return torch.from_numpy(np.array(array)).to(device)  # a copy: torch takes no read-only memory
