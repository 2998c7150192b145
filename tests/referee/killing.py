"""Gives a command of Paribus and kills it just before its n-th change of anything on disk.

    PARIBUS_KILL=N python -m tests.referee.killing WORDS

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
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Killer:
    """Counts changes; at the last one that is allowed this process is killed."""

    def __init__(self, last: int | None) -> None:
        self.last, self.count = last, 0

    def change(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            self.change()

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

    last = os.environ.pop("PARIBUS_KILL", "")
    killer = Killer(int(last) if last else None)
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
