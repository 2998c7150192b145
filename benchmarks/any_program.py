"""What Paribus itself costs around programs of other people: a run of a function and of a command, and a large table.

    python benchmarks/any_program.py [--runs=1000] [--rows=1000000] [--workers=2]

Each command is timed whole, in a process of its own with a store of its own: planned, run, kept, judged, reported. The
commands' own time is that of starting the same command as often, bare. The processors' time, of all processes together,
is beside that of the clock: on a machine with other work, what the clock says is too much. A worker's memory is the
most that one had, what it shares with others divided among them (PSS; Linux).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FUNCTION = """
def train(seed: int, *, shift: float = 0.0):
    return {"score": seed * 7919 % 1009 / 1009 + shift}
"""
LINE = '{{"score": {shift}.{seed}}}'


@dataclass(frozen=True)
class Cost:
    """Of one command. clock, processors: in seconds. memory: of the command's own process at its most, in bytes."""

    clock: float
    processors: float
    memory: int


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    options = parse()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mine.py").write_text(FUNCTION, encoding="utf-8")
        common = [f"--seeds={options.runs // 2}", f"--workers={options.workers}", "--metric=score:max", "--quiet"]
        heading = f"{options.runs} runs, {options.workers} at once"
        print(f"| {heading} | clock (s) | own time (s) | processors (s) | a worker (MB) |")
        print("|---|---|---|---|---|")
        function = ["compare", "mine:train", "shift=0.0,0.1", *common, "--out=function"]
        with most_memory() as most:
            cost = timed(paribus(*function), folder)
        show("a function that returns at once", cost, 0.0, most)
        own = bare(["echo", LINE.format(shift=0, seed=1)], options.runs) / options.workers
        with most_memory() as most:
            cost = timed(paribus("compare", "shift=0,1", *common, "--out=command", "--", "echo", LINE), folder)
        show("a command that prints one line", cost, own, most)
        table(folder / "table.csv", options.rows)
        judged = ["judge", "table.csv", "--arm-column=model", "--pair-by=seed", "--metric=score:max"]
        cost = timed(paribus(*judged), folder)
        print(f"\n{options.rows:,} rows judged: {cost.clock:.1f} s ({cost.processors:.1f} s of processors), ", end="")
        print(f"{cost.memory / 1e6:.0f} MB")


def paribus(*words: str) -> list[str]:
    return [sys.executable, "-m", "paribus", *words]


def show(name: str, cost: Cost, own: float, most: Sequence[int]) -> None:
    memory = f"{max(most) / 1e6:.0f}" if most else "–"
    print(f"| {name} | {cost.clock:.1f} | {own:.1f} | {cost.processors:.1f} | {memory} |", flush=True)


def timed(words: Sequence[str], folder: Path) -> Cost:
    """Run it to the end of the last process that it started: what it left behind counts, too."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    if code:
        raise SystemExit(f"{' '.join(words)}: ended with {os.waitstatus_to_exitcode(code)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(clock, processors, used.ru_maxrss * 1024)


def adopt_orphans() -> None:
    """Have this process wait for what its children leave running, so that it is told how long that ran (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def bare(words: Sequence[str], times: int) -> float:
    """Seconds that so many starts of a command take one after another, from a hundred of them."""
    begun = time.perf_counter()
    for _ in range(100):
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * times / 100


@contextlib.contextmanager
def most_memory() -> Iterator[list[int]]:
    """The memory of each worker, seen ten times a second; nothing where the system does not tell."""
    found: list[int] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            found.extend(memory for pid in descendants(os.getpid()) if (memory := worker_memory(pid)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def descendants(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
        return [*children, *(below for child in children for below in descendants(child))]
    return []


def worker_memory(pid: int) -> int:
    """Of a process of the pool; 0 of another."""
    with contextlib.suppress(OSError):
        if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            if match := re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE):
                return int(match[1]) * 1024
    return 0


def table(path: Path, rows: int) -> None:
    """Two arms, half of the rows each, one row a seed."""
    draw = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        file.write("model,seed,score\n")
        for row in range(rows):
            file.write(f"{'ab'[row % 2]},{row // 2},{draw.random():.6f}\n")


if __name__ == "__main__":
    main()
