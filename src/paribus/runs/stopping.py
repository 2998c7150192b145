"""Ctrl-C: how a worker is asked to stop, and how the process that has workers asks.

Apart from `worker`, so that it is in force before torch is loaded.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import connection, parent_process
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

# The signals that came to a worker; the training looks here after every step. No threading.Event: setting one takes
# a lock, and a second signal in the middle of that would wait for it for ever.
_asked: list[int] = []


class Stopped(BaseException):
    """The run was asked to stop. Nothing is lost but the epoch in progress."""


def enter_worker() -> None:
    """Make a pool's process ready: SIGINT asks for a stop after the step, and no worker outlives its parent."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as in a script's background jobs
        signal.signal(signal.SIGINT, lambda number, frame: _asked.append(number))
    _mask("SIG_UNBLOCK")
    if (parent := parent_process()) is not None:
        leave_with(parent)


def check() -> None:
    """Raise Stopped if this process has been asked to stop, or the runs of this thread are not wanted any more."""
    if _asked or _thread.over():
        raise Stopped


class _Thread(threading.local):
    """What a thread asks, besides the process's signals."""

    over: Callable[[], bool] = staticmethod(lambda: False)


_thread = _Thread()


@contextlib.contextmanager
def stops_when(over: Callable[[], bool]) -> Iterator[None]:
    """In this thread the runs stop also when this says so; it is asked after every step."""
    before, _thread.over = _thread.over, over
    try:
        yield
    finally:
        _thread.over = before


def leave_with(parent: BaseProcess) -> None:
    """Have this process end with its parent, however that ends."""

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextlib.contextmanager
def sigint_held_back() -> Iterator[None]:
    """Workers started here get SIGINT only once `enter_worker` knows what to do with it, and lose none."""
    _mask("SIG_BLOCK")
    try:
        yield
    finally:
        _mask("SIG_UNBLOCK")


def _mask(how: str) -> None:
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(getattr(signal, how), {signal.SIGINT})


def ask_to_stop(worker: BaseProcess) -> None:
    """Have a worker stop after its step."""
    if worker.pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGINT)


class CtrlC:
    """While workers train, SIGINT raises nothing: `asked` says that it came, for a loop to look at.

    A second one kills the workers, for want of patience; the store bears that. Changes nothing outside the main
    thread, nor where SIGINT is ignored.
    """

    def __init__(self) -> None:
        self.asked = False
        self._others = set(multiprocessing.active_children())
        self._before: Any = None

    def __enter__(self) -> CtrlC:
        """Take SIGINT over."""
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._came)
        return self

    def __exit__(self, *what: object) -> None:
        """Give SIGINT back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def pass_on(self) -> None:
        """Ask every worker to stop after its step: a terminal's Ctrl-C reaches them too, a signal to us does not."""
        for worker in self._workers():
            ask_to_stop(worker)

    def _came(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            for worker in self._workers():
                if worker.pid is not None:  # an executor's own kind of process may have no `kill`
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.asked = True

    def _workers(self) -> list[BaseProcess]:
        return [child for child in multiprocessing.active_children() if child not in self._others]
