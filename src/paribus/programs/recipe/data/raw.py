"""What every reader gives, and the way from it to a data set: bytes, labels from 0, a test set.

A reader gives images and labels as they lie in its files. Here values become bytes, channels come first, labels become
the numbers 0, 1, ... in the order of what they were, and where there is no test set one image in five is held out.
"""

from __future__ import annotations

import math
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.core.seeds import generator
from paribus.programs.recipe.data.cache import Content
from paribus.programs.recipe.data.check import assemble, check_counts
from paribus.programs.recipe.data.idx import Bytes, shape_text
from paribus.programs.recipe.data.known import STANDARD_NAMES, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS

Values = NDArray[Any]

HELD_OUT = 0.2  # of each class, where the files have no test set
MAX_CLASSES = 256
_COLOURS = (1, 3, 4)  # sizes of a last dimension that are channels, not columns
_PART = 1 << 22


@dataclass(frozen=True, eq=False)
class RawSet:
    """Images [N, ...] and labels [N] as a reader found them.

    test_images and test_labels are None where the files have none. called: what to call training images, training
    labels, test images and test labels in an error. class_names: by label, where the files say. left_out: names of what
    is in the files and not used. upright: whether images that lie transposed in their files were turned; None where
    they do not.
    """

    format: str
    train_images: Values
    train_labels: Values
    test_images: Values | None
    test_labels: Values | None
    called: tuple[str, str, str, str]
    class_names: Mapping[int, str] | None = None
    left_out: tuple[str, ...] = ()
    upright: bool | None = None


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
    train_values = _label_values(raw.train_labels, raw.called[1])
    train_x, scale = image_bytes(raw.train_images, raw.called[0])
    if raw.test_images is None or raw.test_labels is None:
        check_counts(len(train_values), len(train_x), raw.called[1])
        train, test = _hold_out(train_values)
        test_x, test_values = train_x[test], train_values[test]
        train_x, train_values = train_x[train], train_values[train]
    else:
        test_x, _ = image_bytes(raw.test_images, raw.called[2], scale)
        test_values = _label_values(raw.test_labels, raw.called[3])
    kept, train_y, test_y = _mapped(train_values, test_values, raw)
    content = assemble(
        {TRAIN_IMAGES: _plain(train_x), TRAIN_LABELS: train_y, TEST_IMAGES: _plain(test_x), TEST_LABELS: test_y},
        dict(zip(STANDARD_NAMES, raw.called, strict=True)),
    )
    numbered = kept == [str(number) for number in range(len(kept))]
    names = {str(label): name for label, name in (raw.class_names or {}).items()}
    told = {
        "format": raw.format,
        "class_names": [names.get(label, label) for label in kept],
        "labels": None if numbered else kept,
        "scale": scale,
        "held_out": raw.test_images is None,
        "left_out": list(raw.left_out),
        "upright": raw.upright,
    }
    return Content(content.arrays, {**content.facts, **told})


