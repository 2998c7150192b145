"""From a data set to the tensors that one training reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError
from paribus.programs.recipe.data.dataset import DataSet
from paribus.programs.recipe.data.idx import Bytes
from paribus.programs.recipe.data.images import Images
from paribus.programs.recipe.data.sampling import Index, sample
from paribus.programs.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch

    Inputs = torch.Tensor | Images


@dataclass(frozen=True, eq=False)
class PreparedData:
    """What one training reads, on its device.

    train_x, val_x, test_x: float32 [n, channels, height, width], normalised, tensors or, on the CPU, `Images`, which
    are indexed alike; train_y, val_y, test_y: int64 [n].
    The training set lies in the order of its batches, so that a batch is a slice unless the order is shuffled.
    prior_entropy: entropy in nats of the validation set's label frequencies.
    """

    train_x: Inputs
    train_y: torch.Tensor
    val_x: Inputs
    val_y: torch.Tensor
    test_x: Inputs
    test_y: torch.Tensor
    prior_entropy: float
    classes: int


def prepare(dataset: DataSet, recipe: Recipe, seed: int, device: torch.device) -> PreparedData:
    """Split, limit, balance, mislabel and scale a data set as the recipe says, and put it on the device.

    The split depends on the seed and `validation_fraction` alone. The test set is scaled, and otherwise untouched.
    Raises RecipeError where the recipe asks for more than the data have, DataError where they cannot be normalised.
    """
    import torch  # here, so that data sets are opened and checked without it

    chosen = sample(dataset.train_labels, dataset.classes, recipe, seed)
    table = input_table(dataset, recipe)

    def images(source: Bytes, positions: Index) -> Inputs:
        found = Images(source, positions, table)
        return found if device.type == "cpu" else found[:].to(device)

    def labels(source: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(np.array(source)).to(device)  # a copy: torch takes no read-only memory

    val_labels = dataset.train_labels[chosen.validation]
    return PreparedData(
        train_x=images(dataset.train_images, chosen.train),
        train_y=labels(chosen.train_labels),
        val_x=images(dataset.train_images, chosen.validation),
        val_y=labels(val_labels),
        test_x=images(dataset.test_images, np.arange(len(dataset.test_labels))),
        test_y=labels(dataset.test_labels),
        prior_entropy=entropy(val_labels),
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


def entropy(labels: NDArray[np.int64]) -> float:
    """Entropy in nats of the label frequencies, -sum p ln p: the loss of the best constant predictor."""
    shares = np.bincount(labels) / len(labels)
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())
