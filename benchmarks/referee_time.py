"""What the referee takes besides its runs: the wall time of a try minus the runs' own, in three ways to call it.

    python benchmarks/referee_time.py [--tries N]

A run of half a second is tried with edits that change no law: by `paribus referee try`, a process a try; by the tools
of `paribus mcp`, whose commands are forked from a process that has loaded everything; and by `pb.Referee` in this one.
Printed of each: pairs, wall seconds of a try, its runs' own, and what is between. A command that starts anew has two
parts before its first own line: the interpreter (`python -c pass`), and the imports of `paribus referee try`; both are
printed, and what is left is the try's own work: git, checkouts, records, the decision, its words. Other work on the
same cores lengthens everything, so beside the medians stands the least of all tries, and the machine's load. What a
try's processes use of a processor, git's among them and the runs' not, does not wait for anybody; a part of it passes
while a run is made.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
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


def used() -> float:
    """Seconds of a processor that this process and all that it started have taken so far."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def used_by(*words: str) -> float:
    """Seconds of a processor that a command takes, the least of five."""
    found = []
    for _ in range(5):
        before = used()
        timed(*words)
        found.append(used() - before)
    return min(found)


def row(name: str, way: Callable[[int], Iterator[Tried]], tries: int, run: float) -> tuple[str, float]:
    """A line of the table, and the least that a try took besides its runs. run: seconds of a processor of one run."""
    found, processor, before = list[Tried](), list[float](), used()
    for one in way(tries):
        processor.append(used() - before - one.made * run)
        found.append(one)
        before = used()
    besides = [one.wall - one.runs for one in found]
    cells = [[one.made / 2 for one in found], [one.wall for one in found], [one.runs for one in found], besides]
    told = " | ".join(f"{statistics.median(c):.3g}" for c in cells)
    of_processor = f"{statistics.median(processor):.3g}" if way is not by_tool else "-"  # whose commands are not ours
    return f"| {name} | {told} | {of_processor} | {min(besides):.3f} |", min(besides)


def least(code: str) -> float:
    """Wall seconds of a Python process, the least of ten."""
    return min(timed(sys.executable, "-c", code)[0] for _ in range(10))


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
        print(
            "| way | pairs | wall | runs | besides | of a processor | besides, least |\n|---|---|---|---|---|---|---|"
        )
        run = used_by(*PYTHON, "train.py", "1")
        besides = {}
        for name, way in (("paribus referee try", by_command), ("paribus mcp", by_tool), ("pb.Referee", in_python)):
            line, besides[name] = row(name, way, tries, 0.0 if way is in_python else run)
            print(line, flush=True)
        bare, loaded = least("pass"), least(LOADED)
        print("\nThe least of `paribus referee try`, in its parts:\n")
        print(f"| the interpreter's bare start | {bare:.3f} |\n|---|---|")
        print(f"| our imports | {loaded - bare:.3f} |")
        print(f"| the try's own work | {besides['paribus referee try'] - loaded:.3f} |\n")
        print(f"load at the end {os.getloadavg()[0]:.1f}")
        os.chdir("/")


if __name__ == "__main__":
    main()
