"""Folders of images by class: FOLDER/CLASS/*.png, or FOLDER/train/CLASS and FOLDER/test/CLASS. Read with Pillow.

All images must have one size, which is looked at before an image is decoded. Links to folders are not followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import MAX_BYTES, Bytes
from paribus.programs.recipe.data.raw import RawSet, regular

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
_TRAIN, _TEST = ("train", "training"), ("test", "testing", "val", "valid", "validation")
_GREY = ("1", "L", "LA")
_COLOURED = ("P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV")


class ImageFiles(Mapping[str, Path]):
    """Files by PART/CLASS/FILE, in order. Paths are made as they are asked for: of 70,000 they take more than MNIST."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """folders: of each part that there is."""
        self._folders = folders
        self._names = [name for part, folder in folders.items() for name in _images(folder, part)]

    def __getitem__(self, name: str) -> Path:
        part, _, rest = name.partition("/")
        return self._folders[part] / rest

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def image_files(place: Path) -> ImageFiles | None:
    """The images of a folder; PART is train where there is no test set. None where there are none."""
    if not place.is_dir():
        return None
    inside = {path.name.lower(): path.name for path in place.iterdir() if path.is_dir()}
    parts = [next((inside[name] for name in names if name in inside), "") for names in (_TRAIN, _TEST)]
    if not all(parts):
        if not (found := ImageFiles({"train": place})) and any(p.suffix.lower() in SUFFIXES for p in place.iterdir()):
            raise DataError(
                "{path} holds images, but not by class: put those of each class into a folder of its name, "
                "{path}/CLASS.",
                path=place,
            )
        return found or None
    return ImageFiles({"train": place / parts[0], "test": place / parts[1]}) or None


def read_images(files: Mapping[str, Path]) -> RawSet:
    """The data set of these files. Raises DataError, naming the file, or where Pillow is missing."""
    try:
        pixels = _pixels(files, "L")
    except _Coloured:
        pixels = _pixels(files, "RGB")
    names = list(files)
    labels = np.array([name.split("/")[1] for name in names])
    cut = sum(name.startswith("train/") for name in names)
    test = names[cut:]
    first = str(files[names[0]].parent.parent)
    last = str(files[test[0]].parent.parent) if test else first
    return RawSet(
        "images",
        pixels[:cut],
        labels[:cut],
        pixels[cut:] if test else None,
        labels[cut:] if test else None,
        called=(first, first, last, last),
    )


def _images(folder: Path, part: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False) and not e.name.startswith("."))
    for name in names:
        with os.scandir(folder / name) as entries:
            inside = sorted(e.name for e in entries if e.name.lower().endswith(SUFFIXES) and not e.name.startswith("."))
        yield from (f"{part}/{name}/{file}" for file in inside)


class _Coloured(Exception):
    """An image has colours, where grey ones were read so far."""


def _pixels(files: Mapping[str, Path], mode: str) -> Bytes:
    """[n, height, width], or with colours [n, height, width, 3]."""
    try:
        from PIL import Image
    except ImportError:
        raise DataError("Folders of images need Pillow: pip install pillow.") from None
    out: Bytes | None = None
    for number, path in enumerate(files.values()):
        regular(path)
        try:
            with Image.open(path) as image:
                if image.mode not in (*_GREY, *_COLOURED):  # converting it would cut its values off
                    raise DataError(
                        "{path} has values of more than 8 bits (mode {what}); save it with 8 bits a value.",
                        path=path,
                        what=image.mode,
                    )
                if mode == "L" and image.mode not in _GREY:
                    raise _Coloured
                if out is None:
                    out = _room(path, len(files), image, mode)
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
