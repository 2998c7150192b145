"""Folders of images by class: FOLDER/CLASS/*.png, or FOLDER/train/CLASS and FOLDER/test/CLASS. Read with Pillow.

All images must have one size, which is looked at before an image is decoded. Links to folders are not followed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import MAX_BYTES, Bytes
from paribus.programs.recipe.data.raw import RawSet, regular

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
_TRAIN, _TEST = ("train", "training"), ("test", "testing", "val", "valid", "validation")
_GREY = ("1", "L", "LA")


def image_files(place: Path) -> dict[str, Path] | None:
    """The images as PART/CLASS/FILE, in order; PART is empty without a test set. None where there are none."""
    if not place.is_dir():
        return None
    parts = [next((name for name in names if (place / name).is_dir()), "") for names in (_TRAIN, _TEST)]
    if not all(parts):
        return _classes(place, "train") or None
    return {**_classes(place / parts[0], "train"), **_classes(place / parts[1], "test")} or None


def read_images(files: Mapping[str, Path]) -> RawSet:
    """The data set of these files. Raises DataError, naming the file, or where Pillow is missing."""
    train = {name: path for name, path in files.items() if name.startswith("train/")}
    test = {name: path for name, path in files.items() if name.startswith("test/")}
    try:
        pixels = _pixels(list(files.values()), "L")
    except _Coloured:
        pixels = _pixels(list(files.values()), "RGB")
    labels = np.array([name.split("/")[1] for name in files])
    first = str(next(iter(files.values())).parent.parent)
    last = str(next(iter(test.values())).parent.parent) if test else first
    cut = len(train)
    return RawSet(
        "images",
        pixels[:cut],
        labels[:cut],
        pixels[cut:] if test else None,
        labels[cut:] if test else None,
        called=(first, first, last, last),
    )


def _classes(folder: Path, part: str) -> dict[str, Path]:
    found = {}
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False) and not e.name.startswith("."))
    for name in names:
        with os.scandir(folder / name) as entries:
            inside = sorted(e.name for e in entries if e.name.lower().endswith(SUFFIXES) and not e.name.startswith("."))
        found.update({f"{part}/{name}/{file}": folder / name / file for file in inside})
    return found


class _Coloured(Exception):
    """An image has colours, where grey ones were read so far."""


def _pixels(paths: list[Path], mode: str) -> Bytes:
    """[n, height, width], or with colours [n, height, width, 3]."""
    try:
        from PIL import Image
    except ImportError:
        raise DataError("Folders of images need Pillow: pip install pillow.") from None
    out: Bytes | None = None
    for number, path in enumerate(paths):
        regular(path)
        try:
            with Image.open(path) as image:
                if mode == "L" and image.mode not in _GREY:
                    raise _Coloured
                if out is None:
                    out = _room(path, len(paths), image, mode)
                if (image.height, image.width) != out.shape[1:3]:
                    raise DataError(
                        "{path} is {shape} (height x width), but the first image is {other_shape}; all must have one "
                        "size.",
                        path=path,
                        shape=f"{image.height} x {image.width}",
                        other_shape=f"{out.shape[1]} x {out.shape[2]}",
                    )
                out[number] = np.asarray(image.convert(mode))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
    assert out is not None
    return out


def _room(path: Path, count: int, image: Any, mode: str) -> Bytes:
    shape = (count, image.height, image.width) + ((3,) if mode == "RGB" else ())
    size = int(np.prod(shape, dtype=object))
    if size > MAX_BYTES:
        raise DataError(
            "{path} announces {count:,} values ({shape}); at most {most:,} are read.",
            path=path.parent.parent,
            count=size,
            shape=" x ".join(f"{n:,}" for n in shape),
            most=MAX_BYTES,
        )
    return np.empty(shape, np.uint8)
