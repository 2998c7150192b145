"""Processes of our own on this machine: the engine where nothing else is asked for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from concurrent.futures import Future
from typing import Any

from paribus.runs.engines.engine import Engine, Handed
from paribus.runs.engines.worker import perform_together
from paribus.runs.pool import Pool
from paribus.runs.task import Task


class AtHome(Engine):
    """A pool of so many processes. preload: what each loads, as `Program.preload` says."""

    def __init__(self, workers: int, preload: Sequence[str]) -> None:
        self._pool = Pool(workers, preload)

    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """Let every process end."""
        self._pool.__exit__(kind, *what)

    def submit(self, tasks: Sequence[Task]) -> Handed:
        """To an idle process, or one that will be."""
        return self._pool.submit(perform_together, tasks)

    def wait(self, pending: Set[Any], timeout: float) -> tuple[set[Handed], set[Handed]]:
        """Hear from the processes."""
        return self._pool.wait(pending, timeout)

    def waits(self, handed: Handed) -> bool:
        """The pool says which call a process has."""
        return isinstance(handed, Future) and not handed.running()

    def stop(self) -> None:
        """Ctrl-C came to every process, or is passed on to it (`stopping.CtrlC`)."""

    def give_up(self, pending: Set[Handed]) -> None:
        """They end with the pool."""
