"""What is learned of each input, as a reader found it: classes, which become 0, 1, ..., or numbers (a regression)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError
from paribus.core.seeds import generator
from paribus.programs.recipe.data.idx import shape_text

Values = NDArray[Any]

HELD_OUT = 0.2  # of each class, where the files have no test set
MAX_CLASSES = 1 << 16
_FEW = 20  # classes that any small set may have


@dataclass(frozen=True, eq=False)
class Targets:
    """Of training and testing: int64 [N] from 0 to `classes` - 1, or float32 [N] or [N, k] where `classes` is 0.

    names: what each class was in the files; empty for numbers.
    """

    train: Values
    test: Values
    names: tuple[str, ...]

    @property
    def classes(self) -> int:
        """How many; 0 for numbers."""
        return len(self.names)


def target_values(given: Values, name: str) -> Values:
    """[N] whole numbers, words, or float64 where they are numbers; [N, k] where these are several.

    Of rows with a single 1 it is the place of that. Raises DataError for other dimensions and NaN.
    """
    values = given[:, 0] if given.ndim == 2 and given.shape[1] == 1 else given
    if values.ndim == 2 and _is_one_hot(values):
        return np.asarray(values.argmax(axis=1), np.int64)
    if values.ndim == 2 and values.dtype.kind != "f":
        raise DataError(
            "{path} has {count} labels for each input ({shape}); one is read, the number or the name of its class. "
            "Several numbers to learn must be of a float type.",
            path=name,
            count=values.shape[1],
            shape=shape_text(values.shape),
        )
    if values.ndim not in (1, 2):
        raise DataError(
            "{path} has {count} dimensions ({shape}); labels have 1.",
            path=name,
            count=values.ndim,
            shape=shape_text(values.shape),
        )
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8", "replace")
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise DataError("{path} has labels that are no finite numbers (NaN or infinity).", path=name)
        return values.astype(np.float64)
    return values.astype(np.int64) if values.dtype.kind in "bui" else values


def _is_one_hot(values: Values) -> bool:
    return (
        values.dtype.kind in "buif"
        and bool(((values == 0) | (values == 1)).all())
        and bool((values.sum(axis=1) == 1).all())
    )


def are_numbers(values: Values) -> bool:
    """Whether values of a float type are numbers and not classes; several a row always are.

    Classes written as floats are whole, and run without a gap or are two: 0.0, 1.0, 2.0. What is of another type is no
    number, so that whole numbers become targets of a regression by being written as floats.
    """
    if values.dtype.kind != "f":
        return False
    if values.ndim == 2 or (values != np.rint(values)).any():
        return True
    different = np.unique(values)
    return len(different) > 2 and bool(different[-1] - different[0] >= len(different))


def settled(train: Values, test: Values, called: tuple[str, str]) -> Targets:
    """Classes from 0 in the order of what they were, or numbers, in both parts alike. Raises DataError."""
    if are_numbers(train):
        if test.dtype.kind != "f" or test.shape[1:] != train.shape[1:]:
            raise DataError(
                "{path} has numbers to learn, {shape}, and {other} has {other_shape} of type {what}: both must have "
                "the same, numbers of a float type or classes.",
                path=called[0],
                shape=shape_text(train.shape),
                other=called[1],
                other_shape=shape_text(test.shape),
                what=str(test.dtype),
            )
        return Targets(train.astype(np.float32), test.astype(np.float32), ())
    train, test = (part.astype(np.int64) if _whole(part) else part for part in (train, test))
    if train.dtype.kind != test.dtype.kind:
        train, test = train.astype(str), test.astype(str)
    values = np.unique(train)
    if values.dtype.kind in "iu" and len(values) > max(_FEW, len(train) / 2):
        raise DataError(
            "{path} has {count:,} different whole numbers as labels of {most:,} inputs: too many to be classes. "
            "Numbers to learn are written as floats, 12.0 for 12.",
            path=called[0],
            count=len(values),
            most=len(train),
        )
    if len(values) > MAX_CLASSES:
        raise DataError(
            "{path} has {count:,} different labels; at most {most} classes are read.",
            path=called[0],
            count=len(values),
            most=MAX_CLASSES,
        )
    if len(strange := np.setdiff1d(test, values)):
        raise DataError(
            "{path} has the label {label}, which nothing in the training set has.",
            path=called[1],
            label=str(strange[0]),
        )
    names = tuple(str(value) for value in values.tolist())
    return Targets(np.searchsorted(values, train), np.searchsorted(values, test), names)


def _whole(values: Values) -> bool:
    return values.dtype.kind == "f" and not (values != np.rint(values)).any()


def hold_out(targets: Values) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions for training and testing: of each class, or of all numbers, one in five, the same ones every time."""
    order = generator(0, "held out").permutation(len(targets))
    here = np.zeros(len(targets)) if are_numbers(targets) else targets[order]
    rank = np.argsort(here, kind="stable")  # class by class, each in the order of the draw
    _, starts, counts = np.unique(here[rank], return_index=True, return_counts=True)
    test = np.zeros(len(targets), bool)
    for start, count in zip(starts, counts, strict=True):
        test[order[rank[start : start + int(HELD_OUT * count)]]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)
