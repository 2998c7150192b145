"""What `soak.py` measures, and where: a folder with a store, processes of their own, and what these have."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = """
import os, sys, time
from pathlib import Path
import paribus as pb

MADE = Path(sys.argv[1])

def fit(lr=0.1, seed=0, made=str(MADE)):
    time.sleep(0.02)
    with open(made, "a") as file:
        file.write(f"{lr} {seed}\\n")
    return {"loss": (lr - 0.3) ** 2 + seed / 100}

def compared(first, store, seeds=3):
    how = {"program": fit, "metric": "loss:min", "first_seed": first, "out": store, "workers": 2}
    found = pb.compare("lr", [0.1, 0.2], seeds=seeds, **how)
    assert len(found.comparison.seeds) == seeds
"""
ONE_PROCESS = """
if __name__ == "__main__":
    for first in range(int(sys.argv[3])):
        compared(3 * first, sys.argv[2])
        print(first, flush=True)
        sys.stdin.readline()
"""
ONE_OF_MANY = """
if __name__ == "__main__":
    for first in range(0, 12, 3):
        compared(first, sys.argv[2])
"""
CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <sys/time.h>
static time_t jump(time_t now) { unsigned n = (unsigned)(now / 2) * 2654435761u; return (time_t)(n % 172800) - 86400; }
int clock_gettime(clockid_t id, struct timespec *t) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int r = real(id, t);
    if (!r && id == CLOCK_REALTIME) t->tv_sec += jump(t->tv_sec);
    return r;
}
time_t time(time_t *t) { struct timespec s; clock_gettime(CLOCK_REALTIME, &s); if (t) *t = s.tv_sec; return s.tv_sec; }
int gettimeofday(struct timeval *restrict v, void *restrict z) {
    struct timespec s; clock_gettime(CLOCK_REALTIME, &s); v->tv_sec = s.tv_sec; v->tv_usec = s.tv_nsec / 1000; return 0;
}
"""


@dataclass(frozen=True)
class Held:
    """What a process has, with the files and the number of its children, and what lies in its folders."""

    megabytes: float
    files: int
    processes: int
    temporary: int

    @property
    def row(self) -> str:
        """For a table."""
        return f"{self.megabytes:.0f} MB, {self.files} files, {self.processes} processes, {self.temporary} temporary"


@dataclass
class Place:
    """A folder for one part: its store, its folder for temporary files, and the environment of its processes."""

    root: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.root / "tmp").mkdir(parents=True)
        self.store, self.made = self.root / "lab", self.root / "made.txt"
        own = {"TMPDIR": self.root / "tmp", "XDG_STATE_HOME": self.root / "state", "PARIBUS_OUT": self.store}
        one = {"OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
        self.environment = {**os.environ, **{k: str(v) for k, v in own.items()}, **one}

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """A process in a session of its own."""
        apart: dict[str, Any] = {"env": self.environment, "start_new_session": True, "cwd": self.root}
        process: subprocess.Popen[str] = subprocess.Popen([sys.executable, *words], text=True, **apart, **how)
        self.started.append(process)
        return process

    def close(self) -> None:
        """End what was started here and goes on."""
        for process in self.started:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def script(self, text: str) -> str:
        """A program on disk."""
        path = self.root / "soak_program.py"
        path.write_text(PROGRAM + text)
        return str(path)

    def held(self, pid: int) -> Held:
        """What it has now, a moment after it was asked for anything."""
        family = [pid, *children(pid)]
        temporary = [path for path in (self.root / "tmp").rglob("*") if not path.is_socket()]
        temporary += [p for p in self.store.rglob("*") if re.search(r"\.tmp$|^\.partial", p.name)]
        return Held(resident(pid) / 1e6, sum(map(open_files, family)), len(family), len(temporary))


def children(*pids: int) -> list[int]:
    """All descendants."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(path.name)] = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    found, above = list[int](), {*pids}
    while above:
        above = {pid for pid, parent in parents.items() if parent in above}
        found += sorted(above)
    return found


def resident(pid: int) -> int:
    """Bytes of its own: pages that are shared count once, where the system tells."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return 0


def open_files(pid: int) -> int:
    """Descriptors."""
    with contextlib.suppress(OSError):
        return len([*Path(f"/proc/{pid}/fd").iterdir()])
    return 0


def is_worker(pid: int) -> bool:
    """Whether it is a fork of the server of processes: these have a parent of the same command line."""
    with contextlib.suppress(OSError):
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        lines = [Path(f"/proc/{one}/cmdline").read_bytes() for one in (pid, parent)]
        return b"forkserver" in lines[0] and lines[0] == lines[1]
    return False
