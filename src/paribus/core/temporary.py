"""Folders for a while, where the system has temporary files; those of killed processes are taken away by others."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from paribus.core import atomic

_OURS = "paribus-"
_MARK = f"{_OURS}*{atomic.TEMPORARY}"


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A folder that ends with the block. kind: what for, in its name. Raises OSError."""
    sweep_temporaries()
    folder = make_temporary(kind)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_temporary(kind: str) -> Path:
    """A folder that whoever asks takes away again. Raises OSError."""
    return Path(tempfile.mkdtemp(prefix=f"{_OURS}{kind}-", suffix=atomic.of_this_process()))


def mark_sockets(folder: Path) -> None:
    """Let multiprocessing's folder, which it calls as it likes, be known for one of this process, if it is of nobody.

    Its path is not ours to make longer: a socket lies in it.
    """
    if not any(folder.glob(_MARK)):
        (folder / f"{_OURS}sockets{atomic.of_this_process()}").touch()


def remove_sockets_of(process: int) -> None:
    """Take away such folders of a process that is gone."""
    for mark in _marks():
        if atomic.writer_of(mark) == process:
            _remove(mark.parent)


def sweep_temporaries() -> None:
    """Take away the folders of this user's processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(_MARK):
        if atomic.abandoned(folder):
            _remove(folder)
    for mark in _marks():
        if atomic.abandoned(mark):
            _remove(mark.parent)


def _marks() -> list[Path]:
    found: list[Path] = []
    for folder in Path(tempfile.gettempdir()).glob("pymp-*"):
        with contextlib.suppress(OSError):  # its process may end meanwhile, and takes it away
            found += folder.glob(_MARK)
    return found


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if os.name != "posix" or folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)  # which follows no link
