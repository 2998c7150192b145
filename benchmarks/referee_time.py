"""What the referee takes besides its runs: the wall time of `paribus referee try` minus the runs' own.

    python benchmarks/referee_time.py [--tries N]

A command of one second is tried with edits that change no law. Printed of each try: the wall time of the command, the
runs' own seconds, what is between (all of it, with the start of Python and of the command's process), and of that
what passes before the program has its first line (`python -c pass` and `paribus --version`, in the same round).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from paribus.referee.journal import Journal

TRAIN = """\
import random, sys, time
time.sleep(1)
random.seed(int(sys.argv[1]))
print('{"value": %r}' % random.gauss(0, 1))
"""
PYTHON = (sys.executable, "-I", "-S")
PARIBUS = (sys.executable, "-m", "paribus")


def timed(place: Path, *words: str) -> tuple[float, str]:
    """Wall seconds of a command, and what it printed."""
    begun = time.perf_counter()
    done = subprocess.run(words, cwd=place, check=False, capture_output=True, text=True)
    if done.returncode not in (0, 10, 20):
        raise SystemExit(done.stderr)
    return time.perf_counter() - begun, done.stdout


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=5)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / "train.py").write_text(TRAIN)
        words = ("--metric", "value:max", "--", *PYTHON, "train.py", "{seed}")
        timed(place, *PARIBUS, "referee", "start", *words)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; seconds\n")
        print("| try | pairs | wall | runs | besides | a run | inside the try | python | paribus --version |")
        print("|---|---|---|---|---|---|---|---|---|")
        rows = []
        for number in range(tries):
            (place / "train.py").write_text(f"{TRAIN}# {number}\n")
            wall, said = timed(place, *PARIBUS, "referee", "try", "--json")
            known = json.loads(said)
            runs, pairs = known["seconds"], known["pairs"]
            python, bare = timed(place, sys.executable, "-c", "pass")[0], timed(place, *PARIBUS, "--version")[0]
            rows.append((wall, runs, wall - runs, (wall - runs) / (2 * pairs), known["referee_seconds"], python, bare))
            print(f"| {number + 1} | {pairs} | " + " | ".join(f"{x:.2f}" for x in rows[-1]) + " |")
        print(
            "| median | | "
            + " | ".join(f"{statistics.median(column):.2f}" for column in zip(*rows, strict=True))
            + " |"
        )
        begun = time.perf_counter()
        Journal(place / "paribus-lab" / "referee").state()
        print(f"\nReading the journal once: {time.perf_counter() - begun:.3f} s")


if __name__ == "__main__":
    main()
