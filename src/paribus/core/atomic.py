"""Files that are there whole or not at all, whatever kills the writer. Raises OSError; who calls says what it means."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = ".tmp"  # how what a killed writer left half-written ends
_WRITER = re.compile(r"\.([0-9a-f]{6})-([1-9][0-9]{0,9})-[0-9a-f]+\.tmp$")
_BINARY = getattr(os, "O_BINARY", 0)


def write_whole(path: Path, data: bytes, durable: bool = True, settled: bool = True) -> None:
    """Put `data` in place of the file in one step: after a kill or a full disk it is the old file or the new one.

    durable: also after a power cut. That takes milliseconds, and is left out where the file can be done without.
    settled: after a power cut it is the new one. That takes as long again; without it, it may be the old one or none.
    """
    with _named(path):
        with _written(path, data, 0o666, durable) as temporary:  # less the umask
            temporary.replace(path)
        if durable and settled:
            _sync_folder(path.parent)


def write_once(path: Path, data: bytes, mode: int) -> None:
    """Make the file in one step, unless there is one already: then that stays."""
    with _named(path), _written(path, data, mode) as temporary, contextlib.suppress(FileExistsError):
        os.link(temporary, path)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """What the system refuses is of this file: a descriptor has no name, and a temporary's says nothing to anybody."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


@contextlib.contextmanager
def _written(path: Path, data: bytes, mode: int, durable: bool = True) -> Iterator[Path]:
    """The bytes beside their place, on the disk and not only in its buffers; nothing stays there."""
    temporary = temporary_beside(path)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        try:
            write_all(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def temporary_beside(path: Path) -> Path:
    """A name beside a file's or a folder's own for what is not whole yet: `sweep` finds it."""
    return path.with_name(f".{path.name}{of_this_process()}")


def of_this_process() -> str:
    """The end of a temporary's name, by which `abandoned` knows whose it is."""
    return f".{_machine()}-{os.getpid()}-{secrets.token_hex(6)}{TEMPORARY}"


def write_all(descriptor: int, data: bytes) -> None:
    """Every byte: the system may take fewer at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _machine() -> str:
    """Part of a temporary's name, as the process is: on a shared folder others write too."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def sweep(folder: Path) -> None:
    """Take away what writers that are gone left half-written: processes of this machine that were killed."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f".*{TEMPORARY}"):
            if abandoned(path):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def abandoned(path: Path) -> bool:
    """Whether a temporary is of a process of this machine that is gone."""
    return (writer := writer_of(path)) is not None and not _alive(writer)


def writer_of(path: Path) -> int | None:
    """The process of this machine that a temporary's name names, or None."""
    match = _WRITER.search(path.name)
    return int(match[2]) if match is not None and match[1] == _machine() else None


def _alive(pid: int) -> bool:
    """Whether there is such a process; where that cannot be asked, it is taken for one."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sync_folder(path: Path) -> None:
    """Make the folder's own list of names durable, so that a rename outlives a power cut."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
