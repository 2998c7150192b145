"""Bytes on disk: written whole or not at all, read within bounds, never through a link.

Below a store's root nothing is a link: a folder that somebody sent cannot point a reader, or `prune`, elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import itertools
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from paribus.core import atomic
from paribus.core.errors import StoreError, reason_of
from paribus.core.messages import mark

Thing = TypeVar("Thing")

_PRIVATE = 0o770
_PIECE = 1 << 16
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)  # not on Windows, where making a link takes a privilege
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a named pipe in a file's place must not hang the reader
_BINARY = getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(_refusal(error), path=path, reason=reason_of(error)) from error


def _refusal(error: OSError) -> str:
    if error.errno in _FULL:
        return mark(
            "{path}: cannot be written: {reason}. What was there before is intact. Free some space (paribus prune "
            "removes snapshots), and give the same command again: it goes on from the last finished epoch"
        )
    if error.errno in _FORBIDDEN:
        return mark("{path}: cannot be written: {reason}. Choose a folder that you may write to, with --out")
    return mark("{path}: cannot be written: {reason}. What was there before is intact")


def make_folder(path: Path) -> None:
    """The folder and those above it. Raises StoreError where that cannot be, or where a link is in the way."""
    with writing(path):
        make_private(path)
    check_folder(path)


def make_private(path: Path) -> None:
    """The folder and those above it, for this user alone; for the group too where the umask lets it write.

    Raises OSError.
    """
    missing = [path, *itertools.takewhile(lambda above: not above.exists(), path.parents)]
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=_PRIVATE)  # less the umask
        except FileExistsError:
            if not folder.is_dir():
                raise
        else:
            mode = folder.stat().st_mode
            if not mode & stat.S_IWGRP:
                folder.chmod(stat.S_IMODE(mode) & ~(stat.S_IRWXG | stat.S_IRWXO))


def check_folder(path: Path) -> None:
    """Raise StoreError unless `path` is a folder, and no link to one."""
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    if not stat.S_ISDIR(mode):
        if stat.S_ISLNK(mode):
            raise _a_link(path)
        raise StoreError("{path}: not a folder", path=path)


def subfolders(path: Path) -> tuple[str, ...]:
    """Names of the folders in `path`, sorted, links left out; none where there is no such folder."""
    try:
        with os.scandir(path) as entries:
            return tuple(sorted(e.name for e in entries if e.is_dir(follow_symlinks=False)))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None


def names_in(path: Path, end: str) -> tuple[str, ...]:
    """Names in a folder that end so, sorted, without that end; none that begins with a dot. Raises StoreError."""
    try:
        found = os.listdir(path)  # noqa: PTH208 - `glob` would pass over a folder that it may not read
    except OSError as error:
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    return tuple(sorted(name.removesuffix(end) for name in found if name.endswith(end) and name[0] != "."))


def check_size(path: Path, size: int, limit: int) -> None:
    """Raise StoreError where a file would have more bytes than are read back, or has."""
    if size > limit:
        raise StoreError("{path}: must have at most {most} bytes", path=path, most=limit, got=size)


def write_whole(path: Path, data: bytes, durable: bool = True, settled: bool = True) -> None:
    """Put `data` in place of the file in one step: after a kill or a full disk it is the old file or the new one."""
    with writing(path):
        atomic.write_whole(path, data, durable, settled)


def append_line(path: Path, line: bytes, limit: int, *, durable: bool) -> None:
    """Add a line. What a kill or a full disk leaves of one has no newline: readers and the next writer drop it.

    Raises StoreError where the file would have more than `limit` bytes.
    """
    with writing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW | _NO_WAIT | _BINARY, 0o666)
        try:
            end = _end_of_lines(descriptor)
            check_size(path, end + len(line) + 1, limit)
            os.ftruncate(descriptor, end)
            os.lseek(descriptor, end, os.SEEK_SET)
            try:
                atomic.write_all(descriptor, line + b"\n")
                if durable:
                    os.fsync(descriptor)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)


def _end_of_lines(descriptor: int) -> int:
    """Where the last whole line ends."""
    end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - 4096)
        os.lseek(descriptor, start, os.SEEK_SET)
        newline = os.read(descriptor, end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def sync_file(path: Path) -> None:
    """Make durable what was appended to a file, if it is there."""
    with writing(path), contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDWR | _NO_FOLLOW | _NO_WAIT)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_bytes(path: Path, limit: int) -> bytes | None:
    """The file's bytes, or None where there is no such file.

    Raises StoreError for a file of more than `limit` bytes, a link, a folder, a pipe, or one that cannot be read.
    """
    try:
        if not _NO_FOLLOW and path.is_symlink():
            raise _a_link(path)
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT | _BINARY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and path.is_symlink():
            raise _a_link(path) from None
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise StoreError("{path}: not a file", path=path)
        check_size(path, facts.st_size, limit)
        data = _read_all(descriptor, facts.st_size, limit)
    except OSError as error:
        raise StoreError("{path}: cannot be read: {reason}", path=path, reason=reason_of(error)) from None
    finally:
        os.close(descriptor)
    check_size(path, len(data), limit)
    return data


def _a_link(path: Path) -> StoreError:
    return StoreError("{path}: a link, which a store must not hold", path=path)


def _read_all(descriptor: int, size: int, limit: int) -> bytes:
    """The file, which may have changed since its size was asked for; no more than one byte over the limit."""
    parts, left = [], limit + 1
    while left > 0 and (part := os.read(descriptor, min(left, max(size, _PIECE)))):
        parts.append(part)
        size, left = size - len(part), left - len(part)
    return b"".join(parts)


def read_lines(path: Path, limit: int) -> list[bytes]:
    """The file's whole lines, without their ends; a torn last line is left out. None of a file that is not there."""
    return whole_lines(read_bytes(path, limit) or b"")


def digest_of_file(path: Path) -> str | None:
    """SHA-256 (hex) of a file of our own; None where there is none."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return None


def whole_lines(data: bytes) -> list[bytes]:
    """The lines without their ends, but for a torn last one."""
    return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]


def keep_lines(path: Path, lines: list[bytes], durable: bool = True) -> None:
    """Replace the file by these lines, in one step."""
    write_whole(path, b"".join(line + b"\n" for line in lines), durable)


def remove_folder(path: Path) -> None:
    """Take away a folder with all that is in it, if it is there."""
    with writing(path), contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def remove_temporaries(folder: Path) -> None:
    """Take away what killed writers left half-written. Only for who holds the lock of what lies here."""
    with writing(folder):
        for path in folder.glob(f".*{atomic.TEMPORARY}"):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Nobody looks for garbage meanwhile: among thousands of values that stay, that takes longer than to read them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Folders:
    """What lies below one folder, which need not exist yet: only writing makes it."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def below(self, kind: str) -> Path:
        """The folder of all that is of one kind. Raises StoreError where it is a link."""
        folder = self.root / kind
        if folder.is_symlink():
            check_folder(folder)  # says what is wrong with that
        return folder

    def survey_of(
        self, kind: str, read: Callable[[str], Thing | None], key: Callable[[Thing], Any]
    ) -> tuple[tuple[Thing, ...], tuple[StoreError, ...]]:
        """What `read` makes of each name, None left out, in the order of `key`; and what is wrong with the others."""
        found, faults = [], []
        with _no_garbage():
            for name in subfolders(self.below(kind)):
                try:
                    if (thing := read(name)) is not None:
                        found.append(thing)
                except StoreError as fault:
                    faults.append(fault)
        return tuple(sorted(found, key=key)), tuple(faults)
