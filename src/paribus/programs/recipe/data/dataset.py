"""A data set: images and labels for training and testing, checked, memory-mapped, and the facts about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import DataError, reason_of
from paribus.core.messages import Message, mark
from paribus.programs.recipe.data.cache import Content, Entry, entry, entry_folder
from paribus.programs.recipe.data.check import assemble, content_digest, moments
from paribus.programs.recipe.data.cifar import read_cifar_archive
from paribus.programs.recipe.data.downloads import fetch
from paribus.programs.recipe.data.folders import download_folder, find_files, local_files, signature
from paribus.programs.recipe.data.formats import find_own
from paribus.programs.recipe.data.idx import Bytes, idx_sha256, read_idx
from paribus.programs.recipe.data.idx_names import EXTENDED, class_column
from paribus.programs.recipe.data.items import IMAGES, ROWS
from paribus.programs.recipe.data.known import KNOWN, MNIST, STANDARD_NAMES, TRAIN_LABELS, KnownSet
from paribus.programs.recipe.data.packaged_mnist import read_shipped
from paribus.programs.recipe.data.raw import RawSet, to_content

_LAYOUT = 1  # of a cache entry; raised when the arrays or facts in it change
_OWN_LAYOUT = 3  # of one that is not made of four IDX files


@dataclass(frozen=True, eq=False)
class DataSet:
    """One data set, its arrays read-only and mapped from files, so that processes share the memory.

    train_images, test_images: uint8 [N, channels, height, width], or float32: such images of fractions, or a table
    [N, features]. train_labels, test_labels: int64 [N], from 0 to classes - 1; or numbers, float32 [N] or several an
    input, [N, k], and then `classes` is 0.
    mean and std: of all values of the training images, as fractions of 255, rounded to four significant digits (MNIST's
    are then 0.1307 and 0.3081, the lesson's); of floats as they are. digest: SHA-256 over the digests of the four
    uncompressed IDX files; the same content has the same digest wherever it lies.
    """

    name: str
    train_images: NDArray[Any]
    train_labels: NDArray[Any]
    test_images: NDArray[Any]
    test_labels: NDArray[Any]
    classes: int
    class_names: tuple[str, ...]
    mean: float
    std: float
    digest: str

    @property
    def numbers(self) -> bool:
        """Whether the targets are numbers, and there are no classes."""
        return self.classes == 0

    @property
    def outputs(self) -> int:
        """How many numbers a network gives for an input: one for each class, or for each number to learn."""
        return self.classes or (self.train_labels.shape[1] if self.train_labels.ndim > 1 else 1)

    @property
    def is_table(self) -> bool:
        """Whether rows of features are learned from, and no images."""
        return self.train_images.ndim == 2

    @property
    def items(self) -> Message:
        """What it holds, in the plural: images, or rows."""
        return ROWS if self.is_table else IMAGES

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width; a row of features is an image of one line."""
        channels, height, width = (1, 1, *self.train_images.shape[1:]) if self.is_table else self.train_images.shape[1:]
        return channels, height, width

    @cached_property
    def spread(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and deviation of floats: of each feature of a table, else of all values. A constant feature has 1."""
        found = moments(self.train_images if self.is_table else self.train_images.reshape(-1, 1))
        mean, deviation = (of.astype(np.float32) for of in found)
        return mean, np.where(deviation > 0, deviation, np.float32(1))


def open_dataset(name_or_path: str) -> DataSet:
    """A data set by name (mnist, fashion-mnist, kmnist, cifar-10) or the path of a file or folder of your own.

    A folder holds the four standard IDX files, plain or gzipped, or torchvision's layout (ROOT/MNIST/raw); what else
    is read, `formats.FORMATS` lists. The first opening unpacks it into the cache; later ones map what is there. A
    named set that is not on this machine is downloaded. Raises DataError.
    """
    known = KNOWN.get(name_or_path)
    content = open_folder(name_or_path) if known is None else open_known(known)
    told = {name: content.facts[name] for name in ("classes", "mean", "std", "digest")}
    held: dict[str, Any] = {**content.arrays, **told}
    names = tuple(content.facts.get("class_names") or _class_names(name_or_path, told["digest"], told["classes"]))
    return DataSet(name=name_or_path, class_names=names, **held)


def open_known(known: KnownSet) -> Entry:
    """The cache entry of a named set."""
    return entry(known.name, _state(known), lambda: _unpack_known(known))


def open_folder(folder: str) -> Entry:
    """The cache entry of a folder or a file, a new one whenever what it is made of has changed."""
    own = find_own(folder)
    if own is not None:
        place, state = signature(own.files)
        choice = f"-{hashlib.sha256(own.choice.encode()).hexdigest()[:8]}" if own.choice else ""
        return entry(f"{own.format}-{place}{choice}", f"{_OWN_LAYOUT}-{state}", lambda: to_content(own.read()))
    files = find_files(Path(folder).expanduser())
    place, state = signature(files)
    return entry(f"folder-{place}", f"{_LAYOUT}-{state}", lambda: _content(files))


def cache_folder(known: KnownSet) -> Path:
    """Where a named set lies, or will lie, unpacked."""
    return entry_folder(known.name, _state(known))


def _state(known: KnownSet) -> str:
    pinned = "".join([*known.idx_sha256.values(), *known.gzip_sha256.values(), *known.archive_sha256.values()])
    return f"{_LAYOUT}-{hashlib.sha256(pinned.encode()).hexdigest()[:16]}"


def _unpack_known(known: KnownSet) -> Content:
    if known is MNIST:
        return assemble(read_shipped(), {name: f"MNIST's {name}" for name in STANDARD_NAMES})
    files = local_files(known)
    if files is None:
        files = fetch(known.name)
    for name, digest in known.archive_sha256.items():
        _must_match(known, files[name], digest, file_sha256(files[name]))
        return to_content(read_cifar_archive(files[name]))
    arrays = _read(files)
    for name, path in files.items():
        if known.idx_sha256:
            _must_match(known, path, known.idx_sha256[name], idx_sha256(arrays[name]))
        else:
            _must_match(known, path, known.gzip_sha256[name], file_sha256(path))
    return assemble(arrays, files)


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file as it lies on the disk. Raises DataError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def _must_match(known: KnownSet, path: Path, expected: str, found: str) -> None:
    if found != expected:
        downloaded = path.parent == download_folder(known)
        again = mark(
            "{path} is not the file it should be: its SHA-256 must be {digest}; got {given}. paribus data fetch "
            "{name} downloads it again."
        )
        anew = mark(
            "{path} is not the file it should be: its SHA-256 must be {digest}; got {given}. Install its package anew."
        )
        raise DataError(again if downloaded else anew, path=path, digest=expected, given=found, name=known.name)


def _content(files: Mapping[str, Path]) -> Content:
    """Of four files; values of other types than bytes become bytes, as those of any other format do."""
    arrays = _read(files)
    if all(array.dtype == np.uint8 for array in arrays.values()):
        return assemble(arrays, files)
    one, two, three, four = (arrays[name] for name in STANDARD_NAMES)
    two, four = class_column(two), class_column(four)
    first, second, third, fourth = (str(files[name]) for name in STANDARD_NAMES)
    notes = (EXTENDED,) if two is not arrays[TRAIN_LABELS] else ()
    return to_content(RawSet("idx", one, two, three, four, called=(first, second, third, fourth), notes=notes))


def _read(files: Mapping[str, Path]) -> dict[str, Bytes]:
    return {name: read_idx(path) for name, path in files.items()}


def _class_names(name: str, digest: str, classes: int) -> tuple[str, ...]:
    """A known set's own names, under its name or recognised by its content; otherwise numbers."""
    for known in KNOWN.values():
        if known.name == name or (known.idx_sha256 and content_digest(known.idx_sha256) == digest):
            return known.class_names
    return tuple(str(label) for label in range(classes))
