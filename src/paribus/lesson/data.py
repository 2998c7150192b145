"""Checks of the images: normalised, in batches, split by the generator, and none both learnt from and measured with."""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Subset

from paribus.core.messages import Message, mark
from paribus.lesson.network import Found

BATCH_SIZE = 64
_LOOKED_AT = 30  # batches: some 2,000 images tell mean and deviation to a hundredth
_NEAR = 0.1
_BY_ITSELF = 1e-3  # the means of images differ by more, unless each image is normalised by itself
_TWICE = 5  # images of two parts may look the same by chance, not many
_NAMES = (mark("the training"), mark("the validation"), mark("the test"))


@dataclass(frozen=True)
class Seen:
    """What a loader was seen to give. count: of all its images. digests: of those that were looked at."""

    count: int
    digests: frozenset[int]


def data_faults(*loaders: Any) -> Iterator[Message]:
    """What is wrong with the loaders for training, validation and test, or with a function that gives the three."""
    function = loaders[0] if len(loaders) == 1 else None
    try:
        if function is not None:
            loaders = _given(function, 0)
        seen = [_look(loader, name) for loader, name in zip(loaders, _NAMES, strict=True)]
        if len({id(loader.dataset) for loader in loaders}) < 3:
            raise Found(Message("Two of the three loaders have the same images."))
        _refuse_overlap(*loaders, seen=seen)
        if function is not None:
            _refuse_other_draws(function, loaders[1], seen[1])
        if abs(seen[0].count - 4 * seen[1].count) > max(5, seen[0].count // 100):
            yield Message("Of the images to train with, {train:,} train and {validation:,} validate; they are to be "
                          "split 8 : 2.", train=seen[0].count, validation=seen[1].count)  # fmt: skip
    except Found as found:
        yield from found.told


def _given(function: Any, seed: int) -> tuple[Any, ...]:
    """The three loaders for a seed. Raises Found where it gives none."""
    odd: list[tuple[types.FrameType, Any]] = []  # the student's functions that gave no tensor

    def note(frame: types.FrameType, event: str, given: Any) -> None:
        own = frame.f_globals is getattr(function, "__globals__", None)
        if event == "return" and own and (given is None or isinstance(given, np.ndarray)):
            odd.append((frame, given))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        train, validation, test = function(seed)
    except Exception as error:
        sys.setprofile(before)
        if (told := _behind(error, odd)) is not None:
            raise Found(told) from None
        fault = f"{type(error).__name__}: {error}"
        raise Found(Message("Your functions do not give three loaders yet: {fault}", fault=fault)) from None
    finally:
        sys.setprofile(before)
    return train, validation, test


def _behind(error: Exception, odd: Sequence[tuple[types.FrameType, Any]]) -> Message | None:
    """The function that brought the error about: the last that gave no tensor, of those that did not raise it."""
    raising, trace = set(), error.__traceback__
    while trace is not None:
        raising.add(trace.tb_frame)
        trace = trace.tb_next
    for frame, given in reversed(odd):
        name = frame.f_code.co_name
        if frame in raising:
            continue
        if given is not None:
            return Message("{name} gives an array of NumPy, where PyTorch wants a tensor.", name=name)
        return Message("{name} gives nothing back yet.", name=name) if "NoneType" in str(error) else None
    return None


def _look(loader: Any, name: str) -> Seen:
    """What a loader has. Raises Found with what is wrong with it."""
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
    if not pairs or not isinstance(pixels[0], Tensor):
        raise Found(Message("The loader for {of} must give images as tensors of shape (n, 1, 28, 28).", of=of))
    if pixels[0].dim() != 4 or pixels[0].shape[1:] != (1, 28, 28):
        raise Found(Message("The loader for {of} must give images of shape (n, 1, 28, 28); it gives {shape}.", of=of,
                            shape=str(tuple(pixels[0].shape))))  # fmt: skip
    if not isinstance(labels[0], Tensor) or labels[0].dtype != torch.int64 or labels[0].dim() != 1:
        raise Found(Message("The loader for {of} must give labels as whole numbers, one an image.", of=of))
    if len(pixels[0]) != min(BATCH_SIZE, count):
        raise Found(Message("The loader for {of} gives {n} images at once; it is to give {wanted}.", of=of,
                            n=len(pixels[0]), wanted=min(BATCH_SIZE, count)))  # fmt: skip
    values = torch.cat(pixels)
    _refuse_values(values, of)
    return Seen(count, frozenset(hash(image.numpy().tobytes()) for image in values.cpu()))


def _refuse_values(values: Tensor, of: Message) -> None:
    """Raises Found where the pixels are not what the text says."""
    mean, deviation = float(values.double().mean()), float(values.double().std())
    if abs(mean) > _NEAR or abs(deviation - 1) > _NEAR:
        raise Found(Message("The images for {of} have a mean of {mean:.2f} and a deviation of {deviation:.2f}: they "
                            "are not normalised as the text says.", of=of, mean=mean, deviation=deviation))  # fmt: skip
    if values.dtype != torch.float32:
        raise Found(Message("The images for {of} are {kind}; layers take float32, unless they are told otherwise.",
                            of=of, kind=str(values.dtype).removeprefix("torch.")))  # fmt: skip
    if len(values) > 1 and float(values.mean((1, 2, 3)).std()) < _BY_ITSELF:
        raise Found(Message("Each of the images for {of} is normalised by itself; the text gives two numbers for all.",
                            of=of))  # fmt: skip


def _refuse_overlap(*loaders: Any, seen: Sequence[Seen]) -> None:
    """Raises Found where an image is in two of them, or in none, as far as their subsets or their pixels can tell."""
    taken = [_indices(loader.dataset) for loader in loaders]
    for (one, other), (first, second) in zip(
        itertools.combinations(taken, 2), itertools.combinations(seen, 2), strict=True
    ):
        shared = one[0] is other[0] and (one[1] is None or other[1] is None or set(one[1]) & set(other[1]))
        if shared or len(first.digests & second.digests) > _TWICE:
            raise Found(Message("Some images are in two of the three parts: what is measured has been learnt from."))
    whole = taken[0][0]
    used = sum(len(indices or ()) for dataset, indices in taken if dataset is whole)
    if taken[0][1] is not None and used < len(whole):
        raise Found(Message("{n} of {of} images are in no part.", n=len(whole) - used, of=len(whole)))


def _indices(dataset: Any) -> tuple[Any, Any]:
    """Of which data set a part is taken, and which of its images; None for all of them."""
    return (dataset.dataset, list(dataset.indices)) if isinstance(dataset, Subset) else (dataset, None)


def _refuse_other_draws(function: Any, loader: Any, seen: Seen) -> None:
    """Raises Found where the split does not follow the seed: the same with the same one, another with another."""
    again, other = (_which(_given(function, seed)[1]) for seed in (0, 1))
    if _which(loader, seen) != again:
        raise Found(Message("Asked twice for the same seed, it splits the images otherwise: something draws without "
                            "the generator."))  # fmt: skip
    if again is not None and other == again:
        raise Found(Message("Every seed splits the images alike: nothing is drawn with the generator."))


def _which(loader: Any, seen: Seen | None = None) -> frozenset[int] | None:
    """Which images a part has; None where there are too many to look at."""
    if isinstance(loader.dataset, Subset):
        return frozenset(map(int, loader.dataset.indices))
    if len(loader.dataset) > _LOOKED_AT * BATCH_SIZE:
        return None
    return (seen or _look(loader, _NAMES[1])).digests
