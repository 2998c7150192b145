"""Folders of images by class: FOLDER/CLASS/*.png, or FOLDER/train/CLASS and FOLDER/test/CLASS. Read with Pillow.

A folder that holds nothing but one folder is taken for that one, as archives unpack.
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
from paribus.programs.recipe.data.raw import RawSet, left_out, regular

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
_TRAIN, _TEST = ("train", "training"), ("test", "testing", "val", "valid", "validation")
_GREY = ("1", "L", "LA")
_COLOURED = ("P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV")


class ImageFiles(Mapping[str, Path]):
    """Files by PART/CLASS/FILE, in order. Paths are made as they are asked for: of 70,000 they take more than MNIST."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """folders: of each part that there is."""
        self._folders = folders
        self._names: list[str] = []
        self.empty: list[str] = []  # folders of classes that have no image
        for part, folder in folders.items():
            for one in folders_in(folder):
                found = images_in(folder / one)
                self._names += [f"{part}/{one}/{name}" for name in found]
                self.empty += [] if found else [one]

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
    inside = {name.lower(): name for name in folders_in(place)}
    train, test = (next((inside[name] for name in names if name in inside), "") for names in (_TRAIN, _TEST))
    if train and test and (found := ImageFiles({"train": place / train, "test": place / test})):
        return found
    if train and len(inside) == 1 and (found := ImageFiles({"train": place / train})):
        return found
    found = ImageFiles({"train": place})
    unsorted = {name.split("/")[1].lower() for name in found} <= {*_TRAIN, *_TEST}  # train/cat.0.jpg
    if found and not unsorted:
        return found
    if found or any(path.suffix.lower() in SUFFIXES for path in place.iterdir()):
        raise DataError(
            "{path} holds images, but not by class: put those of each class into a folder of its name, {path}/CLASS, "
            "or add a CSV with the columns filename and label.",
            path=place,
        )
    return image_files(place / next(iter(inside.values()))) if len(inside) == 1 else None


def folders_in(place: Path) -> list[str]:
    """Names of the folders in a folder, in order, without links, hidden ones, and what macOS puts into archives."""
    with os.scandir(place) as entries:
        found = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return sorted(name for name in found if not name.startswith((".", "__MACOSX")))


def read_images(files: Mapping[str, Path], called: Path | None = None) -> RawSet:
    """The data set of these files. called: what to call it in an error, where that is not the folder of the classes.

    Raises DataError, naming the file, or where Pillow is missing.
    """
    try:
        pixels = _pixels(files, "L")
    except _Coloured:
        pixels = _pixels(files, "RGB")
    names = list(files)
    labels = np.array([name.split("/")[1] for name in names])
    cut = sum(name.startswith("train/") for name in names)
    test = names[cut:]
    first = str(called or files[names[0]].parent.parent)
    last = str(files[test[0]].parent.parent) if test else first
    return RawSet(
        "images",
        pixels[:cut],
        labels[:cut],
        pixels[cut:] if test else None,
        labels[cut:] if test else None,
        called=(first, first, last, last),
        notes=left_out(files.empty) if isinstance(files, ImageFiles) else (),
    )


def images_in(folder: Path) -> list[str]:
    """Names of the images that lie in a folder itself, in order."""
    with os.scandir(folder) as entries:
        return sorted(e.name for e in entries if e.name.lower().endswith(SUFFIXES) and not e.name.startswith("."))


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
