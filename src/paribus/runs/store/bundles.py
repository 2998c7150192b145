"""A comparison with its runs in one archive, which another machine opens safely: a zip file of plain data.

Beside the files of the store it has `bundle.json`: which comparison it is of, and the digest of each file. Opened, it
is a store like any other that somebody sent: names are checked, sizes bounded, every file is held against its digest,
and nothing of it is run. Seals are left out: they say who wrote a file on a machine, and elsewhere prove nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from paribus.core import atomic
from paribus.core.errors import StoreError, reason_of
from paribus.core.frozen import Document
from paribus.runs.store import comparisons, files
from paribus.runs.store.authorship import SEAL
from paribus.runs.store.digests import changed, digest_of
from paribus.runs.store.documents import faults_of, to_json
from paribus.runs.store.run_folder import CHECKPOINTS, LARGEST_WEIGHTS, STATE, RunFolder, final_checkpoint
from paribus.runs.store.safe_names import is_safe
from paribus.runs.store.store import Store

MANIFEST = "bundle.json"
LARGEST_MANIFEST = 1 << 24  # bytes
MOST_BYTES = 1 << 34  # of all files of a bundle
MOST_FILES = 200_000
BUNDLE_SCHEMA = 2
_PIECE = 1 << 20
_PLACES = ("comparisons", "runs")


class Bundle(Document):
    """bundle.json. files: SHA-256 (hex) of each, by its name in the archive."""

    kind: ClassVar[str] = "bundle"
    schema_number: int = BUNDLE_SCHEMA
    comparison: str
    paribus: str
    files: dict[str, str]


def pack(store: Store, comparison_id: str, path: Path, paribus: str) -> Path:
    """Write the archive in one step. Raises StoreError where something of the comparison is damaged or missing."""
    comparison = store.load_comparison(comparison_id)
    folders = [store.comparison_folder(comparison.id)]
    folders += [store.run_folder(run.id) for arm in comparison.arms for run in arm.runs]
    atomic.sweep(path.parent)
    temporary = atomic.temporary_beside(path)
    with files.writing(path):
        try:
            digests: dict[str, str] = {}
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in (file for folder in folders for file in _of_folder(folder)):
                    name = file.relative_to(store.root).as_posix()
                    data = files.read_bytes(file, LARGEST_WEIGHTS) or b""
                    digests[name] = hashlib.sha256(data).hexdigest()
                    archive.writestr(name, data)
                bundle = Bundle(comparison=comparison.id, paribus=paribus, files=digests)
                archive.writestr(MANIFEST, to_json(bundle))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    return path


def _of_folder(folder: Path) -> Iterator[Path]:
    """What of a comparison or a run goes into an archive: of a run's weights those that it ended with."""
    files.check_folder(folder)
    if folder.parent.name == "runs":
        record = RunFolder(folder).record()
        final = final_checkpoint(record.epochs_done)
        kept = [folder / CHECKPOINTS / f"{final}{end}" for end in (".json", ".safetensors")]
        yield from (path for path in kept if path.is_file())
        left = {SEAL} | ({STATE} if any(path.is_file() for path in kept) else set())
    else:
        left = {SEAL}
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_file(follow_symlinks=False) and entry.name not in left and is_safe(entry.name):
            yield Path(entry.path)


def unpack(path: Path, root: Path) -> str:
    """Make a store of an archive at `root`, which must not be there yet. Returns the comparison's id.

    Raises StoreError, naming the archive, for whatever is wrong with it; then nothing is left at `root`.
    """
    if root.exists():
        raise StoreError("{path}: is there already; choose another folder with --to", path=root)
    atomic.sweep(root.parent)
    gathered = atomic.temporary_beside(root)
    try:
        with _archive(path) as archive:
            bundle = _manifest(path, archive)
            for name, digest in bundle.files.items():
                data = _read(path, archive, name, LARGEST_WEIGHTS)
                if hashlib.sha256(data).hexdigest() != digest:
                    raise changed(Path(f"{path}/{name}"))
                files.make_folder((gathered / name).parent)
                files.write_whole(gathered / name, data, durable=False)
        comparisons.load(Store(gathered).comparison_folder(bundle.comparison))
        with files.writing(root):
            gathered.replace(root)
    finally:
        files.remove_folder(gathered)
    return bundle.comparison


def comparison_of(path: Path) -> str:
    """Which comparison a bundle is of. Raises StoreError as `unpack`."""
    with _archive(path) as archive:
        return _manifest(path, archive).comparison


@contextlib.contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, open; whatever is wrong with it names it."""
    try:
        if path.exists() and not path.is_file():
            raise StoreError("{path}: not a file", path=path)
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise StoreError(
            "{path}: not a bundle of Paribus: {reason}", path=path, reason=ascii(str(error))[:200]
        ) from None
    except OSError as error:
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None


def _manifest(path: Path, archive: zipfile.ZipFile) -> Bundle:
    """What is in it, checked against what the archive lists."""
    listed = archive.infolist()
    if len(listed) > MOST_FILES or sum(one.file_size for one in listed) > MOST_BYTES:
        raise StoreError("{path}: a bundle has at most {most} bytes", path=path, most=MOST_BYTES)
    data = _read(path, archive, MANIFEST, LARGEST_MANIFEST)
    try:
        bundle = Bundle.model_validate_json(data)
    except ValidationError as error:
        raise StoreError("{path}: not a bundle of Paribus: {reason}", path=path, reason=faults_of(error)) from None
    content = bundle.model_dump(mode="json")
    if content.pop("digest", None) != digest_of(content):
        raise changed(path)
    names = [one.filename for one in listed if one.filename != MANIFEST]
    strange = sorted({*names} ^ {*bundle.files}) or [name for name in names if not _belongs(name)]
    if strange or len(names) > len(set(names)):
        raise StoreError("{path}: holds what a bundle does not: {names}", path=path, names=[ascii(strange[:3])])
    return bundle


def _belongs(name: str) -> bool:
    """Whether a name in an archive is one of a store's files."""
    parts = name.split("/")
    inner = parts[2:-1]
    place = parts[0] in _PLACES and len(parts) >= 3 and inner in ([], [CHECKPOINTS])
    return place and all(map(is_safe, parts)) and parts[-1] != SEAL


def _read(path: Path, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of the archive, piece by piece: what it says of its size may be a lie."""
    try:
        found = bytearray()
        with archive.open(name) as file:
            while piece := file.read(_PIECE):
                found += piece
                if len(found) > most:
                    raise StoreError("{path}: must have at most {most} bytes", path=f"{path}/{name}", most=most)
        return bytes(found)
    except KeyError:
        raise StoreError("{path}: not a bundle of Paribus: it has no {name}", path=path, name=name) from None
