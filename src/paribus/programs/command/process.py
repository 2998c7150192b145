"""A command, run to its end: its output handed on as it comes, and nothing of it left when it is over."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from paribus.programs.command import kill_tree
from paribus.programs.command.meter import Meter
from paribus.runs.stopping import check

TICK = 0.1  # seconds after which is looked whether to stop, though nothing came
GRACE = 2.0  # seconds that a command has to end after SIGTERM, before SIGKILL
_HELD = 0.5  # seconds for which output is read on, after the command's end, from children that it left
_CHUNK = 1 << 16


def run(
    words: Sequence[str],
    place: Path,
    environment: Mapping[str, str],
    stdout: Callable[[bytes], None],
    stderr: Callable[[bytes], None],
    limit: float | None = None,
    temporary: str = "",
    meter: Meter | None = None,
) -> int | None:
    """Run a command in the folder `place`, with no input, for `limit` seconds at most.

    Returns its exit code, negative for a signal; None where its time was over. environment: variables besides those
    that this process has, the run's folder among them. temporary: a folder that is removed where this
    process is killed. meter: looks at it while it runs. Raises OSError where it cannot be started, and Stopped where
    this process is asked to stop.
    """
    begun = time.monotonic()
    folder = environment[kill_tree.MARK]
    with _watched(folder, temporary) as began:  # before it begins: this process may be killed at any moment
        process = subprocess.Popen(
            words,
            cwd=place,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        whole = False
        try:
            began(process.pid)
            whole = _follow(process, {process.stdout: stdout, process.stderr: stderr}, begun, limit, folder, meter)
            code = process.wait() if whole else None
        finally:
            _end(process, folder, patient=not whole)
            for pipe in (process.stdout, process.stderr):
                assert pipe is not None
                pipe.close()
    return code


def _follow(
    process: subprocess.Popen[bytes],
    takers: Mapping[object, Callable[[bytes], None]],
    begun: float,
    limit: float | None,
    folder: str,
    meter: Meter | None,
) -> bool:
    """Hand the output on until the command has ended. Whether it did so within its time."""
    over: float | None = None  # when the command was first seen to have ended, though its output had not
    with selectors.DefaultSelector() as selector:
        for pipe, take in takers.items():
            selector.register(pipe, selectors.EVENT_READ, take)  # type: ignore[arg-type]
        while True:
            check()
            if meter is not None:
                meter.look(process.pid)
            now = time.monotonic()
            if limit is not None and now - begun > limit:
                return False
            if not selector.get_map():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(TICK)
                    return True
                continue
            ready = selector.select(TICK if meter is None else min(TICK, meter.wait))
            if meter is not None:
                meter.look(process.pid, printed=bool(ready))
            for key, _ in ready:
                if data := os.read(key.fd, _CHUNK):
                    key.data(data)
                else:
                    selector.unregister(key.fileobj)
            if not ready and process.poll() is not None:
                over = over or now
                if now - over > _HELD:
                    kill_tree.send(process.pid, folder, signal.SIGKILL)  # also in a session of their own
                    return True


def _end(process: subprocess.Popen[bytes], folder: str, patient: bool) -> None:
    """End what is left: a command that has its end may have left children in its group."""
    if not patient:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        return
    end = time.monotonic() + GRACE
    kill_tree.send(process.pid, folder, signal.SIGTERM)
    while time.monotonic() < end and _is_there(process):
        time.sleep(0.01)
    kill_tree.send(process.pid, folder, signal.SIGKILL)
    process.wait()


def _is_there(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # a child that has ended and was not waited for would still count
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


_watchdogs: dict[int, int] = {}  # by process: where it writes what is running


@contextlib.contextmanager
def _watched(folder: str, temporary: str) -> Iterator[Callable[[int], None]]:
    """While this lasts, a process of its own ends the command if this one is killed. To be told its group, once known.

    Until then the command is known by the run's folder alone.
    """
    told = [part if part.isprintable() else "" for part in (folder, temporary)]

    def tell(group: int) -> None:
        _tell("\t".join([str(group), *told]))

    tell(0)
    try:
        yield tell
    finally:
        _tell("")


def _tell(line: str) -> None:
    """One watchdog a process, which serves all its runs. It ends with this process, whatever ends that."""
    for _ in range(2):
        if os.getpid() not in _watchdogs:
            theirs, ours = os.pipe()
            nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
            os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", kill_tree.__file__],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0), *nothing],
                setsid=True,
            )
            os.close(theirs)
            _watchdogs[os.getpid()] = ours
        try:
            os.write(_watchdogs[os.getpid()], os.fsencode(line) + b"\n")
            return
        except BrokenPipeError:  # somebody ended it: start another
            os.close(_watchdogs.pop(os.getpid()))
