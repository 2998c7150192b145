"""One run in a process of its own, which no other run has been in: what it changes, breaks or hangs is its own.

Where there is fork, that process is a copy of a worker that never loads anybody's code; elsewhere it is started afresh.
The worker keeps what the function prints, and all that is written into the run's folder is written by the worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import functools
import importlib
import os
import pickle
import signal
import sys
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from multiprocessing import connection, get_context, parent_process
from typing import Any

from paribus.core.messages import Message
from paribus.programs.function.mending import mended
from paribus.programs.function.modules import OPTIMISERS
from paribus.programs.function.returned_metrics import Figures, figures_of, followed
from paribus.programs.function.run_context import Running, State, enter, seed_all
from paribus.programs.function.signature import Signature, signature_of
from paribus.programs.function.watching import Watching
from paribus.programs.function.worker_messages import Inside, Row, Saved, Told, Work
from paribus.programs.kept_output import Kept
from paribus.programs.loading import load_named, loading, look_here
from paribus.runs.failing import RunFailed, failed
from paribus.runs.pool import main_hidden
from paribus.runs.stopping import check, leave_with
from paribus.runs.time_limit import out_of_time

METHOD = "fork" if sys.platform == "linux" else "spawn"
_LOOK_SECONDS = 0.1  # how often one looks up whether the run is to stop
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_FORKABLE = {"numpy", "pandas", "scipy", "sklearn", "torch", "torchmetrics", "torchvision"}
_FORKABLE |= {"accelerate", "lightning", "pytorch_lightning", "transformers"}
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def made_in_process(
    work: Work, output: Kept, on_told: Callable[[Told], None], limit: float | None, method: str = METHOD
) -> Figures:
    """Make the run in a process of its own; gives what the function returned. Raises RunFailed."""
    if method == "fork":
        _load_packages(work.imports)
    context: Any = get_context(method)
    (told, tell), (printed, prints) = context.Pipe(duplex=False), context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(work, tell, prints))
    with main_hidden(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads: ours hold no locks
        process.start()
    tell.close()
    prints.close()
    try:
        return _watched(process, told, printed, output, on_told, limit)
    finally:
        _end(process)
        _drain(printed, output)
        told.close()
        printed.close()


def forkable(names: Collection[str]) -> list[str]:
    """The modules that may be loaded before a fork."""
    wanted = {name for name in names if name.partition(".")[0] in _FORKABLE}
    return sorted(wanted | ({"torch._dynamo"} if OPTIMISERS in wanted else set()))  # seconds, at the first optimiser


@functools.cache
def _load_packages(names: frozenset[str]) -> None:
    """Load here, once, what every run would load for itself: packages known to bear a fork."""
    for name in forkable(names):
        with contextlib.suppress(Exception):  # whatever it is, the run says what is wrong with it
            module, _, part = name.rpartition(".")
            if not (module and hasattr(importlib.import_module(module), part)):  # asked for, since some load lazily
                importlib.import_module(name)


def _watched(
    process: Any,
    told: connection.Connection,
    printed: connection.Connection,
    output: Kept,
    on_told: Callable[[Told], None],
    limit: float | None,
) -> Figures:
    end = None if limit is None else time.monotonic() + limit
    open_ends: list[Any] = [told, printed, process.sentinel]
    while True:
        check()
        left = _LOOK_SECONDS if end is None else min(_LOOK_SECONDS, end - time.monotonic())
        if left <= 0 and limit is not None:
            raise out_of_time(limit)
        ready = connection.wait(open_ends, left)
        if printed in ready and not _read_some(printed, output):
            open_ends.remove(printed)
        if told in ready:
            try:
                message = told.recv()
            except (EOFError, OSError):
                open_ends.remove(told)
                continue
            match message:
                case RunFailed():
                    raise message
                case dict():
                    return message
                case _:
                    on_told(message)
        elif told not in open_ends or process.sentinel in ready:
            process.join()
            raise _ended_early(process.exitcode)


def _ended_early(code: int) -> RunFailed:
    """A process that is gone without a word."""
    if code >= 0:
        return RunFailed(Message("the function ended its process (exit code {code}) and gave no figures", code=code))
    name = signal.Signals(-code).name if -code in {*signal.Signals} else str(-code)
    cause = "killed" if -code == getattr(signal, "SIGKILL", 9) else "error"
    return RunFailed(Message("the function's process was ended by {signal}", signal=name), cause=cause)  # type: ignore[arg-type]


def _end(process: Any) -> None:
    """End the process and all that it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _drain(printed: connection.Connection, output: Kept) -> None:
    """Take in what is left in the pipe: not more, since who holds its other end need not be the run."""
    os.set_blocking(printed.fileno(), False)
    with contextlib.suppress(BlockingIOError):
        while _read_some(printed, output):
            pass


