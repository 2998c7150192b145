"""The formats that are read besides four IDX files: which path is of which, and who reads it.

A format is a record of `FORMATS`: it looks at a path, and gives what is there, or None where that is not of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paribus.core.errors import DataError, reason_of
from paribus.programs.recipe.data.cifar import cifar_files, read_cifar
from paribus.programs.recipe.data.csv_heading import has_labels
from paribus.programs.recipe.data.csv_table import LINE, read_csv
from paribus.programs.recipe.data.folders import several
from paribus.programs.recipe.data.idx_names import idx_files, read_named_idx
from paribus.programs.recipe.data.image_folders import image_files, read_images
from paribus.programs.recipe.data.labelled_images import labelled_images
from paribus.programs.recipe.data.npz import read_npz
from paribus.programs.recipe.data.raw import RawSet

_TABLES = (".csv", ".tsv")
_TEXTS = (*_TABLES, ".data", ".txt")  # iris.data: only where the file itself is given


@dataclass(frozen=True)
class Own:
    """A data set of the user's own that was found: the files it is made of, by name, and how to read them.

    choice: what the user said after the path, which makes another data set of the same files.
    """

    format: str
    files: Mapping[str, Path]
    read: Callable[[], RawSet]
    choice: str = ""


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
    """One file, with a test set where there is a file of that name beside it.

    After the path may come the columns that are learned, and after a minus those that are left out: houses.csv:price,
    prices.csv:low+high, houses.csv:price-town.
    """
    file, choice = place, ""
    if not place.exists():
        ends = [at for at, letter in enumerate(place.name) if letter == ":" and at]
        end = next((at for at in ends if place.with_name(place.name[:at]).is_file()), None)
        file, choice = (place, "") if end is None else (place.with_name(place.name[:end]), place.name[end + 1 :])
    if file.suffix.lower() not in _TEXTS or not file.is_file():
        return None
    test = _beside(file, choice)
    files = {file.name: file} | ({test.name: test} if test else {})
    return Own("csv", files, lambda: read_csv(file, test, choice), choice)


def _csv_folder(place: Path) -> Own | None:
    """A folder with one such file, or with one to train with."""
    if not place.is_dir():
        return None
    inside = [path for path in sorted(place.iterdir()) if path.suffix.lower() in _TABLES and path.is_file()]
    train = [path for path in inside if "train" in path.name.lower()] or inside
    if len(train) > 1:
        raise several(place, train)
    return _csv(train[0]) if train else None


def _beside(train: Path, choice: str) -> Path | None:
    """The file of the same name but for test in the place of train, where it has labels as the training file has."""
    names = [train.name.replace(one, other) for one, other in (("train", "test"), ("Train", "Test"), ("TRAIN", "TEST"))]
    other = next((path for name in names if (path := train.with_name(name)) != train and path.is_file()), None)
    if other is None:
        return None
    return other if has_labels(other, LINE, choice) or not has_labels(train, LINE, choice) else None


def _cifar(place: Path) -> Own | None:
    """A folder as CIFAR's archives unpack, or the folder that it was unpacked in."""
    if not place.is_dir():
        return None
    folders = [place, *(path for path in sorted(place.glob("cifar-*")) if path.is_dir())]
    found = [files for folder in folders if (files := cifar_files(folder)) is not None]
    if len(found) > 1:
        raise several(place, [next(iter(files.values())).parent for files in found])
    return Own("cifar", found[0], lambda: read_cifar(found[0])) if found else None


def _named_idx(place: Path) -> Own | None:
    files = idx_files(place)
    return None if files is None else Own("named-idx", files, lambda: read_named_idx(files))


def _images(place: Path) -> Own | None:
    files = image_files(place)
    return None if files is None else Own("images", files, lambda: read_images(files))


def _labelled(place: Path) -> Own | None:
    found = labelled_images(place)
    if found is None:
        return None
    files, table = found
    return Own("images", {table.name: table, **files}, lambda: read_images(files, table))


FORMATS: tuple[Callable[[Path], Own | None], ...] = (_npz, _csv, _cifar, _named_idx, _labelled, _images, _csv_folder)
