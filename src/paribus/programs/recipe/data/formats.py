"""The formats that are read besides four IDX files: which path is of which, and who reads it.

A format is a record of `FORMATS`: it looks at a path, and gives what is there, or None where that is not of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.cifar import cifar_files, read_cifar
from paribus.programs.recipe.data.csv_table import has_labels, read_csv
from paribus.programs.recipe.data.idx_names import idx_files, read_named_idx
from paribus.programs.recipe.data.image_folders import image_files, read_images
from paribus.programs.recipe.data.npz import read_npz
from paribus.programs.recipe.data.raw import RawSet


@dataclass(frozen=True)
class Own:
    """A data set of the user's own that was found: the files it is made of, by name, and how to read them."""

    format: str
    files: Mapping[str, Path]
    read: Callable[[], RawSet]


def find_own(path: str) -> Own | None:
    """What lies at `path`, or None where it is of no format here. Raises DataError where it cannot be looked at."""
    place = Path(path).expanduser()
    try:
        return next((own for look in FORMATS if (own := look(place)) is not None), None)
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None


def _npz(place: Path) -> Own | None:
    if place.suffix.lower() != ".npz" or not place.is_file():
        return None
    return Own("npz", {place.name: place}, lambda: read_npz(place))


def _csv(place: Path) -> Own | None:
    """One file; with a test set where a file beside it has the same name but for test in the place of train."""
    if place.is_dir():
        inside = [path for path in sorted(place.glob("*train*.csv")) if path.is_file()]
        if len(inside) != 1:
            return None
        place = inside[0]
    if place.suffix.lower() != ".csv" or not place.is_file():
        return None
    other = place.with_name(place.name.replace("train", "test"))
    test = other if other != place and other.is_file() and _pairs(place, other) else None
    files = {place.name: place} | ({test.name: test} if test else {})
    return Own("csv", files, lambda: read_csv(place, test))


def _pairs(train: Path, test: Path) -> bool:
    """Whether a test file has labels as the training file has: without headings both are taken to."""
    return has_labels(test) or not has_labels(train)


def _cifar(place: Path) -> Own | None:
    """A folder as CIFAR's archives unpack, or the folder that it was unpacked in."""
    if not place.is_dir():
        return None
    folders = [place, *(path for path in sorted(place.glob("cifar-*")) if path.is_dir())]
    found = [files for folder in folders if (files := cifar_files(folder)) is not None]
    if len(found) > 1:
        raise DataError(
            "{path} holds several data sets; give the folder of one of them: {choices}.",
            path=place,
            choices=[next(iter(files.values())).parent for files in found],
        )
    return Own("cifar", found[0], lambda: read_cifar(found[0])) if found else None


def _named_idx(place: Path) -> Own | None:
    files = idx_files(place)
    return None if files is None else Own("named-idx", files, lambda: read_named_idx(files))


def _images(place: Path) -> Own | None:
    files = image_files(place)
    return None if files is None else Own("images", files, lambda: read_images(files))


FORMATS: tuple[Callable[[Path], Own | None], ...] = (_npz, _csv, _cifar, _named_idx, _images)
