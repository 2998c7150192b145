"""What the referee takes besides its runs: the wall time of a try minus the runs' own, in three ways to call it.

    python benchmarks/referee_time.py [--tries N]

A run of half a second is tried with edits that change no law: by `paribus referee try`, a process a try; by the tools
of `paribus mcp`, whose commands are forked from a process that has loaded everything; and by `pb.Referee` in this one.
Printed of each: wall seconds of a try, its runs' own, what is between, and that by run. Beside it what passes before a
program has its first line: `python -c pass`, `import paribus`, and the imports of `paribus referee try` alone. All are
medians, of a machine whose load stands above them: other work on the same cores lengthens all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import paribus as pb
from paribus.cli.main import main as command
from paribus.cli.mcp import given

TRAIN = """\
import random, sys, time
time.sleep(0.5)
random.seed(int(sys.argv[1]))
print('{"value": %r}' % random.gauss(0, 1.000))
"""
PYTHON = (sys.executable, "-I", "-S")
PARIBUS = (sys.executable, "-m", "paribus")
LOADED = "import paribus.cli.main, paribus.cli.referee, paribus.referee.commands"


class Tried(NamedTuple):
    """Seconds of a try, of its runs, and how many those were."""

    wall: float
    runs: float
    made: int


def timed(*words: str) -> tuple[float, str]:
    """Wall seconds of a command, and what it printed."""
    begun = time.perf_counter()
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode not in (0, 10, 20):
        raise SystemExit(done.stderr)
    return time.perf_counter() - begun, done.stdout


def edits(count: int) -> Iterator[None]:
    """The script as it stands after each of so many edits, which change a figure and no law that matters."""
    for number in range(1, count + 1):
        Path("train.py").write_text(TRAIN.replace("1.000", f"1.{number:03d}"))
        yield


def by_command(tries: int) -> Iterator[Tried]:
    """A process a try."""
    for _ in edits(tries):
        wall, said = timed(*PARIBUS, "referee", "try", "--json")
        told = json.loads(said)
        yield Tried(wall, told["seconds"], 2 * told["pairs"])


def by_tool(tries: int) -> Iterator[Tried]:
    """As the server of `paribus mcp` does; what has to be loaded is loaded before the first."""
    given(command, ("referee", "report", "--json"))
    for _ in edits(tries):
        begun = time.perf_counter()
        told = given(command, ("referee", "try", "--json"))["result"]
        yield Tried(time.perf_counter() - begun, told["seconds"], 2 * told["pairs"])


def fit(seed: int, *, spread: float = 1.0) -> float:
    """A figure that is luck."""
    time.sleep(0.5)
    return random.gauss(0, spread)


def in_python(tries: int) -> Iterator[Tried]:
    """In this process."""
    referee = pb.Referee(fit, metric="value:max", out="python")
    for number in range(1, tries + 1):
        begun = time.perf_counter()
        ended = referee.try_({"spread": 1 + number / 1000}).ended
        yield Tried(time.perf_counter() - begun, ended.seconds, 2 * len(ended.pairs))


def row(name: str, way: Callable[[int], Iterator[Tried]], tries: int) -> str:
    found = list(way(tries))
    besides = [one.wall - one.runs for one in found]
    cells = [
        [one.made / 2 for one in found],
        [one.wall for one in found],
        [one.runs for one in found],
        besides,
        [b / one.made for b, one in zip(besides, found, strict=True)],
    ]
    return f"| {name} | " + " | ".join(f"{statistics.median(c):.3g}" for c in cells) + f" | {min(besides):.3g} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=5)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as temporary:
        os.chdir(temporary)
        Path("train.py").write_text(TRAIN)
        words = ("--metric", "value:max", "--", *PYTHON, "train.py", "{seed}")
        timed(*PARIBUS, "referee", "start", *words)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {tries} tries, seconds\n")
        print("| way | pairs | wall | runs | besides | by run | least |\n|---|---|---|---|---|---|---|")
        print(row("paribus referee try", by_command, tries), flush=True)
        print(row("paribus mcp", by_tool, tries), flush=True)
        print(row("pb.Referee", in_python, tries), flush=True)
        starts = {"python -c pass": "pass", "import paribus": "import paribus", "imports of a try": LOADED}
        for name, code in starts.items():
            print(f"{name}: {statistics.median(timed(sys.executable, '-c', code)[0] for _ in range(5)):.3f} s")
        print(f"load at the end {os.getloadavg()[0]:.1f}")
        os.chdir("/")


if __name__ == "__main__":
    main()
