"""Commands in processes of their own, forked from one that has loaded torch: that takes longer than most commands do.

    python -m tests.cli.prefork [SOCKET]

Reads a line of JSON for each command (`words`, `cwd`, `env`, `out`, `err`; the last two are files), runs
`python -m paribus` as it would run in a new process, and answers with a line: the exit code. The server of its workers
is forked too. What is different from a new process, how it starts and loads, has tests that start one (`lab.start`).

With a socket it forks the children of the lab page's server instead, several at a time: each is asked for by
`prefork_client.py`, which stands for it. With that it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import multiprocessing.process
import multiprocessing.util
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

# With all that they load: torch and SciPy take a second or two each.
COMMANDS = ("compare", "show", "diff", "report", "recipes", "list_store", "data", "doctor", "prune", "verify")
LOADED = (*(f"paribus.cli.{name}" for name in COMMANDS), "paribus.programs.recipe.worker")
LOADED += ("paribus.comparison.from_runs", "paribus.report", "paribus.diagnosis.explain", "paribus.web.read_store")
LOADED += ("paribus.cli.main", "paribus.cli.figure", "paribus.cli.judge", "paribus.cli.power", "paribus.cli.export")
LOADED += ("paribus.cli.serve", "paribus.figures.matplotlib_backend")

_spawn = multiprocessing.util.spawnv_passfds


def main() -> None:
    """Serve until stdin ends, or for ever."""
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()  # what is loaded stays shared with the commands
    if sys.argv[1:]:
        serve_socket(sys.argv[1])
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _redirect(request)
            _become(request)
            _end(_code(partial(_run, request.get("script"))))
        _, status = os.waitpid(pid, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _run(script: str | None) -> None:
    """`python -m paribus`, or a script."""
    if script is None:
        runpy.run_module("paribus", run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(script).parent)  # as `python FILE` has it
        sys.argv[0] = script
        runpy.run_path(script, run_name="__main__")


def serve_socket(path: str) -> NoReturn:
    """Fork what is asked for, until the parent is gone."""
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        listening.settimeout(1.0)
        while os.getppid() == parent:
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            try:
                asking, _ = listening.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                listening.close()
                _stand_by(asking)
            asking.close()
    os._exit(0)


def _stand_by(asking: socket.socket) -> NoReturn:
    """Fork one process and tell of its end; it does not outlive who stands for it."""
    text, streams, _, _ = socket.recv_fds(asking, 1 << 20, 3)
    request = json.loads(text)
    pid = os.fork()
    if pid == 0:
        asking.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _become(request)
        sys.argv[0] = request["module"]
        _end(_code(lambda: runpy.run_module(request["module"], run_name="__main__", alter_sys=True)))
    for stream in streams:
        os.close(stream)
    ended = os.pidfd_open(pid)
    if asking in select.select([ended, asking], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    try:
        asking.send(b"%d" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)


def _redirect(request: dict[str, Any]) -> None:
    """Nothing for stdin, and files for what it says."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["out"], os.O_WRONLY | os.O_CREAT),
        (2, request["err"], os.O_WRONLY | os.O_CREAT),
    ):
        file = os.open(path, flags)
        os.dup2(file, number)
        os.close(file)


def _become(request: dict[str, Any]) -> None:
    """Take on the words, the folder and the environment that a new process would begin with."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.path[0] = request["cwd"]  # as `python -m` has it
    sys.argv = ["paribus", *request["words"]]
    if request["env"].get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    multiprocessing.process.ORIGINAL_DIR = request["cwd"]
    multiprocessing.util.spawnv_passfds = _spawned


def _spawned(path: str, words: Sequence[str], descriptors: Sequence[int]) -> int:
    """Fork the server of workers, which would load torch once more; start whatever else multiprocessing starts."""
    program = words[-1]
    if not program.startswith("from multiprocessing.forkserver import main"):
        return _spawn(path, words, descriptors)
    pid = os.fork()
    if pid == 0:
        kept = [2, *sorted(descriptors)]
        for below, above in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
            os.closerange(below + 1, above)
        os._exit(_code(lambda: exec(program, {})))
    return pid


def _code(run: Callable[[], object]) -> int:
    """Run it; the exit code, as Python makes it of what that raises."""
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """Leave without taking apart all that is loaded, which costs more than most commands."""
    for thread in threading.enumerate():  # which an interpreter waits for as it ends
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
