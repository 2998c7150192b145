"""The command in processes of its own, as a user gives it: what tests of the command line share.

`paribus` gives a command and waits for its end. On Linux it is forked from a process that has loaded torch already
(`prefork.py`), which saves most of its time; `start` always begins a new process, for tests of starting and stopping.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.records.run import RunRecord
from paribus.runs.store import Store

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "paribus")
# One thread for every library: the machine that tests often has few cores, and the bits must not depend on it.
OVERRIDES = {"OMP_NUM_THREADS": "1", "COLUMNS": "100"}
# What decides language and colours in the tester's own shell must not decide it here.
FOREIGN = ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "PARIBUS_OUT")

# A little of MNIST: to answer all of it takes longer than to train. Written before the first test (conftest.py).
DIGITS = Path(tempfile.gettempdir()) / f"paribus-tests-{os.getpid()}" / "digits"
# Reduced so that a run takes a part of a second.
REDUCED = ("--recipe=fair", f"--set=dataset={DIGITS}", "--set=train_size=512", "--epochs=1")
PATIENCE = 240.0  # seconds; far above what any call takes, so that a hang fails and a slow machine does not


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as one strict JSON document."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would make the command behave otherwise than by default."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, **OVERRIDES, **(extra or {})}


def paribus(*words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    """Give the command, without a terminal, and wait for its end."""
    if not sys.platform.startswith("linux"):
        return finished(start(*words, cwd=cwd, env=env), words)
    return _forked({"words": [*map(str, words)], "cwd": str(cwd or Path.cwd()), "env": environment(env)})


def script(path: Path, env: Mapping[str, str], *words: str, cwd: Path | None = None) -> Done:
    """Run a Python program, in its folder if nothing else is said, as `python FILE` does, and wait for its end."""
    cwd = cwd or path.parent
    if not sys.platform.startswith("linux"):
        ended = subprocess.run([sys.executable, path, *words], cwd=cwd, env=environment(env), capture_output=True)
        return Done((str(path), *words), ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    return _forked({"words": [*words], "script": str(path), "cwd": str(cwd), "env": environment(env)})


def _forked(request: dict[str, Any]) -> Done:
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        code = _forks.run({**request, "out": str(out), "err": str(err)})
        return Done(tuple(request["words"]), code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


class Forks:
    """The process that commands are forked from; started when it is first needed."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None

    def run(self, request: Mapping[str, Any]) -> int:
        """The exit code of one command."""
        if self._server is None:
            command = [sys.executable, "-m", "tests.cli.prefork"]
            pipe = subprocess.PIPE
            self._server = subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, bufsize=0)
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        if not select.select([self._server.stdout], [], [], PATIENCE)[0]:
            self.close()
            raise TimeoutError(f"{request['words']} did not end within {PATIENCE} s")
        answer = self._server.stdout.readline()
        assert answer, "the process that commands are forked from has ended"
        return int(answer)

    def close(self) -> None:
        """End it, and a command that it still waits for."""
        if self._server is None:
            return
        with killed_at_last(self._server):
            self._server = None


_forks = Forks()
end_forks = _forks.close


def start(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, group: bool = False
) -> subprocess.Popen[str]:
    """Give the command and go on. `group`: in a process group of its own, as a shell starts a job."""
    return subprocess.Popen(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=group,
        preexec_fn=_heed_sigint if os.name == "posix" else None,
    )


def _heed_sigint() -> None:
    """A test run in the background of a script has SIGINT ignored, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(process: subprocess.Popen[str], words: Sequence[str | Path] = ()) -> Done:
    """Wait for the end of a command."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Done(tuple(map(str, words)), process.returncode, out, err)


def well(done: Done) -> Done:
    """The same command, which must have ended well."""
    assert done.code == 0, f"{done.words} ended with {done.code}:\n{done.out}\n{done.err}"
    assert "Traceback" not in done.err
    return done


def refused(done: Done, *texts: str) -> str:
    """A command refused as a user's mistake: code 2, an explanation on stderr that holds all `texts`, no traceback."""
    assert done.code == 2, f"{done.words} ended with {done.code}:\n{done.out}\n{done.err}"
    assert "Traceback" not in done.err
    assert done.err.startswith("paribus: ")
    missing = [text for text in texts if text not in done.err]
    assert not missing, f"{missing} not in {done.err}"
    return done.err


def records(store: Path) -> dict[str, RunRecord]:
    """The runs of a store by id."""
    return {record.id: record for record in Store(store).runs()}


def digests(store: Path) -> dict[str, str | None]:
    """What the weights of every run are, bit by bit."""
    return {name: record.weights_digest for name, record in records(store).items()}


def until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait for `what` to be true, and return it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return found


def forkservers(pid: int) -> list[int]:
    """Those of its `children` that are a fork server of Python's, or forks of one."""
    return [child for child in children(pid) if b"forkserver" in _command_line(child)]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def children(pid: int) -> list[int]:
    """Processes started by `pid`, and by those, that still run (Linux)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(entry)) is not None and stat[0] != "Z":
            parents[int(entry.name)] = stat[1]
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return sorted(found)


def alive(pids: Sequence[int]) -> list[int]:
    """Those of some processes that still run."""
    stats = {pid: _stat(Path("/proc") / str(pid)) for pid in pids}
    return [pid for pid, stat in stats.items() if stat is not None and stat[0] != "Z"]


def _stat(folder: Path) -> tuple[str, int] | None:
    """State and parent of a process, or None where it is gone."""
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def timeless(comparison: dict[str, Any]) -> dict[str, Any]:
    """A comparison without when it was made: the same command given again makes it again."""
    return {name: value for name, value in comparison.items() if name != "created"}


@contextmanager
def killed_at_last(process: subprocess.Popen[Any]) -> Iterator[None]:
    """No process of a failed test stays behind."""
    try:
        yield
    finally:
        for pid in [*children(process.pid), process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
