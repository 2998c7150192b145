"""What a data set is, and what is odd about it: for `paribus data show`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.messages import Message, message_of
from paribus.programs.recipe.data.dataset import DataSet, open_dataset, open_folder
from paribus.programs.recipe.data.idx import Bytes
from paribus.programs.recipe.data.known import KNOWN

SHOWN = 16
_FEW = 32  # values of which a picture is not made; a scale from 0 to 1 has two, one to 16 seventeen


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
    targets: least, highest, mean and deviation of the training targets, for each number that is learned; empty for
    classes.
    """

    dataset: DataSet
    shape: tuple[int, int, int]
    classes: tuple[ClassCount, ...]
    odd: tuple[Message, ...]
    images: Bytes
    labels: tuple[str, ...]
    format: str
    renamed: tuple[str, ...]
    targets: tuple[tuple[float, float, float, float], ...] = ()


def look(name_or_path: str) -> DataLook:
    """Open a data set and look at all of it. Raises DataError."""
    held = open_dataset(name_or_path)
    classes = _classes(held)
    chosen = _one_of_each(held.train_labels) if classes else np.arange(min(SHOWN, len(held.train_labels)))
    grey = _grey(held.train_images[chosen]) if not held.is_table else np.empty((0, 0, 0), np.uint8)
    names = tuple(held.class_names[label] if classes else _listed(label) for label in held.train_labels[chosen])
    facts = {} if name_or_path in KNOWN else open_folder(name_or_path).facts
    told, kind = (*_done(facts), *_odd(held, classes)), str(facts.get("format", "idx"))
    renamed = tuple(facts.get("labels") or ())
    return DataLook(held, held.image_shape, classes, told, grey, names, kind, renamed, _targets(held))


def _targets(held: DataSet) -> tuple[tuple[float, float, float, float], ...]:
    if not held.numbers:
        return ()
    columns = held.train_labels.reshape(len(held.train_labels), -1).astype(np.float64).T
    return tuple((float(c.min()), float(c.max()), float(c.mean()), float(c.std())) for c in columns)


def _listed(numbers: NDArray[Any]) -> str:
    return ", ".join(f"{number:.4g}" for number in np.atleast_1d(numbers))


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


def _done(facts: Mapping[str, Any]) -> tuple[Message, ...]:
    """What reading changed of a user's own files."""
    return tuple(message_of(note) for note in facts.get("notes") or ())


def _odd(held: DataSet, classes: tuple[ClassCount, ...]) -> tuple[Message, ...]:
    said, items = [], held.items
    if missing := [one.name for one in classes if one.test == 0]:
        said.append(Message("Classes that the test set has not: {listed}.", listed=missing[:10]))
    both, again = _met_again(held)
    if both:
        said.append(
            Message("{count:,} of the test {items} are among the training {items} as well.", count=both, items=items)
        )
    if again:
        said.append(Message("{count:,} training {items} are there a second time.", count=again, items=items))
    if not held.is_table:
        return (*said, *_odd_pixels(held))
    constant = np.flatnonzero(held.train_images.min(axis=0) == held.train_images.max(axis=0))
    if len(constant):
        said.append(
            Message("Features of one value only, counted from 1: {listed}.", listed=(constant[:10] + 1).tolist())
        )
    return tuple(said)


def _odd_pixels(held: DataSet) -> Iterator[Message]:
    flat = held.train_images.reshape(len(held.train_images), -1)
    if constant := int((flat.min(axis=1) == flat.max(axis=1)).sum()):
        yield Message("{count:,} training images are of one value only.", count=constant)
    if flat.dtype == np.uint8 and (highest := int(flat.max())) < _FEW:
        yield Message("No pixel is above {highest}: are these values of another scale?", highest=highest)


def _met_again(held: DataSet) -> tuple[int, int]:
    """How many test inputs are among the training inputs, and how many of these are there a second time."""
    training, testing = (
        np.asarray(held.train_images),
        np.asarray(held.test_images),
    )  # mapped ones are slow to take apart
    train = {one.tobytes() for one in training}
    return sum(one.tobytes() in train for one in testing), len(training) - len(train)
