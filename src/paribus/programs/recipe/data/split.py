"""Which images a training sees: the split, the limit, the class balance and the label noise. NumPy only.

Every draw is one number for every training image of the data set, from a stream of its own. So an image's draws
depend on the seed alone, and the images kept, or mislabelled, under a smaller share are among those under a larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import Fault, RecipeError
from paribus.core.messages import Message, mark
from paribus.core.seeds import generator
from paribus.programs.recipe.recipe import Recipe

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """Positions among the data set's training images, and the labels that training gets to see.

    train: [n] positions, in the order of the batches; train_labels: [n], noise included; validation: [m] positions.
    """

    train: Index
    train_labels: NDArray[Any]
    validation: Index


def sample(labels: NDArray[Any], classes: int, recipe: Recipe, seed: int) -> Sample:
    """What a recipe takes of the training images whose labels are `labels` [N]; `classes` is 0 where they are numbers.

    Raises RecipeError, with every fault, where it asks for more than there is.
    """
    train, validation = split(len(labels), recipe.validation_fraction, seed)
    faults = []
    for field in ("majority_fraction", "label_noise"):
        if not classes and getattr(recipe, field) > 0:
            of_classes = mark("{field} is of classes, and the targets of this data set are numbers")
            faults.append(Fault(of_classes, getattr(recipe, field), field=field))
    if not len(validation) or not len(train):
        training = mark(
            "{field} must leave something to train and to validate with; of {count:,} nothing is left to train with"
        )
        validating = mark(
            "{field} must leave something to train and to validate with; of {count:,} nothing is left to validate with"
        )
        faults.append(
            Fault(
                validating if not len(validation) else training,
                recipe.validation_fraction,
                field="validation_fraction",
                count=len(labels),
            )
        )
    if recipe.train_size > len(train):
        faults.append(
            Fault(
                "{field} must be at most {most:,} after the split",
                recipe.train_size,
                field="train_size",
                most=len(train),
            )
        )
    if not faults and recipe.majority_fraction > 0:
        of_training = mark("{field}: of the training set, {problem}")
        of_validation = mark("{field}: of the validation set, {problem}")
        for rule, index, size in ((of_training, train, recipe.train_size), (of_validation, validation, 0)):
            if problem := _balance_problem(labels[index], classes, recipe.majority_fraction, size):
                faults.append(Fault(rule, recipe.majority_fraction, field="majority_fraction", problem=problem))
    if faults:
        raise RecipeError("what the recipe asks of the data", faults)
    if recipe.majority_fraction > 0:
        keys = generator(seed, "class_balance").random(len(labels))
        train = _balanced(train, labels, keys, classes, recipe.majority_fraction, recipe.train_size)
        validation = _balanced(validation, labels, keys, classes, recipe.majority_fraction, 0)
    elif recipe.train_size:
        train = train[: recipe.train_size]
    train_labels = noisy(labels, train, classes, recipe.label_noise, seed)
    if recipe.batch_order == "sorted":
        order = np.lexsort(train_labels.T[::-1]) if train_labels.ndim > 1 else np.argsort(train_labels, kind="stable")
        train, train_labels = train[order], train_labels[order]
    return Sample(train, train_labels, validation)


def split(images: int, validation_fraction: float, seed: int) -> tuple[Index, Index]:
    """Positions for training and for validation, from stream `split`; it depends on nothing else.

    A permutation of all images: the last `round(validation_fraction * images)` of it are for validation.
    """
    order = generator(seed, "split").permutation(images)
    first = images - round(validation_fraction * images)
    return order[:first], order[first:]


def noisy(labels: NDArray[Any], index: Index, classes: int, share: float, seed: int) -> NDArray[Any]:
    """The labels at `index`, `round(share * n)` of them, chosen at random, redrawn uniformly over all classes.

    A label redrawn may be the old one, so about `share * (1 - 1 / classes)` of them are wrong.
    """
    seen = labels[index]
    count = round(share * len(index))
    if count:
        draws = generator(seed, "label_noise")
        keys, redrawn = draws.random(len(labels)), draws.integers(classes, size=len(labels))
        chosen = np.argsort(keys[index], kind="stable")[:count]
        seen[chosen] = redrawn[index[chosen]]
    return seen


def class_counts(available: NDArray[np.int64], fraction: float, size: int = 0) -> NDArray[np.int64]:
    """How many of each class to keep, so that class 0 has `fraction` of all.

    size 0: class 0 is kept whole; otherwise `size` is the sum. The other classes share the rest evenly, the first
    of them one more where it does not divide. The counts may exceed `available`.
    """
    majority = round(fraction * size) if size else int(available[0])
    rest = size - majority if size else round(majority * (1 - fraction) / fraction)
    each, extra = divmod(rest, len(available) - 1)
    others = [each + (k < extra) for k in range(len(available) - 1)]
    return np.array([majority, *others], dtype=np.int64)


def _balance_problem(labels: NDArray[np.int64], classes: int, fraction: float, size: int) -> Message | None:
    """Why this share cannot be had, as the end of a sentence; None where it can."""
    available = np.bincount(labels, minlength=classes)
    if available[0] == 0:
        return Message("none is of class 0")
    wanted = class_counts(available, fraction, size)
    if wanted.min() == 0:
        return Message("class {number} would be left with none", number=int(wanted.argmin()))
    short = np.flatnonzero(wanted > available)
    if not len(short):
        return None
    k = int(short[0])
    problem = Message(
        "class {number} would need {count:,}, and there are {most:,}",
        number=k,
        count=int(wanted[k]),
        most=int(available[k]),
    )
    if size:
        return problem
    others = int(available[1:].min()) * (classes - 1)
    least = int(available[0]) / (int(available[0]) + others)
    return Message("{problem}; it must be at least {least:g}", problem=problem, least=math.ceil(least * 1000) / 1000)


def _balanced(
    index: Index, labels: NDArray[np.int64], keys: NDArray[np.float64], classes: int, fraction: float, size: int
) -> Index:
    """The members of `index` to keep, in their order: of each class those with the smallest keys."""
    here = labels[index]
    keep = np.zeros(len(index), dtype=bool)
    for label, count in enumerate(class_counts(np.bincount(here, minlength=classes), fraction, size)):
        members = np.flatnonzero(here == label)
        keep[members[np.argsort(keys[index[members]], kind="stable")[:count]]] = True
    return index[keep]