def image_bytes(array: Values, name: str, scale: str = "") -> tuple[Bytes, str]:
    """Images as uint8 [N, H, W] or [N, C, H, W], and how their values were read: bytes, fractions, or 0 and 1.

    `scale`: how the training images were read, which the test images follow. Raises DataError for values that are no
    such thing: NaN, below 0, above 255.
    """
    shaped = _shaped(array)
    if shaped.dtype == np.uint8:
        return shaped, "bytes"
    if shaped.dtype.kind not in "buif":
        raise DataError("{path} holds values of type {what}; numbers are read.", path=name, what=str(shaped.dtype))
    low, high = _range(shaped, name)
    fractions = scale == "fractions" or (not scale and shaped.dtype.kind in "bf" and high <= 1)
    if not 0 <= low <= high <= (1 if fractions else 255):
        raise DataError(
            "{path} has values from {least:g} to {highest:g}; images must be whole numbers from 0 to 255, or fractions "
            "from 0 to 1. Undo what was done to them: Paribus takes mean and deviation itself.",
            path=name,
            least=low,
            highest=high,
        )
    out = np.empty(shaped.shape, np.uint8)
    rows = max(1, _PART // max(1, math.prod(shaped.shape[1:])))
    for start in range(0, len(out), rows):
        part = shaped[start : start + rows]
        out[start : start + rows] = np.rint(part * 255.0) if fractions else np.rint(part)
    return out, "fractions" if fractions else "bytes"


def _range(array: Values, name: str) -> tuple[float, float]:
    rows = max(1, _PART // max(1, math.prod(array.shape[1:])))
    low, high = math.inf, -math.inf
    for start in range(0, len(array), rows):
        part = array[start : start + rows]
        least, most = float(part.min()), float(part.max())
        if not (math.isfinite(least) and math.isfinite(most)):  # a NaN is the least and the greatest
            raise DataError("{path} has values that are no finite numbers (NaN or infinity).", path=name)
        low, high = min(low, least), max(high, most)
    return low, high


def _shaped(array: Values) -> Values:
    """[N, H, W] or [N, C, H, W] of rows of a square's pixels, or of channels that come last; others as they are."""
    if array.ndim == 2 and math.isqrt(array.shape[1]) ** 2 == array.shape[1] > 1:
        side = math.isqrt(array.shape[1])
        return array.reshape(len(array), side, side)
    if array.ndim == 4 and array.shape[3] in _COLOURS and array.shape[1] not in _COLOURS:
        return np.ascontiguousarray(np.moveaxis(array, 3, 1))
    return array


def _plain(images: Bytes) -> Bytes:
    """One channel is none: the same images have the same digest in every format."""
    return np.ascontiguousarray(images[:, 0] if images.ndim == 4 and images.shape[1] == 1 else images)


def _label_values(labels: Values, name: str) -> Values:
    """[N] whole numbers or words. Raises DataError for other dimensions, fractions and NaN."""
    values = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if values.ndim == 2:
        raise DataError(
            "{path} has {count} labels an image ({shape}); one is read, the number or the name of its class. Of rows "
            "with a single 1 take argmax(axis=1).",
            path=name,
            count=values.shape[1],
            shape=shape_text(values.shape),
        )
    if values.ndim != 1:
        raise DataError(
            "{path} has {count} dimensions ({shape}); labels have 1.",
            path=name,
            count=values.ndim,
            shape=shape_text(values.shape),
        )
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8", "replace")
    if values.dtype.kind == "f":
        if not np.isfinite(values).all() or (values != np.rint(values)).any() or (np.abs(values) > 1 << 31).any():
            raise DataError("{path} has labels that are no whole numbers.", path=name)
        return values.astype(np.int64)
    return values.astype(np.int64) if values.dtype.kind in "bui" else values


def _hold_out(labels: Values) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions for training and testing: of each class one in five for testing, the same ones every time."""
    order = generator(0, "held out").permutation(len(labels))
    here = labels[order]
    test = np.zeros(len(labels), bool)
    for label in np.unique(here):
        members = order[here == label]
        test[members[: int(HELD_OUT * len(members))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def _mapped(train: Values, test: Values, raw: RawSet) -> tuple[list[str], Bytes, Bytes]:
    """What each label was, and the labels from 0."""
    if train.dtype.kind != test.dtype.kind:
        train, test = train.astype(str), test.astype(str)
    values = np.unique(train)
    if len(values) > MAX_CLASSES:
        raise DataError(
            "{path} has {count:,} different labels; at most {most} classes are read.",
            path=raw.called[1],
            count=len(values),
            most=MAX_CLASSES,
        )
    if len(strange := np.setdiff1d(test, values)):
        raise DataError(
            "{path} has the label {label}, which no training image has.", path=raw.called[3], label=str(strange[0])
        )
    train_y, test_y = (np.searchsorted(values, part).astype(np.uint8) for part in (train, test))
    return [str(value) for value in values.tolist()], train_y, test_y
