"""An executor that the user gave: anything whose `submit` gives futures with `result` and `done`.

Its workers share the store's folder. Those of concurrent.futures, loky, Dask, executorlib and submitit are such.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError
from paribus.records.run import Status
from paribus.runs.engines.engine import Again, Engine, Handed, polled
from paribus.runs.engines.wanted_lock import Session
from paribus.runs.engines.worker import perform_for
from paribus.runs.task import Task


def check_executor(executor: Any) -> None:
    """Raise ParibusError for what cannot be handed runs, before anything is."""
    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        raise ParibusError(
            "executor must have submit(function, *arguments), which gives a future with result() and done(): an "
            "executor of concurrent.futures, loky (loky.get_reusable_executor(), also for users of joblib), Dask, "
            "executorlib or submitit",
            got=executor.__name__ if isinstance(executor, type) else type(executor).__name__,
        )


def workers_of(executor: Any) -> int | None:
    """How many runs it makes at once, where it says so, as those of the standard library and loky do."""
    most = getattr(executor, "_max_workers", None)
    return most if isinstance(most, int) and most > 0 else None


class Given(Engine):
    """An executor in the place of our own processes. store: the folder that its workers share."""

    def __init__(self, executor: Any, store: Path) -> None:
        check_executor(executor)
        self._executor, self.workers = executor, workers_of(executor)
        self._session = Session(store)
        self._pending: set[Handed] = set()

    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """The executor is the user's, and stays; runs that it goes on with stop."""
        self._session.end()

    def submit(self, tasks: Sequence[Task]) -> Handed:
        """To the executor. What it gives is looked at, so that no wait is for ever."""
        try:
            handed: Any = self._executor.submit(partial(perform_for, str(self._session.path)), tasks)
        except ParibusError:
            raise
        except Exception as error:  # it was shut down, say
            raise ParibusError(
                "the executor took no runs: {reason}", reason=f"{type(error).__name__}: {error}"
            ) from error
        if not all(callable(getattr(handed, name, None)) for name in ("done", "result")):
            raise ParibusError(
                "what the executor's submit gives must have result() and done()", got=type(handed).__name__
            )
        self._pending.add(handed)
        return handed  # type: ignore[no-any-return]

    def wait(self, pending: Set[Any], timeout: float) -> tuple[set[Handed], set[Handed]]:
        """As the standard library does for its own futures; others are asked."""
        if all(isinstance(one, Future) for one in pending):
            ended, _ = wait(pending, timeout=timeout, return_when=FIRST_COMPLETED)
            done: set[Handed] = {*ended}
        else:
            done = polled(pending, timeout)[0]
        self._pending -= done
        return done, {*pending} - done

    def waits(self, handed: Handed) -> bool:
        """Only the standard library's futures say so."""
        return isinstance(handed, Future) and not handed.running()

    def statuses(self, handed: Handed) -> tuple[Status, ...]:
        """A future that somebody cancelled is no run's fault."""
        cancelled = getattr(handed, "cancelled", None)
        if callable(cancelled) and cancelled():
            raise Again
        return super().statuses(handed)

    def stop(self) -> None:
        """What no worker has begun is cancelled, where that can be; the others see that the session is over."""
        self._session.end()
        self.give_up(self._pending)

    def give_up(self, pending: Set[Handed]) -> None:
        """Cancel them, where that can be."""
        for one in pending:
            with contextlib.suppress(Exception):
                getattr(one, "cancel", lambda: None)()
