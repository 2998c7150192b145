"""What an explanation takes beside the comparison that it explains: at most twice as long, so three times in all.

    python benchmarks/explanation.py [--factor activation=sigmoid,relu] [--set FIELD=VALUE …] [--seeds N] [--out STORE]

`paribus compare` and then `paribus why` of it, as commands of their own, from the shell to their end. Seconds depend
on what else the machine does in the meantime. Epochs do not: those that were trained, and the work in them, where an
epoch of the comparison's own runs counts as one, and any other by how long it took beside those.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.values.records import EpochMetrics


@dataclass(frozen=True)
class Work:
    """What a command trained: runs, their epochs, and the seconds in them."""

    runs: int
    epochs: int
    seconds: float


def main() -> None:
    """Print the table."""
    options = parse()
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(options.out or scratch) / "store"
        if out.exists():
            raise SystemExit(f"{out} is there already: runs in it would be used again, and nothing measured")
        settings = [f"--set={words}" for words in options.set]
        compared = timed(out, "compare", options.factor, f"--seeds={options.seeds}", *settings, "--yes")
        before = trained(out)
        explained = timed(out, "why")
        after = trained(out)
    show(compared, total(before.values()), explained, total(m for run, m in after.items() if run not in before))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--factor", default="activation=sigmoid,relu")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--out", metavar="DIR", help="keep the store there (default: throw it away)")
    return parser.parse_args()


def timed(out: Path, *words: str) -> float:
    """Seconds of one command."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "paribus", *words, "--quiet", f"--out={out}"], check=True)
    return time.perf_counter() - begun


def trained(out: Path) -> dict[str, tuple[EpochMetrics, ...]]:
    """The epochs of every run in the store."""
    from paribus.experiment.store import Store

    store = Store(out)
    return {record.id: store.metrics(record.id) for record in store.runs()}


def total(runs: Iterable[tuple[EpochMetrics, ...]]) -> Work:
    """All of these together."""
    found = list(runs)
    return Work(len(found), sum(map(len, found)), sum(m.seconds for metrics in found for m in metrics))


def show(compared: float, first: Work, explained: float, then: Work) -> None:
    """Both commands, a line each, and how many times the comparison both take."""
    epoch = first.seconds / first.epochs
    print("| command | seconds | runs | epochs | work, in the comparison's epochs |\n|---|---|---|---|---|")
    for name, seconds, work in (("compare", compared, first), ("why", explained, then)):
        print(f"| {name} | {seconds:.0f} | {work.runs} | {work.epochs} | {work.seconds / epoch:.0f} |")
    print(f"\nBoth together take {(compared + explained) / compared:.2f} times the comparison alone,", end=" ")
    print(f"and {1 + then.seconds / first.seconds:.2f} times its work.")


if __name__ == "__main__":
    main()
