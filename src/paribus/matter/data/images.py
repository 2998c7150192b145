"""Images that stay bytes in the data set's file, shared by all processes, and become numbers batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paribus.matter.data.idx import Bytes

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Images:
    """Chosen images of `source`, read as a tensor of them would be: `images[batch]` is float32 [m, C, H, W].

    source: uint8 [N, C, H, W], memory-mapped; positions: [n] among them, in order; table: float32 [256], the input
    that each byte becomes. A batch is a slice or a tensor of indices into `positions`. On the CPU.

    Four bytes a pixel would be 220 MB a process for MNIST, and reading a shuffled batch of them takes longer than
    reading the bytes and looking them up, two at a time.
    """

    source: Bytes
    positions: NDArray[np.int64]
    table: NDArray[np.float32]

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
        """The batch's images, in memory of their own."""
        import torch

        chosen = self._bytes[self.positions[batch if isinstance(batch, slice) else batch.numpy()]]
        if chosen.size % 2:
            return torch.from_numpy(np.take(self.table, chosen))
        # `wrap` only spares a check: every index is in the table
        pairs = np.take(self._pairs, chosen.reshape(-1).view(np.uint16), mode="wrap")
        return torch.from_numpy(pairs.view(np.float32).reshape(chosen.shape))

    @cached_property
    def _bytes(self) -> Bytes:
        return np.asarray(self.source)  # indexing a memmap itself is slower

    @cached_property
    def _pairs(self) -> NDArray[np.uint64]:
        """[65536] both inputs of two neighbouring bytes, as one number of 8 bytes."""
        both = np.arange(1 << 16, dtype=np.uint16).view(np.uint8)
        return np.take(self.table, both).view(np.uint64)
