"""Data that are in Python's memory, as a file that recipes name: arrays, tensors, or a `torch.utils.data.Dataset`."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.atomic import write_whole
from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.npz import LAYOUT
from paribus.programs.recipe.data.raw import RawSet, Values, to_content
from paribus.words.safe_text import error_line


def save_dataset(path: str | Path, train: Any, test: Any = None) -> str:
    """Write images and labels into one `.npz` file, and give its path: what `dataset` of a recipe may be.

    Args:
        path: ends in `.npz`. A file that is there is replaced.
        train: `(images, labels)`, arrays, tensors or lists, or a data set with a length, such as a
            `torch.utils.data.Dataset`, whose items are an image and its label. Images are as docs/data.md says of
            files: [N, H, W], [N, C, H, W] or [N, H, W, C], whole numbers from 0 to 255 or fractions from 0 to 1; or a
            table [N, features]. Labels of a float type may be numbers to learn.
        test: the same for testing; without it one image in five of each class is held out.

    Runs are made again only where what is in the file has changed. Raises DataError for what is no data set; then
    nothing is written.
    """
    target = Path(path)
    if target.suffix != ".npz":
        raise DataError("the file must end in .npz", got=str(path))
    held = dict(zip(LAYOUT, _pair(train, "train"), strict=False))
    if test is not None:
        held |= dict(zip(LAYOUT[2:], _pair(test, "test"), strict=True))
    called = ("train (images)", "train (labels)", "test (images)", "test (labels)")
    train_x, train_y, test_x, test_y = (_only_read(held.get(name)) for name in LAYOUT)
    assert train_x is not None and train_y is not None  # noqa: PT018 - for mypy
    to_content(RawSet("npz", train_x, train_y, test_x, test_y, called=called))  # refuses what no reader would take
    buffer = io.BytesIO()
    np.savez(buffer, **held)  # type: ignore[arg-type]
    try:
        write_whole(target, buffer.getvalue())
    except OSError as error:
        raise DataError("{path} cannot be written ({reason}).", path=target, reason=reason_of(error)) from None
    return str(target)


def _only_read(array: Values | None) -> Values | None:
    """The same memory, which nobody changes through this: it is the caller's."""
    if array is None:
        return None
    view = array.view()
    view.flags.writeable = False
    return view


def _pair(given: Any, name: str) -> tuple[Values, Values]:
    """Images and labels as arrays. Raises DataError."""
    if isinstance(given, (tuple, list)) and len(given) == 2:
        images, labels = given
    elif hasattr(given, "__len__") and hasattr(given, "__getitem__"):
        images, labels = _items(given, name)
    else:
        raise DataError(
            "{what} must be (images, labels), or a data set with a length whose items are an image and its label",
            what=name,
            got=type(given).__name__,
        )
    return _array(images, f"{name} (images)"), _array(labels, f"{name} (labels)")


def _items(given: Any, name: str) -> tuple[list[Values], list[Any]]:
    images, labels = [], []
    for place in range(len(given)):
        try:
            image, label = given[place]
            images.append(np.asarray(image))
            labels.append(label.item() if hasattr(label, "item") else label)
        except Exception as error:
            raise DataError(
                "item {place} of {what} is not an image and its label ({reason})",
                place=place,
                what=name,
                reason=error_line(error, 120),
            ) from None
    return images, labels


def _array(values: Any, name: str) -> Values:
    try:
        array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    except Exception as error:  # images of several sizes, or a type that NumPy has not
        raise DataError(
            "{path} cannot be one array ({reason}).",
            path=name,
            reason=error_line(error, 120),
        ) from None
    return array.astype(str) if array.dtype.kind == "O" and array.ndim == 1 else array  # words, as pandas has them
