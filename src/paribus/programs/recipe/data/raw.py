"""What every reader gives, and the way from it to a data set: bytes or floats, labels from 0 or numbers, a test set.

A reader gives images and labels as they lie in its files. Here the values of images become bytes, channels come first,
labels become the numbers 0, 1, ... in the order of what they were, and where there is no test set one image in five is
held out. Tables of features, and images whose values are fractions of another scale, stay floats.
"""

from __future__ import annotations

import math
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.core.messages import Message
from paribus.programs.recipe.data.cache import Content
from paribus.programs.recipe.data.check import assemble, check_counts
from paribus.programs.recipe.data.known import STANDARD_NAMES, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS
from paribus.programs.recipe.data.targets import hold_out, settled, target_values

Values = NDArray[Any]

_COLOURS = (1, 3, 4)  # sizes of a last dimension that are channels, not columns
_PART = 1 << 20
_LEAST_SQUARE = 25
_LISTED = 10


@dataclass(frozen=True, eq=False)
class RawSet:
    """Images [N, ...] and labels [N] as a reader found them.

    test_images and test_labels are None where the files have none. called: what to call training images, training
    labels, test images and test labels in an error. class_names: by label, where the files say. notes: what reading
    left out or changed. table: whether rows are of features, and not of an image's pixels; None where their values and
    their number say that.
    """

    format: str
    train_images: Values
    train_labels: Values
    test_images: Values | None
    test_labels: Values | None
    called: tuple[str, str, str, str]
    class_names: Mapping[int, str] | None = None
    notes: tuple[Message, ...] = ()
    table: bool | None = None


class Grown:
    """Values that come part by part, in one piece of memory that grows where it lies: bytes while all are bytes."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._kind: np.dtype[Any] = np.dtype(np.uint8)

    @property
    def count(self) -> int:
        """How many."""
        return len(self._held) // self._kind.itemsize

    def add(self, part: Values) -> None:
        """The next rows; all are float32 from the first on that are no bytes."""
        if part.dtype != np.uint8 and self._kind == np.uint8:
            self._held = bytearray(np.frombuffer(self._held, np.uint8).astype(np.float32).data)
            self._kind = np.dtype(np.float32)
        self._held += np.ascontiguousarray(part, self._kind).data.cast("B")

    def array(self, shape: tuple[int, ...]) -> Values:
        """All of them, [rows, *shape]."""
        return np.frombuffer(self._held, self._kind).reshape(-1, *shape)


def regular(path: Path) -> int:
    """The size of a file in bytes. Raises DataError where it is none: a pipe would be waited for, for ever."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise DataError("{path} is not a regular file.", path=path)
    return status.st_size


def to_content(raw: RawSet) -> Content:
    """A data set's arrays and facts, checked. The facts say also what was done: scale, labels, what was held out."""
    train_values = target_values(raw.train_labels, raw.called[1])
    train_x, scale = inputs(raw.train_images, raw.called[0], table=raw.table)
    if raw.test_images is None or raw.test_labels is None:
        check_counts(len(train_values), len(train_x), raw.called[1])
        train, test = hold_out(train_values)
        test_x, test_values = train_x[test], train_values[test]
        train_x, train_values = _kept(train_x, train), train_values[train]
    else:
        test_x, _ = inputs(raw.test_images, raw.called[2], scale, raw.table)
        test_values = target_values(raw.test_labels, raw.called[3])
    targets = settled(train_values, test_values, (raw.called[1], raw.called[3]))
    content = assemble(
        {
            TRAIN_IMAGES: _plain(train_x),
            TRAIN_LABELS: targets.train,
            TEST_IMAGES: _plain(test_x),
            TEST_LABELS: targets.test,
        },
        dict(zip(STANDARD_NAMES, raw.called, strict=True)),
    )
    kept = list(targets.names)
    numbered = kept == [str(number) for number in range(len(kept))]
    names = {str(label): name for label, name in (raw.class_names or {}).items()}
    told = {
        "format": raw.format,
        "class_names": [names.get(label, label) for label in kept],
        "labels": None if numbered else kept,
        "notes": [note.json() for note in (*_notes(raw, scale, content.arrays, bool(kept)), *raw.notes)],
    }
    return Content(content.arrays, {**content.facts, **told})


def _notes(raw: RawSet, scale: str, arrays: Mapping[str, Values], classes: bool) -> Iterator[Message]:
    """What was done to make a data set of what was read."""
    table = arrays["train_images"].ndim == 2
    if raw.test_images is None:
        of_classes = Message("The files have no test set: one in five of each class was held out.")
        of_numbers = Message("The files have no test set: one in five was held out.")
        yield of_classes if classes else of_numbers
    if scale == "floats" and not table:
        yield Message("The images are of fractions of another scale, and stay floats.")
    if scale == "fractions":
        yield Message("Fractions from 0 to 1 became the nearest of 256 steps.")
    if classes and raw.train_labels.ndim == 2 and raw.train_labels.shape[1] > 1:
        yield Message("Labels are rows with a single 1: its place is the class.")


