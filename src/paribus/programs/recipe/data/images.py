"""Images that stay bytes in the data set's file, shared by all processes, and become numbers batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paribus.programs.recipe.data.idx import Bytes
from paribus.programs.recipe.kernels.choose import native

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Images:
    """Chosen images of `source`, read as a tensor of them would be: `images[batch]` is float32 [m, C, H, W].

    source: uint8 [N, C, H, W], memory-mapped; positions: [n] among them, in order; table: float32 [256], the input
    that each byte becomes. A batch is a slice or a tensor of indices into `positions`. On the CPU.
    Raises ValueError where the table is not that, and IndexError where a position is not one of the source's.

    Four bytes a pixel would be 220 MB a process for MNIST, and reading a shuffled batch of them takes longer than
    reading the bytes and looking them up.
    """

    source: Bytes
    positions: NDArray[np.int64]
    table: NDArray[np.float32]

    def __post_init__(self) -> None:
        """The native kernel reads where it is told to: what it is told is checked here, once."""
        if self.table.shape != (256,) or self.table.dtype != np.float32 or not self.table.flags.c_contiguous:
            raise ValueError(f"the table must be float32 [256]; got {self.table.dtype} {list(self.table.shape)}")
        if self.source.dtype != np.uint8 or self.positions.dtype != np.int64:
            raise ValueError(f"bytes at int64 positions are read; got {self.source.dtype} at {self.positions.dtype}")
        if len(self.positions) and not 0 <= self.positions.min() <= self.positions.max() < len(self.source):
            raise IndexError(f"positions must be among the {len(self.source):,} images of the source")

    def __len__(self) -> int:
        """How many images."""
        return len(self.positions)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, C, H, W)."""
        return (len(self.positions), *self.source.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        import torch

        return torch.device("cpu")

    def __getitem__(self, batch: slice | Tensor) -> Tensor:
        """The batch's images, in memory of their own. IndexError where an index is not one of theirs."""
        import torch

        chosen = np.ascontiguousarray(self.positions[batch if isinstance(batch, slice) else batch.numpy()])
        shape = (len(chosen), *self.source.shape[1:])
        if native is None:
            return torch.from_numpy(np.take(self.table, self._bytes[chosen]))
        # Both said: a user's own model may have changed torch's defaults, and the kernel writes where it is told to
        x = torch.empty(shape, dtype=torch.float32, device="cpu")
        source, table = self._addresses
        native.look_up(source, math.prod(shape[1:]), chosen.ctypes.data, len(chosen), table, x.data_ptr())
        return x

    @cached_property
    def _bytes(self) -> Bytes:
        return np.ascontiguousarray(self.source)  # indexing a memmap itself is slower

    @cached_property
    def _addresses(self) -> tuple[int, int]:
        """Where the bytes and the table lie; both live as long as this object."""
        return self._bytes.ctypes.data, self.table.ctypes.data
