"""CIFAR-10 and CIFAR-100 as their authors publish them, in the Python version and in the binary one.

Format: A. Krizhevsky's page "The CIFAR-10 dataset". A row is 32 x 32 red values, then green, then blue. CIFAR-100's
labels are the fine ones. The Python version is pickles, which are read as data: see `plain_pickle`.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.idx import MAX_BYTES, Bytes, shape_text
from paribus.programs.recipe.data.plain_pickle import MOST_BYTES, NotPlain, read_plain_pickle
from paribus.programs.recipe.data.raw import Grown, RawSet, regular

_PIXELS = 3 * 32 * 32
_TEN = tuple(f"data_batch_{number}" for number in range(1, 6))
# Training files, the test file, the file of the classes' names, bytes of labels in a binary row (0: a pickle).
LAYOUTS = (
    (_TEN, "test_batch", "batches.meta", 0),
    (("train",), "test", "meta", 0),
    (tuple(f"{name}.bin" for name in _TEN), "test_batch.bin", "batches.meta.txt", 1),
    (("train.bin",), "test.bin", "fine_label_names.txt", 2),
)


def cifar_files(folder: Path) -> dict[str, Path] | None:
    """The files by name, the test file last but for the names'; None where the folder holds no CIFAR.

    Raises DataError where it holds some of CIFAR-10's files.
    """
    for training, test, names, _ in LAYOUTS:
        found = {name: folder / name for name in (*training, test, names)}
        here = [name for name, path in found.items() if path.is_file()]
        if len(here) == len(found):
            return found
        if _TEN[0] in training[0] and set(training) & set(here):
            raise DataError("{path} lacks {listed}.", path=folder, listed=[name for name in found if name not in here])
    return None


def read_cifar(files: Mapping[str, Path]) -> RawSet:
    """The data set of the files of one layout. Raises DataError, naming the file."""
    *training, test, names = files
    label_bytes = next(layout[3] for layout in LAYOUTS if layout[2] == names)

    def part(name: str) -> tuple[Bytes, Bytes]:
        path = files[name]
        return _binary(path, label_bytes) if label_bytes else _batch(_pickled(path, _content(path, MOST_BYTES)), path)

    first, last = str(files[training[0]]), str(files[test])
    named = _lines(files[names]) if label_bytes else _names(_pickled(files[names], _content(files[names], MOST_BYTES)))
    return _put_together([part(name) for name in (*training, test)], named, (first, last))


def read_cifar_archive(path: Path) -> RawSet:
    """CIFAR-10's archive of the Python version, as it is published. Raises DataError, naming the file in it."""
    wanted = {name: f"cifar-10-batches-py/{name}" for name in (*_TEN, "test_batch", "batches.meta")}
    held: dict[str, dict[str, Any]] = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if wanted.get(name) != member.name or not member.isreg() or member.size > MOST_BYTES:
                    continue
                stream = archive.extractfile(member)
                held[name] = _pickled(path / name, stream.read() if stream else b"")
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DataError("{path} is a damaged archive ({reason}).", path=path, reason=str(error)) from None
    if missing := sorted(wanted.keys() - held.keys()):
        raise DataError("{path} lacks {listed}.", path=path, listed=missing)
    parts = [_batch(held.pop(name), path / name) for name in (*_TEN, "test_batch")]
    return _put_together(parts, _names(held["batches.meta"]), (str(path), str(path)))


def _put_together(parts: list[tuple[Bytes, Bytes]], names: list[str], called: tuple[str, str]) -> RawSet:
    """parts: images [n, 3, 32, 32] and labels [n] of each file, the test file's last; they are taken out one by one."""
    images, labels, (test_images, test_labels) = Grown(), [], parts.pop()
    while parts:
        pixels, classes = parts.pop(0)
        images.add(pixels)
        labels.append(classes)
    return RawSet(
        "cifar",
        images.array((3, 32, 32)),
        np.concatenate(labels),
        test_images,
        test_labels,
        called=(called[0], called[0], called[1], called[1]),
        class_names=dict(enumerate(names)),
    )


def _batch(held: Mapping[str, Any], path: Path) -> tuple[Bytes, Bytes]:
    """Images [n, 3, 32, 32] and labels [n] of what one file holds."""
    pixels, labels = held.get("data"), held.get("fine_labels", held.get("labels"))
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != (_PIXELS,):
        shape = shape_text(pixels.shape) if isinstance(pixels, np.ndarray) else "?"
        raise DataError(
            "{path} must hold images as bytes, {count:,} a row; got {shape}.", path=path, count=_PIXELS, shape=shape
        )
    if not isinstance(labels, list) or len(labels) != len(pixels) or not all(type(label) is int for label in labels):
        raise DataError("{path} must hold one label, a whole number, for every image.", path=path)
    if not all(0 <= label < 256 for label in labels):
        raise DataError("{path} must hold one label, a whole number, for every image.", path=path)
    return pixels.reshape(-1, 3, 32, 32), np.array(labels, np.uint8)


def _binary(path: Path, label_bytes: int) -> tuple[Bytes, Bytes]:
    size, row = regular(path), label_bytes + _PIXELS
    if size == 0 or size % row or size > MAX_BYTES:
        raise DataError(
            "{path} has {count:,} bytes; it must be a multiple of {row:,}, the bytes of an image and its label, and at "
            "most {most:,}.",
            path=path,
            count=size,
            row=row,
            most=MAX_BYTES,
        )
    try:
        rows = np.fromfile(path, np.uint8, count=size).reshape(-1, row)
    except (OSError, ValueError) as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
    return np.ascontiguousarray(rows[:, label_bytes:]).reshape(-1, 3, 32, 32), rows[:, label_bytes - 1].copy()


def _lines(path: Path) -> list[str]:
    return [name.strip() for name in _content(path, 1 << 20).decode("utf-8", "replace").split("\n") if name.strip()]


def _names(held: Mapping[str, Any]) -> list[str]:
    names = held.get("fine_label_names", held.get("label_names"))
    return [name.decode("latin-1") if isinstance(name, bytes) else str(name)[:80] for name in names or ()]


def _pickled(path: Path, content: bytes) -> dict[str, Any]:
    try:
        held: dict[str, Any] = read_plain_pickle(content)
    except NotPlain as error:
        raise DataError(
            "{path} is no pickle of arrays, text and numbers alone ({reason}). Nothing in it was executed. The binary "
            "version of CIFAR (cifar-10-binary.tar.gz, cifar-100-binary.tar.gz) needs no pickle.",
            path=path,
            reason=str(error),
        ) from None
    return held


def _content(path: Path, most: int) -> bytes:
    size = regular(path)
    if size > most:
        raise DataError("{path} has {count:,} bytes; at most {most:,} are read.", path=path, count=size, most=most)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