def left_out(names: Sequence[str]) -> tuple[Message, ...]:
    """The note on what is in the files and not used; none where that is nothing."""
    more = [Message("{n} more", n=len(names) - _LISTED)] if len(names) > _LISTED else []
    listed: list[str | Message] = [*names[:_LISTED], *more]
    return (Message("Not used: {listed}.", listed=listed),) if names else ()


def inputs(array: Values, name: str, scale: str = "", table: bool | None = None) -> tuple[Values, str]:
    """Images as uint8 [N, H, W] or [N, C, H, W], or as float32 what is none; and how values were read.

    That is `bytes`, `fractions` (from 0 to 1), or `floats`: a table [N, features], and images of fractions of another
    scale. `scale`: how the training images were read, which the test images follow. Raises DataError for values that
    are no such thing: NaN, and whole numbers of images that are below 0 or above 255.
    """
    if array.dtype.kind not in "buif":
        raise DataError("{path} holds values of type {what}; numbers are read.", path=name, what=str(array.dtype))
    if array.ndim == 0:
        raise DataError("{path} is one value, and no array of images.", path=name)
    flat = array.ndim == 2 and not is_square(array.shape[1]) and table is not False
    if array.dtype == np.uint8 and scale != "floats" and not table and not flat:
        return _shaped(array), "bytes"
    low, high = _range(array, name)
    fractions = scale == "fractions" or (not scale and array.dtype.kind in "bf" and 0 <= low <= high <= 1)
    if scale == "floats" or (not scale and (table or flat or (not fractions and has_fractions(array)))):
        shaped = _shaped(array) if table is False else _channels_first(array)
        return shaped.astype(np.float32, copy=False), "floats"
    if not 0 <= low <= high <= (1 if fractions else 255):
        raise DataError(
            "{path} has values from {least:g} to {highest:g}; images must be whole numbers from 0 to 255, or fractions "
            "from 0 to 1. Undo what was done to them: Paribus takes mean and deviation itself.",
            path=name,
            least=low,
            highest=high,
        )
    shaped = _shaped(array)
    out = np.empty(shaped.shape, np.uint8)
    for start, part in _parts(shaped):
        out[start : start + len(part)] = np.rint(part * 255.0) if fractions else np.rint(part)
    return out, "fractions" if fractions else "bytes"


def _kept(array: Values, places: NDArray[np.int64]) -> Values:
    """The rows at these places, which rise: moved up where they lie, if they may be, and not copied."""
    if not array.flags.writeable:
        return array[places]
    rows = max(1, _PART // max(1, math.prod(array.shape[1:])))
    for start in range(0, len(places), rows):
        part = places[start : start + rows]
        array[start : start + len(part)] = array[part]
    return array[: len(places)]


def _parts(array: Values) -> Iterator[tuple[int, Values]]:
    """Some rows at a time, and the number of the first one."""
    rows = max(1, _PART // max(1, math.prod(array.shape[1:])))
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]


def has_fractions(array: Values) -> bool:
    """Whether any value is no whole number."""
    return array.dtype.kind == "f" and any(bool((part != np.rint(part)).any()) for _, part in _parts(array))


def _range(array: Values, name: str) -> tuple[float, float]:
    low, high = math.inf, -math.inf
    for _, part in _parts(array):
        if not part.size:
            break
        least, most = float(part.min()), float(part.max())
        if not (math.isfinite(least) and math.isfinite(most)):  # a NaN is the least and the greatest
            raise DataError("{path} has values that are no finite numbers (NaN or infinity).", path=name)
        low, high = min(low, least), max(high, most)
    return low, high


def _shaped(array: Values) -> Values:
    """[N, H, W] or [N, C, H, W] of rows of a square's pixels, or of channels that come last; others as they are."""
    if array.ndim == 2 and is_square(array.shape[1]):
        side = math.isqrt(array.shape[1])
        return array.reshape(len(array), side, side)
    return _channels_first(array)


def _channels_first(array: Values) -> Values:
    if array.ndim == 4 and array.shape[3] in _COLOURS and array.shape[1] not in _COLOURS:
        return np.ascontiguousarray(np.moveaxis(array, 3, 1))
    return array


def is_square(count: int) -> bool:
    """Whether so many values may be the pixels of a square: four, nine or sixteen are a table's features."""
    return math.isqrt(count) ** 2 == count >= _LEAST_SQUARE


def _plain(images: Values) -> Values:
    """One channel is none: the same images have the same digest in every format."""
    return np.ascontiguousarray(images[:, 0] if images.ndim == 4 and images.shape[1] == 1 else images)
