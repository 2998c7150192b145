"""How a worker is asked to stop. Apart from `worker`, so that it is in force before torch is loaded."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import connection, parent_process
from typing import Any

# Set by SIGINT in a worker; the training looks at it after every step.
_asked = threading.Event()


class Stopped(BaseException):
    """The run was asked to stop. Nothing is lost but the epoch in progress."""


def enter_worker() -> None:
    """Make a pool's process ready: SIGINT asks for a stop after the step, and no worker outlives its parent."""
    signal.signal(signal.SIGINT, lambda number, frame: _asked.set())
    if (parent := parent_process()) is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def check() -> None:
    """Raise Stopped if this process has been asked to stop."""
    if _asked.is_set():
        raise Stopped


def _leave_with(sentinel: Any) -> None:
    connection.wait([sentinel])
    os._exit(1)
