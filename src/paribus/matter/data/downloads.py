"""Downloads: once, over verified HTTPS, from official mirrors in turn, kept only if the SHA-256 is the pinned one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

from paribus.matter.data.known import KNOWN, KnownSet
from paribus.matter.data.local import download_folder, system_files
from paribus.values.errors import DataError, nearest, shown

_SECONDS = 30  # that a mirror may keep silent


def fetch(name: str, report: Callable[[str], None] = lambda text: None) -> Mapping[str, Path]:
    """The files of a named set by standard name, downloaded where they are not on this machine already.

    `report` is told of each file as it begins. MNIST ships in the package: nothing to fetch, an empty mapping. Raises
    DataError where the name is unknown, or no mirror gives a file with the pinned digest.
    """
    known = KNOWN.get(name)
    if known is None:
        choices = ", ".join(KNOWN)
        raise DataError(f"data set must be one of {choices}; got {shown(name)}{nearest(name, KNOWN)}")
    if not known.mirrors:
        return {}
    if (installed := system_files(known)) is not None:
        return installed
    folder = download_folder(known)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            return {file: _file(known, file, digest, folder, report) for file, digest in known.gzip_sha256.items()}
    except OSError as error:
        raise DataError(f"{folder}, for downloads, cannot be written to ({error.strerror or error}).") from None


def _file(known: KnownSet, file: str, digest: str, folder: Path, report: Callable[[str], None]) -> Path:
    """One file, from the first mirror that has it. It appears under its name only once its digest is right."""
    import pooch  # takes a while, and most runs download nothing

    pooch.get_logger().setLevel("WARNING")  # `report` says what happens
    downloader = pooch.HTTPDownloader(timeout=_SECONDS)
    name = f"{file}.gz"
    failures = []
    for mirror in known.mirrors:
        report(f"{mirror}{name}")
        try:
            path = pooch.retrieve(f"{mirror}{name}", f"sha256:{digest}", name, folder, downloader=downloader)
        except (OSError, ValueError) as error:  # OSError: the network; ValueError: another digest
            failures.append(f"{mirror}: {_reason(error)}")
        else:
            return Path(path)
    raise DataError(_advice(known, name, failures, folder))


def _reason(error: Exception) -> str:
    """The innermost cause in a few words: network libraries wrap the same sentence several times."""
    if isinstance(error, ValueError) and "hash" in str(error):
        return "the file has another SHA-256"
    inner: BaseException = error
    while (cause := inner.__cause__ or inner.__context__) is not None:
        inner = cause
    text = " ".join(str(inner).split()) or type(inner).__name__
    return text if len(text) <= 160 else text[:157] + "..."


def _advice(known: KnownSet, name: str, failures: list[str], folder: Path) -> str:
    packaged = f", or install Debian's package dataset-{known.name}" if known.folders else ""
    return (
        f"{name} of {known.name} could not be downloaded ({'; '.join(failures)}). Is this machine offline? Try again "
        f"later{packaged}, or put the four .gz files from {known.homepage} into {folder}. MNIST needs no download."
    )
