"""One lock a run, held while it is trained: no two processes write one run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from paribus.runs.store import files, safe_names

LOCK_SECONDS = 0.2  # how often one who waits for a lock looks up


def _go_on() -> None:
    """Nothing to do while waiting."""


class RunLocks(files.Folders):
    """The part of a store that lets one process at a time write a run."""

    @contextlib.contextmanager
    def lock(self, run_id: str, while_waiting: Callable[[], None] = _go_on) -> Iterator[None]:
        """Hold the right to write a run, waiting for another process that has it.

        `while_waiting` is called several times a second, and may raise to give up. The system frees the lock of a
        process that dies.
        """
        path = self._lock_file(run_id)
        files.make_folder(path.parent)
        lock = FileLock(path)
        while True:
            with files.writing(path):
                try:
                    lock.acquire(timeout=LOCK_SECONDS)
                    break
                except Timeout:
                    pass
            while_waiting()
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def lock_if_free(self, run_id: str) -> Iterator[bool]:
        """Hold the right to write a run if nobody else has it: gives whether that is so, without waiting."""
        path = self._lock_file(run_id)
        files.make_folder(path.parent)
        lock = FileLock(path)
        with files.writing(path), contextlib.suppress(Timeout):
            lock.acquire(timeout=0)
        try:
            yield lock.is_locked
        finally:
            lock.release()

    def is_locked(self, run_id: str) -> bool:
        """Whether some process is training this run just now."""
        if not self._lock_file(run_id).exists():
            return False
        with self.lock_if_free(run_id) as free:
            return not free

    def _lock_file(self, run_id: str) -> Path:
        return self.root / "locks" / f"{safe_names.safe_name(run_id, 'run')}.lock"
