"""Gives a command of Paribus and kills it just before its n-th change of anything on disk, or has that change fail.

    PARIBUS_KILL=N python -m tests.referee.killing WORDS
    PARIBUS_FAIL=N PARIBUS_ERRNO=28 python -m tests.referee.killing WORDS

What fails once fails from then on, as on a full disk, unless the number of the error is negative.

A change: a file opened for writing, bytes written to one, made durable, cut off, renamed, linked or removed, a folder
made or removed, a process started (which may change things itself: git does). Without a number it counts: the sum goes
to the file that PARIBUS_COUNT names.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Callable
from typing import Any

CHANGES = {"os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
CHANGES |= {"subprocess.Popen", "os.posix_spawn"}
STARTS = {"subprocess.Popen", "os.posix_spawn"}
FREEING = {"os.remove", "os.rmdir", "os.truncate"}  # which a full disk does not keep anybody from
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Killer:
    """Counts changes; at the last one that is allowed this process is killed, or they fail with `error`."""

    def __init__(self, last: int | None, error: int = 0) -> None:
        self.last, self.error, self.count = last, error, 0

    def change(self, path: object = None) -> None:
        self.count += 1
        if self.last is None or self.count < self.last:
            return
        if not self.error:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.count == self.last or self.error > 0:
            raise OSError(abs(self.error), os.strerror(abs(self.error)), *([] if path is None else [os.fspath(path)]))

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            if self.error and (event in FREEING or arguments[0] == os.devnull or isinstance(arguments[0], int)):
                return
            self.change(None if event in STARTS else arguments[0])

    def before(self, name: str) -> None:
        """Have a call of `os` that tells no auditor count too, where it is of a file."""
        original: Callable[..., Any] = getattr(os, name)

        def called(descriptor: int, *more: Any) -> Any:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                self.change()
            return original(descriptor, *more)

        setattr(os, name, called)


def main() -> None:
    from paribus.cli.main import main

    error = int(os.environ.pop("PARIBUS_ERRNO", "0"))
    last = os.environ.pop("PARIBUS_FAIL" if error else "PARIBUS_KILL", "")
    killer = Killer(int(last) if last else None, error)
    for name in ("write", "fsync", "ftruncate"):
        killer.before(name)
    sys.addaudithook(killer.heard)
    try:
        main(sys.argv[1:])
    finally:
        counted = os.environ.get("PARIBUS_COUNT")
        if counted:
            count = killer.count
            with open(counted, "w", encoding="utf-8") as file:  # noqa: PTH123
                file.write(str(count))


if __name__ == "__main__":
    main()
