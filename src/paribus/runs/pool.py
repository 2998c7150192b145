"""The processes that train: started once, fed many runs.

On Linux they are forks of one server, which loads what their program needs (torch, say) and nothing more before it
forks: it is loaded once for all workers, while the command still plans, and its memory is shared. Elsewhere each
process loads it for itself: Windows has no fork, and macOS's own libraries do not survive one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection, resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from paribus.core.environ import variable_set
from paribus.core.errors import ParibusError, reason_of
from paribus.core.temporary import mark_sockets, sweep_temporaries
from paribus.runs.stopping import ask_to_stop, enter_worker, sigint_held_back

_METHOD = "forkserver" if sys.platform == "linux" else "spawn"
_SAFE_PATH = "PYTHONSAFEPATH"
_PRELOAD = "PARIBUS_PRELOAD"  # for `preload`, which only the server may import
_PLACE = "PARIBUS_WORKER"
_warm: set[int] = set()  # processes that have started their server
GRACE_SECONDS = 10.0  # that a worker has to stop after its step, before it is killed


def warm_up(modules: Sequence[str] = ()) -> None:
    """Start the server that will fork the workers, where there is one and it does not run. It ends with this process.

    modules: what it loads beforehand, as `Program.preload` says.
    """
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver, util

    with _temporaries_kept():
        sweep_temporaries()
        mark_sockets(Path(util.get_temp_dir()))
        resource_tracker.ensure_running()  # it would let SIGINT through, and so comes first
        forkserver.set_forkserver_preload(["paribus.runs.preload"])
        # Ctrl-C is for the workers and this process. A file in the current folder must not pass for one of torch's.
        with sigint_held_back(), variable_set(_SAFE_PATH, "1"), variable_set(_PRELOAD, ",".join(modules)):
            forkserver.ensure_running()
    _warm.add(os.getpid())


def is_warm() -> bool:
    """Whether this process has started that server."""
    return os.getpid() in _warm


@contextlib.contextmanager
def _temporaries_kept() -> Iterator[None]:
    """The server's socket lies in the folder for temporary files: say where that is full, or its name too long."""
    try:
        yield
    except OSError as error:
        raise ParibusError(
            "{path}: the folder for temporary files cannot be used for the processes that train: {reason}. Choose "
            "another one, with room and a short name: TMPDIR=/tmp",
            path=os.environ.get("TMPDIR") or tempfile.tempdir or "/tmp",
            reason=reason_of(error),
        ) from error


def place_among_workers() -> int:
    """Which of a pool's processes this is, from 0: for whatever they must share."""
    return int(os.environ.get(_PLACE, "0"))


def called(function: Callable[..., Any], *args: Any, modules: Sequence[str] = ()) -> Any:
    """What a call gives that a process of a pool makes: for what needs more than this process has loaded."""
    with Pool(1, modules) as pool:
        call = pool.submit(function, *args)
        while not call.done():
            pool.wait({call})
        return call.result()


class Pool:
    """Processes that each do one call at a time, started as there is work for them.

    Whoever waits for a call feeds the processes and hears from them, through a pipe each: there is no thread in
    between that could die, and a process that is gone is seen by the end of its pipe. So no wait is for ever.
    """

    def __init__(self, workers: int, modules: Sequence[str] = ()) -> None:
        warm_up(modules)
        self._context: Any = multiprocessing.get_context(_METHOD)
        self._most = workers
        self._workers: list[_Worker] = []
        self._calls: deque[_Call] = deque()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """Let every process end; ask those to stop that are at work, and kill those that do not."""
        for worker in self._workers:
            worker.pipe.close()
            if kind is not None and worker.process.is_alive():
                ask_to_stop(worker.process)
        end = time.monotonic() + GRACE_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, end - time.monotonic()))
        self.kill()

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Do it in a process that is idle, or else as soon as one is; `wait` for what comes of it."""
        call = _Call(function, args)
        self._calls.append(call)
        self._feed()
        return call.future

    def wait(self, pending: Set[Future[Any]], timeout: float | None = None) -> tuple[set[Any], set[Any]]:
        """Wait until one of them is done, for so many seconds at most: those that are done, and those that are not."""
        at_work = [worker for worker in self._workers if worker.call is not None]
        if not any(future.done() for future in pending):
            ready = {*connection.wait([end for one in at_work for end in (one.pipe, one.process.sentinel)], timeout)}
            for worker in [one for one in at_work if {one.pipe, one.process.sentinel} & ready]:
                self._hear(worker)
            self._feed()
        done = {future for future in pending if future.done()}
        return done, set(pending) - done

    def ask_to_stop(self) -> None:
        """Have every process stop after its step."""
        for worker in self._workers:
            ask_to_stop(worker.process)

    def kill(self) -> None:
        """End every process at once, and with them the calls that are not done; the store bears that."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        calls = [*(worker.call for worker in self._workers if worker.call is not None), *self._calls]
        self._workers.clear()
        self._calls.clear()
        for call in calls:
            if not call.future.done():
                call.future.set_exception(BrokenProcessPool("a process ended before its work was done"))

    def _feed(self) -> None:
        """Hand calls to idle processes, and start processes for others as long as there may be more."""
        while self._calls:
            worker = next((one for one in self._workers if one.call is None), None)
            if worker is None and len(self._workers) == self._most:
                return
            if worker is None:
                worker = self._started()
            worker.call = self._calls.popleft()
            worker.call.future.set_running_or_notify_cancel()
            try:
                worker.pipe.send((worker.call.function, worker.call.args))
            except OSError:  # it is gone
                return self.kill()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        environment = {**os.environ, _PLACE: str(len(self._workers))}
        process = self._context.Process(target=_serve, args=(theirs, environment))
        with main_hidden(), sigint_held_back():
            process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _hear(self, worker: _Worker) -> None:
        """Take in what came of a call. Where its process is gone, perhaps for want of memory, all others end too."""
        call, worker.call = worker.call, None
        if call is None:  # all were ended just now
            return
        try:
            if not worker.pipe.poll():
                raise EOFError
            good, answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.call = call
            self.kill()
        except Exception as error:  # what it raised cannot be made here
            call.future.set_exception(error)
        else:
            (call.future.set_result if good else call.future.set_exception)(answer)


@dataclass
class _Call:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: connection.Connection
    call: _Call | None = None  # that it is doing


def _serve(pipe: connection.Connection, environment: dict[str, str]) -> None:
    """In a process of the pool: do what comes through the pipe until its other end is closed.

    It has the environment variables of the process that it works for, also those set since the server started.
    """
    os.environ.clear()
    os.environ.update(environment)
    enter_worker()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, args = pipe.recv()
            try:
                answer = True, function(*args)
            except BaseException as error:
                error.add_note("".join(traceback.format_exception(error)))  # where it was, which no pickle keeps
                answer = False, error
            try:
                pipe.send(answer)
            except (AttributeError, TypeError, pickle.PicklingError):
                pipe.send((False, RuntimeError(repr(answer[1]))))


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
