"""The processes that train: started once, fed many runs.

On Linux they are forks of one server, which loads torch and nothing more before it forks: it is loaded once for all
workers, while the command still plans, and its memory is shared. Elsewhere each process loads torch for itself:
Windows has no fork, and macOS's own libraries do not survive one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import resource_tracker
from typing import Any

from paribus.experiment.stopping import enter_worker, sigint_held_back

_METHOD = "forkserver" if sys.platform == "linux" else "spawn"
_SAFE_PATH = "PYTHONSAFEPATH"


def warm_up() -> None:
    """Start the server that will fork the workers, where there is one. It ends with this process."""
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver

    resource_tracker.ensure_running()  # it would let SIGINT through, and so comes first
    forkserver.set_forkserver_preload(["paribus.experiment.preload"])
    # Ctrl-C is for the workers and this process. A file in the current folder must not pass for one of torch's.
    with sigint_held_back(), _environment(_SAFE_PATH, "1"):
        forkserver.ensure_running()


def make_pool(workers: int) -> ProcessPoolExecutor:
    """A pool whose processes have this one's environment variables, also those set since the server started."""
    warm_up()
    context = multiprocessing.get_context(_METHOD)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_enter, initargs=(dict(os.environ),))


def _enter(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    enter_worker()


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextlib.contextmanager
def main_hidden() -> Iterator[None]:
    """Keep workers started here from running the user's script again: they need nothing of it.

    Without this a script that compares at its top level, with no `if __name__ == "__main__"`, would start itself
    over in every worker.
    """
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__}
    main.__spec__ = None
    try:
        yield
    finally:
        main.__dict__.update(kept)
