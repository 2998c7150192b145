"""Where a folder keeps its four IDX files, and where on this machine those of a named set may lie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from paribus.core.errors import DataError, closest, reason_of
from paribus.core.messages import mark
from paribus.programs.recipe.data.cache import cache_root
from paribus.programs.recipe.data.known import KNOWN, STANDARD_NAMES, KnownSet

_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_ONE_OF_FOUR = "-ubyte"
_NO_FILE = mark("{path} is not a regular file.")
_PACKED = mark("{path} is an archive: unpack it, and give what was in it.")
_PART = mark("{path} is one file of a data set: give its folder, {folder}.")
_OTHER = mark(
    "{path} is a file of a format that is not read. Open it in Python, and save what is in it as a data set: "
    'paribus.save_dataset("mine.npz", train=(images, labels)). docs/data.md lists the formats.'
)
_MISSING = mark(
    "{path} does not exist. A data set is {choices}, a .npz or .csv file, or a folder with {listed}, plain or "
    "gzipped (.gz), or in another of the formats of docs/data.md."
)
_MISTYPED = mark(
    "{path} does not exist (did you mean {nearest}?). A data set is {choices}, a .npz or .csv file, or a folder "
    "with {listed}, plain or gzipped (.gz), or in another of the formats of docs/data.md."
)


def system_files(known: KnownSet) -> Mapping[str, Path] | None:
    """The four files of a named set, where a system package has installed them."""
    for folder in known.folders:
        if folder.is_dir():
            try:
                return find_files(folder)
            except DataError:
                continue  # incomplete: as good as absent
    return None


def local_files(known: KnownSet) -> Mapping[str, Path] | None:
    """The files of a named set, where a system package or a download has put them."""
    downloaded = {name: download_folder(known) / file for name, (file, _) in known.downloads.items()}
    complete = bool(downloaded) and all(path.is_file() for path in downloaded.values())
    return system_files(known) or (downloaded if complete else None)


def download_folder(known: KnownSet) -> Path:
    """Where the files of a named set are put when they are downloaded."""
    return cache_root() / "downloads" / known.name


def find_files(folder: Path) -> dict[str, Path]:
    """The files of a folder by standard name: in the folder itself, or in torchvision's layout below it.

    A plain file is preferred to its gzipped twin. Raises DataError, naming what is missing, or the choices where
    several data sets lie below the folder.
    """
    try:
        if not folder.is_dir():
            raise _no_folder(folder)
        places = [folder, folder / "raw", *sorted(folder.glob("*/raw"))]
        found = {place: _files_in(place) for place in places}
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise DataError("{path} cannot be read ({reason}).", path=folder, reason=reason_of(error)) from None
    complete = [place for place in places if len(found[place]) == len(STANDARD_NAMES)]
    if not complete:
        raise _incomplete(folder, found)
    if len(complete) > 1 and complete[0] != folder:
        raise several(folder, complete)
    return found[complete[0]]


def several(folder: Path, choices: Sequence[Path]) -> DataError:
    """That a folder has more than one data set, and which."""
    return DataError("{path} holds several data sets; give one of them: {choices}.", path=folder, choices=choices)


def signature(files: Mapping[str, Path]) -> tuple[str, str]:
    """Two times 24 hex digits: of where the files lie, and of their sizes, times and inodes. The files are not read.

    Raises DataError where a file cannot be looked at.
    """
    places, states = [], []
    folders: dict[Path, Path] = {}
    for name, path in sorted(files.items()):
        try:
            status = path.stat()
            if path.parent not in folders:  # tens of thousands of files may lie in one
                folders[path.parent] = path.parent.resolve()
        except OSError as error:
            raise DataError("{path} cannot be read ({reason}).", path=path, reason=reason_of(error)) from None
        places.append((name, str(folders[path.parent] / path.name)))
        states.append((status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    place, state = (hashlib.sha256(repr(part).encode()).hexdigest()[:24] for part in (places, states))
    return place, state


def _files_in(place: Path) -> dict[str, Path]:
    candidates = {name: (place / name, place / f"{name}.gz") for name in STANDARD_NAMES}
    return {
        name: next(path for path in paths if path.exists())
        for name, paths in candidates.items()
        if any(path.exists() for path in paths)
    }


def _no_folder(path: Path) -> DataError:
    near = closest(str(path), KNOWN)
    return DataError(
        (_MISTYPED if near else _MISSING) if not path.exists() else _file(path),
        path=path,
        folder=path.parent,
        choices=tuple(KNOWN),
        listed=STANDARD_NAMES,
        nearest=near,
    )


def _file(path: Path) -> str:
    """What to do with a file that is read under no name of its own."""
    if not path.is_file():
        return _NO_FILE
    if _ONE_OF_FOUR in path.name.lower():
        return _PART
    return _PACKED if path.suffix.lower() in _ARCHIVES else _OTHER


def _incomplete(folder: Path, found: Mapping[Path, Mapping[str, Path]]) -> DataError:
    place, present = max(found.items(), key=lambda item: len(item[1]))
    if not present:
        return DataError(
            "{path} holds no data set: neither it nor a folder named raw below it has {listed}, plain or gzipped "
            "(.gz), nor is it in another of the formats of docs/data.md.",
            path=folder,
            listed=STANDARD_NAMES,
        )
    missing = [name for name in STANDARD_NAMES if name not in present]
    return DataError("{path} lacks {listed} (plain, or gzipped with .gz).", path=place, listed=missing)
