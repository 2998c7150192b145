"""From four arrays to a data set: shapes, counts and labels that fit together, and the facts about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError
from paribus.core.messages import mark
from paribus.programs.recipe.data.cache import Content
from paribus.programs.recipe.data.idx import idx_sha256, shape_text
from paribus.programs.recipe.data.known import STANDARD_NAMES, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS

Values = NDArray[Any]

MAX_CHANNELS = 16


def assemble(arrays: Mapping[str, Values], files: Mapping[str, object]) -> Content:
    """A data set's arrays and facts, checked. `files` says by standard name what to call each in an error.

    Images are [N, H, W], or [N, channels, H, W] with at most 16 channels; rows of a table are [N, features], of floats.
    Labels are [N] and run from 0 without a gap, or floats [N] or [N, k], and then there are no classes: 0. Raises
    DataError, naming the file.
    """
    train_images = _images(arrays[TRAIN_IMAGES], files[TRAIN_IMAGES])
    test_images = _images(arrays[TEST_IMAGES], files[TEST_IMAGES])
    if train_images.shape[1:] != test_images.shape[1:]:
        rows = mark("{path} has {shape} columns of features, but the training rows have {other_shape}.")
        images = mark(
            "{path} holds images of {shape}, but the training images are of {other_shape} (channels x height x width)."
        )
        raise DataError(
            rows if train_images.ndim == test_images.ndim == 2 else images,
            path=str(files[TEST_IMAGES]),
            shape=shape_text(test_images.shape[1:]),
            other_shape=shape_text(train_images.shape[1:]),
        )
    if not len(test_images):  # where readers found none, one in five is held out
        raise DataError(
            "{path} has no test set, and no class that is there five times or more, so that one could be held out.",
            path=str(files[TRAIN_LABELS]),
        )
    train_labels = _labels(arrays[TRAIN_LABELS], files[TRAIN_LABELS], len(train_images))
    test_labels = _labels(arrays[TEST_LABELS], files[TEST_LABELS], len(test_images))
    numbers = train_labels.dtype.kind == "f"
    classes = 0 if numbers else _classes(train_labels, files[TRAIN_LABELS])
    if numbers and bool((train_labels == train_labels[:1]).all()):
        raise DataError(
            "{path} has the same number everywhere: there is nothing to learn.", path=str(files[TRAIN_LABELS])
        )
    if not numbers and (highest := int(test_labels.max())) >= classes:
        raise DataError(
            "{path} has the label {number}, which is out of range: the training labels run from 0 to {most}.",
            path=str(files[TEST_LABELS]),
            number=highest,
            most=classes - 1,
        )
    digests = {name: idx_sha256(arrays[name]) for name in STANDARD_NAMES}
    mean, std = normalisation(train_images)
    return Content(
        arrays={
            "train_images": train_images,
            "train_labels": train_labels,
            "test_images": test_images,
            "test_labels": test_labels,
        },
        facts={"classes": classes, "mean": mean, "std": std, "sha256": digests, "digest": content_digest(digests)},
    )


def content_digest(sha256: Mapping[str, str]) -> str:
    """One SHA-256 (hex) for a data set, from those of its four uncompressed IDX files."""
    return hashlib.sha256("\n".join(sha256[name] for name in STANDARD_NAMES).encode()).hexdigest()


def normalisation(images: Values) -> tuple[float, float]:
    """Mean and standard deviation of all values as fractions of 255, rounded to four significant digits.

    Computed exactly from how often each of the 256 values occurs; floats are taken as they are.
    """
    if images.dtype != np.uint8:
        each, spread = (np.asarray(of) for of in moments(images.reshape(-1, 1)))
        return float(f"{each[0]:.4g}"), float(f"{spread[0]:.4g}")
    counts = np.zeros(256, np.int64)
    for part in np.array_split(images.reshape(-1), max(1, images.size >> 20)):  # bincount widens: a part at a time
        counts += np.bincount(part, minlength=256)
    values = np.arange(256) / 255
    mean = float(counts @ values) / images.size
    variance = float(counts @ (values - mean) ** 2) / images.size
    return float(f"{mean:.4g}"), float(f"{variance**0.5:.4g}")


def moments(rows: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each column of floats [N, columns], some rows at a time."""
    parts = np.array_split(rows, max(1, rows.size >> 18))
    mean = sum(part.sum(axis=0, dtype=np.float64) for part in parts) / len(rows)
    squares = sum(((part - mean) ** 2).sum(axis=0, dtype=np.float64) for part in parts)
    return np.asarray(mean), np.sqrt(squares / len(rows))


def _images(array: Values, file: object) -> Values:
    if array.ndim == 2 and array.dtype == np.float32:  # a table
        return array
    if array.ndim not in (3, 4):
        raise DataError(
            "{path} has {count} dimensions ({shape}); images have 3 (number x height x width) or 4 (number x "
            "channels x height x width).",
            path=str(file),
            count=array.ndim,
            shape=shape_text(array.shape),
        )
    if array.ndim == 3:
        return array[:, np.newaxis]
    if array.shape[1] > MAX_CHANNELS:
        raise DataError(
            "{path} is {shape}, so each image would have {count} channels; at most {most} are read. The order is "
            "number x channels x height x width, channels before height.",
            path=str(file),
            shape=shape_text(array.shape),
            count=array.shape[1],
            most=MAX_CHANNELS,
        )
    return array


def _labels(array: Values, file: object, images: int) -> Values:
    if array.ndim != 1 and (array.ndim != 2 or array.dtype != np.float32):
        raise DataError(
            "{path} has {count} dimensions ({shape}); labels have 1.",
            path=str(file),
            count=array.ndim,
            shape=shape_text(array.shape),
        )
    check_counts(len(array), images, str(file))
    return array if array.dtype == np.float32 else array.astype(np.int64)


def check_counts(labels: int, images: int, file: str) -> None:
    """Raise DataError, naming the file of the labels, where there is not one for each image."""
    if labels != images:
        more = mark("{path} holds more labels ({count:,}) than there are inputs ({inputs:,}).")
        fewer = mark("{path} holds fewer labels ({count:,}) than there are inputs ({inputs:,}).")
        raise DataError(more if labels > images else fewer, path=file, count=labels, inputs=images)


def _classes(train_labels: NDArray[np.int64], file: object) -> int:
    present: list[Any] = np.unique(train_labels).tolist()
    if present != list(range(len(present))):
        gap = next(i for i, label in enumerate(present) if i != label)
        raise DataError(
            "{path} has the label {number}, which is out of range: labels must run from 0 without a gap, and {gap} is "
            "nowhere.",
            path=str(file),
            number=present[gap],
            gap=gap,
        )
    if len(present) == 1:
        raise DataError("{path} holds one class only; there must be two at least.", path=str(file))
    return len(present)
