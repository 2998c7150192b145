"""Checks of the images: normalised, in batches, and no image both learnt from and measured with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Subset

from paribus.core.messages import Message, mark
from paribus.lesson.network import Found

BATCH_SIZE = 64
_LOOKED_AT = 30  # batches: some 2,000 images tell mean and deviation to a hundredth
_NEAR = 0.1
_NAMES = (mark("the training"), mark("the validation"), mark("the test"))


def data_faults(*loaders: Any) -> Iterator[Message]:
    """What is wrong with the loaders for training, validation and test, or with a function that gives the three."""
    try:
        if len(loaders) == 1:
            loaders = _given(loaders[0])
        sizes = [_look(loader, name) for loader, name in zip(loaders, _NAMES, strict=True)]
        if len({id(loader.dataset) for loader in loaders}) < 3:
            raise Found(Message("Two of the three loaders have the same images."))
        _refuse_overlap(*loaders)
        if abs(sizes[0] - 4 * sizes[1]) > max(5, sizes[0] // 100):
            yield Message("Of the images to train with, {train:,} train and {validation:,} validate; they are to be "
                          "split 8 : 2.", train=sizes[0], validation=sizes[1])  # fmt: skip
    except Found as found:
        yield from found.told


def _given(function: Any) -> tuple[Any, ...]:
    """The three loaders for seed 0. Raises Found where it gives none."""
    try:
        train, validation, test = function(0)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        raise Found(Message("Your functions do not give three loaders yet: {fault}", fault=fault)) from None
    return train, validation, test


def _look(loader: Any, name: str) -> int:
    """How many images a loader has. Raises Found with what is wrong with it."""
    of = Message(name)
    try:
        pairs = list(itertools.islice(loader, _LOOKED_AT))
        pixels = [pixels for pixels, _ in pairs]
        labels = [labels for _, labels in pairs]
        count = len(loader.dataset)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise Found(
            Message("The loader for {of} does not give images and labels: {fault}", of=of, fault=told)
        ) from None
    if not pairs or not isinstance(pixels[0], Tensor) or pixels[0].dim() != 4 or pixels[0].shape[1:] != (1, 28, 28):
        raise Found(Message("The loader for {of} must give images as tensors of shape (n, 1, 28, 28).", of=of))
    if not isinstance(labels[0], Tensor) or labels[0].dtype != torch.int64 or labels[0].dim() != 1:
        raise Found(Message("The loader for {of} must give labels as whole numbers, one an image.", of=of))
    if len(pixels[0]) != min(BATCH_SIZE, count):
        raise Found(Message("The loader for {of} gives {n} images at once; it is to give {wanted}.", of=of,
                            n=len(pixels[0]), wanted=min(BATCH_SIZE, count)))  # fmt: skip
    values = torch.cat(pixels).float()
    mean, deviation = float(values.mean()), float(values.std())
    if abs(mean) > _NEAR or abs(deviation - 1) > _NEAR:
        raise Found(Message("The images for {of} have a mean of {mean:.2f} and a deviation of {deviation:.2f}: they "
                            "are not normalised as the text says.", of=of, mean=mean, deviation=deviation))  # fmt: skip
    return count


def _refuse_overlap(train: Any, validation: Any, test: Any) -> None:
    """Raises Found where an image is in two of them, as far as their subsets can tell."""
    taken = [loader.dataset for loader in (train, validation, test)]
    for one, other in itertools.combinations(taken, 2):
        first, second = _indices(one), _indices(other)
        if first[0] is second[0] and (first[1] is None or second[1] is None or set(first[1]) & set(second[1])):
            raise Found(Message("Some images are in two of the three parts: what is measured has been learnt from."))


def _indices(dataset: Any) -> tuple[Any, Any]:
    """Of which data set a part is taken, and which of its images; None for all of them."""
    return (dataset.dataset, list(dataset.indices)) if isinstance(dataset, Subset) else (dataset, None)
