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
    grey, uint8 [n, height, width], the first of every class in turn, at most sixteen, with their labels; none of a
    table. format: what was read. renamed: what labels 0, 1, ... were in the files; empty where they were these.
    targets: least, highest, mean and deviation of the training targets where they are numbers, without classes.
    """

    dataset: DataSet
    shape: tuple[int, int, int]
    classes: tuple[ClassCount, ...]
    odd: tuple[Message, ...]
    images: Bytes
    labels: tuple[str, ...]
    format: str
    renamed: tuple[str, ...]
    targets: tuple[float, float, float, float] | None = None


def look(name_or_path: str) -> DataLook:
    """Open a data set and look at all of it. Raises DataError."""
    held = open_dataset(name_or_path)
    classes, targets = _classes(held), None
    if held.numbers:
        numbers = held.train_labels.astype(np.float64)
        targets = float(numbers.min()), float(numbers.max()), float(numbers.mean()), float(numbers.std())
    chosen = _one_of_each(held.train_labels) if classes else np.arange(min(SHOWN, len(held.train_labels)))
    grey = _grey(held.train_images[chosen]) if not held.is_table else np.empty((0, 0, 0), np.uint8)
    names = tuple(held.class_names[label] if classes else f"{label:.4g}" for label in held.train_labels[chosen])
    facts = {} if name_or_path in KNOWN else open_folder(name_or_path).facts
    told, kind = (*_done(facts, held), *_odd(held, classes)), str(facts.get("format", "idx"))
    renamed = tuple(facts.get("labels") or ())
    return DataLook(held, held.image_shape, classes, told, grey, names, kind, renamed, targets)


def _classes(held: DataSet) -> tuple[ClassCount, ...]:
    if held.numbers:
        return ()
    counts = [np.bincount(labels, minlength=held.classes) for labels in (held.train_labels, held.test_labels)]
    return tuple(
        ClassCount(name, int(train), int(test)) for name, train, test in zip(held.class_names, *counts, strict=True)
    )


def _grey(images: NDArray[Any]) -> Bytes:
    """As bytes; floats between their least and their highest value."""
    means = images.mean(axis=1)
    if images.dtype != np.uint8:
        low, high = float(means.min()), float(means.max())
        means = (means - low) * (255 / (high - low or 1))
    grey: Bytes = means.astype(np.uint8)
    return grey


def _one_of_each(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the first image of every class, then of the second, and so on, sixteen in all."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    rank = np.arange(len(labels)) - np.repeat(starts, np.diff(starts, append=len(labels)))
    return order[np.lexsort((labels[order], rank))][:SHOWN]


def _done(facts: Mapping[str, Any], held: DataSet) -> tuple[Message, ...]:
    """What reading changed of a user's own files."""
    left_out, floats = facts.get("left_out") or (), facts.get("scale") == "floats"
    of_classes = Message("The files have no test set: one image in five of each class was held out.")
    of_numbers = Message("The files have no test set: one row in five was held out.")
    said = (
        (facts.get("held_out"), of_numbers if held.numbers else of_classes),
        (floats and not held.is_table, Message("The images are of fractions of another scale, and stay floats.")),
        (facts.get("upright"), Message("The images lie transposed in their files and were turned upright.")),
        (facts.get("scale") == "fractions", Message("Fractions from 0 to 1 became the nearest of 256 steps.")),
        (left_out, Message("Not used: {listed}.", listed=list(left_out))),
    )
    return tuple(message for holds, message in said if holds)


def _odd(held: DataSet, classes: tuple[ClassCount, ...]) -> tuple[Message, ...]:
    said = []
    if held.is_table:
        return _odd_table(held, classes)
    missing = [one.name for one in classes if one.test == 0]
    if missing:
        said.append(Message("No test image is of class {listed}.", listed=missing[:10]))
    both, again = _met_again(held)
    if both:
        said.append(Message("{count:,} of the test images are among the training images as well.", count=both))
    if again:
        said.append(Message("{count:,} training images are there a second time.", count=again))
    flat = held.train_images.reshape(len(held.train_images), -1)
    if constant := int((flat.min(axis=1) == flat.max(axis=1)).sum()):
        said.append(Message("{count:,} training images are of one value only.", count=constant))
    if flat.dtype == np.uint8 and (highest := int(flat.max())) < _FEW:
        said.append(Message("No pixel is above {highest}: are these values of another scale?", highest=highest))
    return tuple(said)


def _met_again(held: DataSet) -> tuple[int, int]:
    """How many test inputs are among the training inputs, and how many of these are there a second time."""
    train = {bytes(one) for one in held.train_images}
    return sum(bytes(one) in train for one in held.test_images), len(held.train_images) - len(train)


def _odd_table(held: DataSet, classes: tuple[ClassCount, ...]) -> tuple[Message, ...]:
    said = []
    if missing := [one.name for one in classes if one.test == 0]:
        said.append(Message("No test row is of class {listed}.", listed=missing[:10]))
    both, again = _met_again(held)
    if both:
        said.append(Message("{count:,} of the test rows are among the training rows as well.", count=both))
    if again:
        said.append(Message("{count:,} training rows are there a second time.", count=again))
    constant = np.flatnonzero(held.train_images.min(axis=0) == held.train_images.max(axis=0))
    if len(constant):
        said.append(
            Message("Features of one value only, counted from 1: {listed}.", listed=(constant[:10] + 1).tolist())
        )
    return tuple(said)
