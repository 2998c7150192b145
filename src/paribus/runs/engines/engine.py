"""What an engine can do: take runs, say which have ended, and end those under way when it is asked to."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence, Set
from typing import Any, Protocol

from paribus.records.program import Epoch
from paribus.records.run import Status
from paribus.runs.pool import GRACE_SECONDS
from paribus.runs.task import Task

_ASK_SECONDS = 0.05


class Handed(Protocol):
    """Runs that were handed to an engine together."""

    def done(self) -> bool:
        """Whether they have ended, well or not."""

    def result(self) -> Any:
        """What came of them; raises what went wrong."""


class Again(Exception):
    """Runs came to nothing by no fault of theirs, a machine that went away, say: they are handed out again."""


class Engine(ABC):
    """Where runs are made. Used as a context: what it started ends with that.

    workers: how many runs it makes at once; None where it does not know. patience: seconds to wait, after Ctrl-C, for
    the runs under way to stop.
    """

    workers: int | None = None
    patience: float = GRACE_SECONDS

    def __enter__(self) -> Engine:
        return self

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """End what it started."""

    @abstractmethod
    def submit(self, tasks: Sequence[Task]) -> Handed:
        """Have these runs made, by one worker."""

    @abstractmethod
    def wait(self, pending: Set[Handed], timeout: float) -> tuple[set[Handed], set[Handed]]:
        """Wait until one of them is done, for so many seconds at most: those that are done, and those that are not."""

    @abstractmethod
    def waits(self, handed: Handed) -> bool:
        """Whether it is known that no worker has begun these runs; False where nothing is known."""

    def statuses(self, handed: Handed) -> tuple[Status, ...]:
        """How each of the runs ended, all of which are in the store now. Raises what went wrong, or Again."""
        made: tuple[Status, ...] = handed.result()
        return made

    def news(self) -> Sequence[tuple[str, Epoch]]:
        """Epochs of runs under way that the store does not show, by the run's name, since it was last asked."""
        return ()

    @abstractmethod
    def stop(self) -> None:
        """Have no more runs begun, and those under way stop after their step."""

    @abstractmethod
    def give_up(self, pending: Set[Handed]) -> None:
        """Wait no longer for these."""


def polled(pending: Set[Handed], timeout: float) -> tuple[set[Handed], set[Handed]]:
    """`Engine.wait` for futures that can only be asked whether they are done."""
    end = time.monotonic() + timeout
    while True:
        done = {one for one in pending if one.done()}
        left = end - time.monotonic()
        if done or left <= 0:
            return done, {*pending} - done
        time.sleep(min(left, _ASK_SECONDS))
