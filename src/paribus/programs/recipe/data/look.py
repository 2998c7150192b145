"""What a data set is, and what is odd about it: for `paribus data show`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.messages import Message
from paribus.programs.recipe.data.dataset import DataSet, open_dataset, open_folder
from paribus.programs.recipe.data.idx import Bytes
from paribus.programs.recipe.data.known import KNOWN

SHOWN = 16
_FEW = 10  # values of which a picture is not made; a scale from 0 to 1 has two


@dataclass(frozen=True, eq=False)
class ClassCount:
    """One class, by its name, and how many images it has for training and testing."""

    name: str
    train: int
    test: int


@dataclass(frozen=True, eq=False)
class DataLook:
    """One data set.

    shape: channels, height, width. odd: what was done to it, and what may be wrong with it, a sentence each. images:
    grey, uint8 [n, height, width], the first of every class in turn, at most sixteen, with their labels. format: what
    was read. renamed: what labels 0, 1, ... were in the files; empty where they were these.
    """

    dataset: DataSet
    shape: tuple[int, int, int]
    classes: tuple[ClassCount, ...]
    odd: tuple[Message, ...]
    images: Bytes
    labels: tuple[str, ...]
    format: str
    renamed: tuple[str, ...]


def look(name_or_path: str) -> DataLook:
    """Open a data set and look at all of it. Raises DataError."""
    held = open_dataset(name_or_path)
    counts = [np.bincount(labels, minlength=held.classes) for labels in (held.train_labels, held.test_labels)]
    classes = tuple(
        ClassCount(name, int(train), int(test)) for name, train, test in zip(held.class_names, *counts, strict=True)
    )
    chosen = _one_of_each(held.train_labels)
    channels, height, width = held.train_images.shape[1:]
    grey = held.train_images[chosen].mean(axis=1).astype(np.uint8)
    names = tuple(held.class_names[label] for label in held.train_labels[chosen])
    facts = {} if name_or_path in KNOWN else open_folder(name_or_path).facts
    told, kind = (*_done(facts), *_odd(held, classes)), str(facts.get("format", "idx"))
    return DataLook(held, (channels, height, width), classes, told, grey, names, kind, tuple(facts.get("labels") or ()))


def _one_of_each(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the first image of every class, then of the second, and so on, sixteen in all."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    rank = np.arange(len(labels)) - np.repeat(starts, np.diff(starts, append=len(labels)))
    return order[np.lexsort((labels[order], rank))][:SHOWN]


def _done(facts: Mapping[str, Any]) -> tuple[Message, ...]:
    """What reading changed of a user's own files."""
    left_out = facts.get("left_out") or ()
    said = (
        (facts.get("held_out"), Message("The files have no test set: one image in five of each class was held out.")),
        (facts.get("upright"), Message("The images lie transposed in their files and were turned upright.")),
        (facts.get("scale") == "fractions", Message("Fractions from 0 to 1 became the nearest of 256 steps.")),
        (left_out, Message("Not used: {listed}.", listed=list(left_out))),
    )
    return tuple(message for holds, message in said if holds)


def _odd(held: DataSet, classes: tuple[ClassCount, ...]) -> tuple[Message, ...]:
    said = []
    missing = [one.name for one in classes if one.test == 0]
    if missing:
        said.append(Message("No test image is of class {listed}.", listed=missing[:10]))
    train = {bytes(image) for image in held.train_images}
    if both := sum(bytes(image) in train for image in held.test_images):
        said.append(Message("{count:,} of the test images are among the training images as well.", count=both))
    if again := len(held.train_images) - len(train):
        said.append(Message("{count:,} training images are there a second time.", count=again))
    flat = held.train_images.reshape(len(held.train_images), -1)
    if constant := int((flat.min(axis=1) == flat.max(axis=1)).sum()):
        said.append(Message("{count:,} training images are of one value only.", count=constant))
    if (highest := int(flat.max())) < _FEW:
        said.append(Message("No pixel is above {highest}: are these values of another scale?", highest=highest))
    return tuple(said)
