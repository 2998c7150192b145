"""From a data set to the tensors that one training reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError
from paribus.programs.recipe.data.dataset import DataSet
from paribus.programs.recipe.data.idx import Bytes
from paribus.programs.recipe.data.split import Index, Sample, sample
from paribus.programs.recipe.kernels import native
from paribus.programs.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from paribus.programs.recipe.data.on_device import Picked


class _Chosen:
    """What lies at `positions` of `source`, a batch at a time, on the CPU."""

    source: NDArray[Any]
    positions: NDArray[np.int64]

    def __len__(self) -> int:
        """How many images or rows."""
        return len(self.positions)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, C, H, W), or (n, features) of a table."""
        return (len(self.positions), *self.source.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        import torch

        return torch.device("cpu")


@dataclass(frozen=True, eq=False)
class Images(_Chosen):
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


@dataclass(frozen=True, eq=False)
class Rows(_Chosen):
    """Chosen rows or images of floats, indexed as `Images` are: `rows[batch]` is float32 [m, ...], standardised.

    source: float32 [N, ...], memory-mapped; positions: [n] among them, in order. On the CPU.
    """

    dataset: DataSet
    recipe: Recipe
    source: NDArray[np.float32]
    positions: NDArray[np.int64]

    def __getitem__(self, batch: slice | Tensor) -> Tensor:
        """The batch's rows, in memory of their own."""
        import torch

        chosen = self.positions[batch if isinstance(batch, slice) else batch.numpy()]
        return torch.from_numpy(as_inputs(self.dataset, self.recipe, self.source[chosen]))


Inputs: TypeAlias = "torch.Tensor | Images | Rows | Picked"
Labels: TypeAlias = "torch.Tensor | Picked"


@dataclass(frozen=True, eq=False)
class PreparedData:
    """What one training reads, on its device.

    train_x, val_x, test_x: float32 [n, channels, height, width], or of a table [n, features], normalised, tensors or
    what is indexed alike: on the CPU `Images` or `Rows`, of bytes that runs on a device share `Picked`; train_y, val_y,
    test_y: int64 [n], or float32 [n] or [n, k] where they are numbers. The training set lies in the order of its
    batches, so that a batch is a slice unless the order is shuffled. prior_entropy: entropy in nats of the validation
    set's label frequencies; None of numbers.
    """

    train_x: Inputs
    train_y: Labels
    val_x: Inputs
    val_y: Labels
    test_x: Inputs
    test_y: torch.Tensor
    prior_entropy: float | None
    classes: int


def prepare(dataset: DataSet, recipe: Recipe, seed: int, device: torch.device, stacked: bool = False) -> PreparedData:
    """Split, limit, balance, mislabel and scale a data set as the recipe says, and put it on the device.

    Off the CPU, or where runs are stacked, bytes are there once for all runs, and a run has their places.
    The split depends on the seed and `validation_fraction` alone. The test set is scaled, and otherwise untouched.
    Raises RecipeError where the recipe asks for more than the data have, DataError where they cannot be normalised.
    """
    import torch  # here, so that data sets are opened and checked without it

    from paribus.programs.recipe.data.on_device import can_share

    chosen = sample(dataset.train_labels, dataset.classes, recipe, seed)
    table = input_table(dataset, recipe)
    if (stacked or device.type != "cpu") and can_share(dataset):
        return _of_shared(dataset, chosen, table, device)

    def images(source: NDArray[Any], positions: Index) -> Inputs:
        of_bytes = source.dtype == np.uint8
        found = Images(source, positions, table) if of_bytes else Rows(dataset, recipe, source, positions)
        return found if device.type == "cpu" else found[:].to(device)

    def labels(source: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(np.array(source)).to(device)  # a copy: torch takes no read-only memory

    val_labels = dataset.train_labels[chosen.validation]
    return PreparedData(
        train_x=images(dataset.train_images, chosen.train),
        train_y=labels(chosen.train_labels),
        val_x=images(dataset.train_images, chosen.validation),
        val_y=labels(val_labels),
        test_x=images(dataset.test_images, np.arange(len(dataset.test_labels))),
        test_y=labels(dataset.test_labels),
        prior_entropy=None if dataset.numbers else entropy(val_labels),
        classes=dataset.classes,
    )


def _of_shared(dataset: DataSet, chosen: Sample, table: NDArray[np.float32], device: torch.device) -> PreparedData:
    """What a run has of bytes that are on the device once: places, a table, and labels where some were drawn anew."""
    import torch

    from paribus.programs.recipe.data.on_device import Picked, own_labels, places, shared

    there, inputs = shared(dataset, device), torch.from_numpy(table).to(device)
    train, validation = (places(one, len(dataset.train_labels), device) for one in (chosen.train, chosen.validation))
    plain = np.array_equal(chosen.train_labels, dataset.train_labels[chosen.train])
    labels = Picked(there.train_labels, train) if plain else own_labels(chosen.train_labels, dataset.classes, device)
    return PreparedData(
        train_x=Picked(there.train, train, inputs),
        train_y=labels,
        val_x=Picked(there.train, validation, inputs),
        val_y=Picked(there.train_labels, validation),
        test_x=Picked(there.test, None, inputs),
        test_y=there.test_labels,
        prior_entropy=entropy(dataset.train_labels[chosen.validation]),
        classes=dataset.classes,
    )


def input_table(dataset: DataSet, recipe: Recipe) -> NDArray[np.float32]:
    """[256] the input that each byte becomes: (byte / 255 - mean) / std, times `input_scale`.

    In float32 and in this order of operations, so that the lesson's inputs are those of torchvision's ToTensor and
    Normalize, bit for bit. A table, because 256 values need the arithmetic once each.
    """
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    if recipe.normalise:
        if dataset.std == 0:
            raise DataError(
                "{name} cannot be normalised: every pixel of its training images is the same. Set normalise = false "
                "to train on it as it is.",
                name=dataset.name,
            )
        values = (values - np.float32(dataset.mean)) / np.float32(dataset.std)
    return values * np.float32(recipe.input_scale)


def as_inputs(dataset: DataSet, recipe: Recipe, values: NDArray[Any]) -> NDArray[np.float32]:
    """What a network is given for images or rows [n, ...] of the data set, float32.

    Bytes go by `input_table`. Floats become (x - mean) / std, times `input_scale`, in float32, where a table has a mean
    and a deviation for each feature.
    """
    if values.dtype == np.uint8:
        return np.take(input_table(dataset, recipe), values)
    mean, deviation = dataset.spread if recipe.normalise else (np.float32(0), np.float32(1))
    return np.asarray((values - mean) / deviation * np.float32(recipe.input_scale), np.float32)


def entropy(labels: NDArray[np.int64]) -> float:
    """Entropy in nats of the label frequencies, -sum p ln p: the loss of the best constant predictor."""
    shares = np.bincount(labels) / len(labels)
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())
