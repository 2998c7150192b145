"""Ends a command with all its children; as a process of its own, also where the worker that runs it is killed.

Run as a script it reads a line of each command that begins, its process group, its run's folder and a temporary folder
with tabs between, and an empty one as that ends. When there is no more to read, it ends the last command and removes
the temporary folder. It imports nothing of ours, so that it starts in no time.
"""

import contextlib
import os
import shutil
import signal
import sys

MARK = "PARIBUS_RUN_FOLDER"  # the environment variable by which a command's children are known, in whatever group


def send(group: int, folder: str, number: int) -> bool:
    """Send a signal to a command's process group, and to what has left that. Returns whether anybody was there.

    group: 0 where it is not known yet.
    """
    there = False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(group, number)
            there = True
    for pid in _marked(folder):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
            there = True
    return there


def _marked(folder: str) -> list[int]:
    """Processes that have the run's folder in their environment: where the system tells, which Linux does."""
    mark, found = f"{MARK}={folder}\0".encode(), []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):  # noqa: PTH208
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{int(name)}/environ", "rb") as file:  # noqa: PTH123
                if mark in file.read():
                    found.append(int(name))
    return found


def main() -> None:
    """Wait for the end of who started this."""
    running = ""
    for line in sys.stdin:
        running = line.rstrip("\n")
    if running:
        group, folder, place = running.split("\t")
        send(int(group), folder, signal.SIGKILL)
        if place:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
