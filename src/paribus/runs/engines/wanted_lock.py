"""A command that has runs made, as its workers see it: a file in the store that it holds locked while it wants them.

So workers that share the store's folder, whoever started them, stop when the command is interrupted, has failed, or
was killed: the system frees a lock with the process that held it.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from paribus.runs.store import files

_PREFIX = "session-"
_LOOK_SECONDS = 1.0  # how often a worker looks


class Session:
    """The command's side. path: of the file."""

    def __init__(self, store: Path) -> None:
        folder = store.resolve() / "locks"
        files.make_folder(folder)
        _sweep(folder)
        self.path = folder / f"{_PREFIX}{secrets.token_hex(8)}.lock"
        self._lock = FileLock(self.path)
        with files.writing(self.path):
            self._lock.acquire()

    def end(self) -> None:
        """From now on its workers stop after their step."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):  # a store that went away: whoever looks finds no file
                self.path.unlink(missing_ok=True)
            self._lock.release()


class Watch:
    """A worker's side: whether the command does not want its runs any more. Looks at most once a second."""

    def __init__(self, path: str) -> None:
        self._path, self._looked, self._over = Path(path), time.monotonic(), False

    def over(self) -> bool:
        """Whether the runs are to stop."""
        if not self._over and time.monotonic() >= self._looked + _LOOK_SECONDS:
            self._looked, self._over = time.monotonic(), not _held(self._path)
        return self._over


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _sweep(folder: Path) -> None:
    """Take away the files of commands that were killed."""
    for path in folder.glob(f"{_PREFIX}*.lock"):
        with contextlib.suppress(OSError):
            if not _held(path):
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def session(store: Path) -> Iterator[Session]:
    """A session that ends with the block."""
    held = Session(store)
    try:
        yield held
    finally:
        held.end()
