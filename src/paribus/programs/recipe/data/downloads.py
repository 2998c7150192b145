"""Downloads: once, over verified HTTPS, from official mirrors in turn, kept only if the SHA-256 is the pinned one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

from paribus.core.errors import DataError, nearest, reason_of
from paribus.core.messages import Message, mark
from paribus.programs.recipe.data.folders import download_folder, system_files
from paribus.programs.recipe.data.known import KNOWN, KnownSet

_SECONDS = 30  # that a mirror may keep silent


def fetch(name: str, report: Callable[[str], None] = lambda text: None) -> Mapping[str, Path]:
    """The files of a named set by standard name, downloaded where they are not on this machine already.

    `report` is told of each file as it begins. MNIST ships in the package: nothing to fetch, an empty mapping. Raises
    DataError where the name is unknown, or no mirror gives a file with the pinned digest.
    """
    known = KNOWN.get(name)
    if known is None:
        raise DataError("data set must be one of {choices}", choices=tuple(KNOWN), got=name, hint=nearest(name, KNOWN))
    if not known.mirrors:
        return {}
    if (installed := system_files(known)) is not None:
        return installed
    folder = download_folder(known)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            return {name: _file(known, *file, folder, report) for name, file in known.downloads.items()}
    except OSError as error:
        raise DataError(
            "{path}, for downloads, cannot be written to ({reason}).", path=folder, reason=reason_of(error)
        ) from None


def _file(known: KnownSet, name: str, digest: str, folder: Path, report: Callable[[str], None]) -> Path:
    """One file, from the first mirror that has it. It appears under its name only once its digest is right."""
    import pooch  # takes a while, and most runs download nothing

    pooch.get_logger().setLevel("WARNING")  # `report` says what happens
    downloader = pooch.HTTPDownloader(timeout=_SECONDS)
    failures = []
    for mirror in known.mirrors:
        report(f"{mirror}{name}")
        try:
            path = pooch.retrieve(f"{mirror}{name}", f"sha256:{digest}", name, folder, downloader=downloader)
        except (OSError, ValueError) as error:  # OSError: the network; ValueError: another digest
            failures.append(Message("{address}: {reason}", address=mirror, reason=_reason(error)))
        else:
            return Path(path)
    raise _offline(known, name, failures, folder)


def _reason(error: Exception) -> str | Message:
    """The innermost cause in a few words: network libraries wrap the same sentence several times."""
    if isinstance(error, ValueError) and "hash" in str(error):
        return Message("the file has another SHA-256")
    inner: BaseException = error
    while (cause := inner.__cause__ or inner.__context__) is not None:
        inner = cause
    text = " ".join(str(inner).split()) or type(inner).__name__
    return text if len(text) <= 160 else text[:157] + "..."


def _offline(known: KnownSet, name: str, failures: list[Message], folder: Path) -> DataError:
    said = mark(
        "{name} of {what} could not be downloaded ({problems:semicolons}). Is this machine offline? Try again "
        "later, or put the four .gz files from {address} into {path}. MNIST needs no download."
    )
    packaged = mark(
        "{name} of {what} could not be downloaded ({problems:semicolons}). Is this machine offline? Try again "
        "later, or install Debian's package dataset-{what}, or put the four .gz files from {address} into {path}. "
        "MNIST needs no download."
    )
    whole = mark(
        "{name} of {what} could not be downloaded ({problems:semicolons}). Is this machine offline? Try again "
        "later, or put {name} from {address} into {path}. MNIST needs no download."
    )
    return DataError(
        packaged if known.folders else whole if known.archive_sha256 else said,
        name=name,
        what=known.name,
        problems=failures,
        address=known.homepage,
        path=folder,
    )
