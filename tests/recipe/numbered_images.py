"""A data set whose every image is its own number, and what a training reads of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from paribus.programs.recipe.data import DataSet, Images, PreparedData
from paribus.programs.recipe.data import prepare as prepare_in_batches
from paribus.programs.recipe.recipe import Recipe

CPU = torch.device("cpu")


SHARES = np.array([0.30, 0.25, 0.25, 0.20])


def numbered(train: int = 1000, test: int = 50, classes: int = 4) -> DataSet:
    """Every image is its own number, in two bytes, so that it is known again after preparation."""

    def images(n: int) -> NDArray[np.uint8]:
        return np.arange(n, dtype=">u2").view(np.uint8).reshape(n, 1, 1, 2)

    draw = np.random.default_rng(3)
    shares = SHARES if classes == 4 else np.full(classes, 1 / classes)
    return DataSet(
        name="numbered",
        train_images=images(train),
        train_labels=draw.choice(classes, size=train, p=shares),
        test_images=images(test),
        test_labels=draw.choice(classes, size=test, p=shares),
        classes=classes,
        class_names=tuple(map(str, range(classes))),
        mean=0.25,
        std=0.5,
        digest="",
    )


DATA = numbered()


def prepare(data: DataSet, recipe: Recipe, seed: int, device: torch.device) -> PreparedData:
    """What a training reads, all of it at once."""
    made = prepare_in_batches(data, recipe, seed, device)
    return replace(made, train_x=made.train_x[:], val_x=made.val_x[:], test_x=made.test_x[:])


def prepared(seed: int = 0, data: DataSet = DATA, **fields: Any) -> PreparedData:
    return prepare(data, Recipe(normalise=False, **fields), seed, CPU)


def numbers(x: torch.Tensor | Images) -> NDArray[np.int64]:
    """Which images these are."""
    values = (x[:].double() * 255).round().long().reshape(len(x), 2).numpy()
    return values[:, 0] * 256 + values[:, 1]
