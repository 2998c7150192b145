"""What a command takes: seconds, seconds of processors, and memory at its peak, of all its processes together."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS, CPU, MEMORY = "measured.seconds", "measured.cpu", "measured.memory"  # in a run's figures; the last in bytes
_SOONEST = 0.005  # seconds between two looks
_LONGEST = 0.25  # seconds between two looks at memory; at first they are closer, for short commands
_KB = 1024


class Meter:
    """Looks at a command while it runs. Its children count; a page that two processes share counts twice.

    Memory is what `/proc` says, several times a second: each process's own peak is never missed but for what it grows
    in its last moment. Where there is no `/proc` it is the largest process's, as the system notes it.
    """

    def __init__(self) -> None:
        self._begun, self._before = time.monotonic(), _children()
        self._looked, self._wait, self._peak = 0.0, 0.01, 0

    @property
    def wait(self) -> float:
        """Seconds until the next look."""
        return max(0.001, self._looked + self._wait - time.monotonic())

    def look(self, pid: int, printed: bool = False) -> None:
        """At the processes below this one, if the last look is long enough ago.

        printed: whether it has just printed something: what a short command prints last is near its peak.
        """
        now = time.monotonic()
        if now - self._looked < (_SOONEST if printed else self._wait):
            return
        self._looked, self._wait = now, min(_LONGEST, 2 * self._wait)
        found = [_memory(one) for one in _tree(pid)]
        self._peak = max(self._peak, sum(rss for rss, _ in found), *(most for _, most in found), 0)

    def figures(self) -> dict[str, float]:
        """What it took, once it has ended."""
        after = _children()
        cpu = after.ru_utime + after.ru_stime - self._before.ru_utime - self._before.ru_stime
        if not self._peak and sys.platform != "linux":
            self._peak = after.ru_maxrss
        return {SECONDS: time.monotonic() - self._begun, CPU: cpu, MEMORY: float(self._peak)}


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from _tree(int(child))


def _memory(pid: int) -> tuple[int, int]:
    """Bytes that a process has now, and at its peak."""
    found = {"VmRSS": 0, "VmHWM": 0}
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in found:
                found[name] = int(value.split()[0]) * _KB
    return found["VmRSS"], found["VmHWM"]
