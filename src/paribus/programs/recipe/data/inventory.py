"""Is the data what it should be: for `paribus data verify`, and `paribus data list`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from paribus.core.errors import DataError
from paribus.core.messages import Message, mark
from paribus.programs.recipe.data.cache import Content
from paribus.programs.recipe.data.dataset import cache_folder, file_sha256, open_folder, open_known
from paribus.programs.recipe.data.folders import find_files, local_files
from paribus.programs.recipe.data.formats import Own, find_own
from paribus.programs.recipe.data.idx import Bytes, idx_sha256, read_idx
from paribus.programs.recipe.data.known import (
    KNOWN,
    MNIST,
    STANDARD_NAMES,
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    KnownSet,
)
from paribus.programs.recipe.data.packaged_mnist import read_shipped
from paribus.programs.recipe.data.raw import to_content


@dataclass(frozen=True)
class FileCheck:
    """One original file, by its standard name, and where it lies.

    sha256: of the uncompressed IDX file, header included, rebuilt from the arrays that a training would read.
    expected: what it must be; for a folder of the user's own, that of the file in the folder. problem: None where all
    is well; otherwise it may be the digest of the original, or of a gzip file, that differs.
    """

    file: str
    source: str
    sha256: str
    expected: str
    problem: Message | None = None

    @property
    def ok(self) -> bool:
        """Whether the file, and the copy of it that is used, are what they should be."""
        return self.problem is None


@dataclass(frozen=True)
class CatalogueEntry:
    """A named data set. `where` is empty where it is not on this machine; `download_bytes`: what fetching it takes."""

    name: str
    title: str
    homepage: str
    licence: str
    where: str
    download_bytes: int = 0

    @property
    def available(self) -> bool:
        """Whether it can be opened without a download."""
        return bool(self.where)


def catalogue() -> tuple[CatalogueEntry, ...]:
    """The data sets known by name, in the order in which a list shows them."""
    return tuple(
        CatalogueEntry(k.name, k.title, k.homepage, k.licence, _where(k), k.download_bytes) for k in KNOWN.values()
    )


def verify(name_or_path: str) -> tuple[FileCheck, ...]:
    """One check for each of a data set's four files; nothing is downloaded.

    The originals are read anew, and then the arrays in the cache, which are what a training reads. Raises DataError
    where there is no such data set on this machine.
    """
    known = KNOWN.get(name_or_path)
    own = find_own(name_or_path) if known is None else None
    if own is not None:
        return _verify_own(own, name_or_path)
    if known is not None and not _where(known):
        raise DataError("{name} is not on this machine: paribus data fetch {name} downloads it.", name=known.name)
    originals = _originals(known, name_or_path)
    if any(original.problem for original in originals.values()):  # opening might unpack what is damaged
        return tuple(originals.values())
    content = open_folder(name_or_path) if known is None else open_known(known)
    arrays = _rebuilt(content)
    copy = Message("the copy in {path} (delete that folder, and it is made anew)", path=content.folder)
    checks = [check for name, check in originals.items() if name not in STANDARD_NAMES]  # an archive
    for name in STANDARD_NAMES:
        pinned = known.idx_sha256.get(name) if known else None
        expected = pinned or (originals[name].expected if name in originals else content.facts["sha256"][name])
        source = originals[name].source if name in originals else "the cache"
        checks.append(_compare(name, source, idx_sha256(arrays[name]), expected, copy))
    return tuple(checks)


def _originals(known: KnownSet | None, name_or_path: str) -> dict[str, FileCheck]:
    """A check of each original file; empty where a named set is only in the cache."""
    if known is MNIST:
        shipped = read_shipped(check=False)
        file = Message("the shipped file")
        return {
            name: _compare(name, "the package", idx_sha256(shipped[name]), MNIST.idx_sha256[name], file)
            for name in STANDARD_NAMES
        }
    files = find_files(Path(name_or_path).expanduser()) if known is None else local_files(known) or {}
    return {name: _original(known, name, path) for name, path in files.items()}


def _verify_own(own: Own, path: str) -> tuple[FileCheck, ...]:
    """Checks of a data set that is not made of four IDX files: they are what it would be as such files."""
    source = ", ".join(str(file) for file in list(own.files.values())[:2])
    try:
        expected = to_content(own.read()).facts["sha256"]
    except DataError as error:
        return (FileCheck(path, source, "", "", error.message),)
    content = open_folder(path)
    arrays = _rebuilt(content)
    copy = Message("the copy in {path} (delete that folder, and it is made anew)", path=content.folder)
    return tuple(_compare(name, source, idx_sha256(arrays[name]), expected[name], copy) for name in STANDARD_NAMES)


def _original(known: KnownSet | None, name: str, path: Path) -> FileCheck:
    try:
        if known is not None and name in known.archive_sha256:
            return _compare(name, str(path), file_sha256(path), known.archive_sha256[name], str(path))
        found = idx_sha256(read_idx(path))
        if known is not None and not known.idx_sha256:
            zipped = _compare(name, str(path), file_sha256(path), known.gzip_sha256[name], str(path))
            return zipped if zipped.problem else FileCheck(name, str(path), found, found)
    except DataError as error:
        return FileCheck(name, str(path), "", "", error.message)
    expected = known.idx_sha256[name] if known else found
    return _compare(name, str(path), found, expected, str(path))


def _compare(name: str, source: str, found: str, expected: str, what: str | Message) -> FileCheck:
    if found == expected:
        return FileCheck(name, source, found, expected)
    said = Message(
        "{path} is damaged: its SHA-256 must be {digest}; got {given}.", path=what, digest=expected, given=found
    )
    return FileCheck(name, source, found, expected, said)


def _rebuilt(content: Content) -> Mapping[str, Bytes]:
    """The arrays in use, in the shape (without the channels where there is one) and type of their IDX files."""

    def images(name: str) -> Bytes:
        array: Bytes = content.arrays[name]
        return array[:, 0] if array.ndim == 4 and array.shape[1] == 1 else array

    return {
        TRAIN_IMAGES: images("train_images"),
        TRAIN_LABELS: content.arrays["train_labels"],
        TEST_IMAGES: images("test_images"),
        TEST_LABELS: content.arrays["test_labels"],
    }


def _where(known: KnownSet) -> str:
    if known is MNIST:
        return mark("in the package")
    files = local_files(known)
    if files is not None:
        return str(next(iter(files.values())).parent)
    folder = cache_folder(known)
    return str(folder) if folder.is_dir() else ""