def _read_some(printed: connection.Connection, output: Kept) -> bool:
    data = os.read(printed.fileno(), 1 << 16)
    output.write(data)
    return bool(data)


# In the process of the run


def _main(work: Work, tell: connection.Connection, prints: connection.Connection) -> None:
    _alone()
    _redirect(prints.fileno())
    answer: Figures | RunFailed
    try:
        answer = _called(work, tell)
    except (SystemExit, KeyboardInterrupt) as error:
        text = f"sys.exit({error.code!r})" if isinstance(error, SystemExit) else "KeyboardInterrupt"
        said = Message("the function ended itself by {what} and gave no figures", what=text)
        answer = RunFailed(said, failed(error).tail)
    except BaseException as error:
        answer = failed(error)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    tell.send(answer)
    tell.close()
    os._exit(0)  # whatever threads it left


def _called(work: Work, tell: connection.Connection) -> Figures:
    for name in _THREADS:  # as many runs go on as there are cores
        os.environ.setdefault(name, "1")
    if any(name.partition(".")[0] == "torch" for name in work.imports):
        importlib.import_module("torch")  # so that it is seeded
    hits: Mapping[str, int] = {}
    watch = Watching(work.watched)
    try:
        with mended(work.mends, work.seed) as hits, watch:
            return _figures(work, tell)
    finally:
        if work.mends or work.watched:
            tell.send(Inside(dict(hits), watch.trace))


def _figures(work: Work, tell: connection.Connection) -> Figures:
    seed_all(work.seed)  # some modules draw as they are loaded
    look_here()
    function = _loaded(work)
    signature = signature_of(function, work.at)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
    state = State(work.saved, lambda arrays, text: tell.send(Saved(arrays, text)))
    logged, begun = False, time.perf_counter()

    def on_row(figures: Figures) -> None:
        nonlocal begun, logged
        now = time.perf_counter()
        tell.send(Row(figures, now - begun))
        state.row_is_out()
        logged, begun = True, time.perf_counter()

    enter(Running(work.seed, work.folder, lambda figures: on_row(figures_of(figures, work.metrics))))
    seed_all(work.seed)
    returned = _call(function, signature, work, state)
    state.by_row = isinstance(returned, Iterator)
    figures = followed(returned, work.metrics, on_row, logged)
    if state.left_over:
        raise RunFailed(
            Message(
                "state.save came after the last yield: save what the run goes on from before the figures up to there "
                "are yielded"
            )
        )
    return figures


def _loaded(work: Work) -> Callable[..., Any]:
    if not work.payload:
        return load_named(work.at, quietly=False)
    with loading(work.at):
        function: Callable[..., Any] = pickle.loads(work.payload)
    return function


def _call(function: Callable[..., Any], signature: Signature, work: Work, state: State) -> Any:
    named = signature.arguments(work.fields)
    if signature.state:
        named["state"] = state
    if signature.seed_by_position:
        return function(work.seed, **named)
    return function(**named, **({"seed": work.seed} if signature.seed else {}))


def _alone() -> None:
    """A group of its own, so that a terminal's Ctrl-C does not reach it, and its end with its worker's."""
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = parent_process()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)  # also in the middle of a loop in C
        if parent is not None and os.getppid() != parent.pid:
            os._exit(1)
    elif parent is not None:
        leave_with(parent)


def _redirect(end: int) -> None:
    """What is printed, also by code that is not Python's, goes into the pipe; there is nothing to be read."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, target in ((nothing, 0), (end, 1), (end, 2)):
        os.dup2(place, target)
    faulthandler.enable(2)  # where code that is not Python's breaks the process
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - it is open as long as the process is there
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
