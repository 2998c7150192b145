"""What an explanation takes beside the comparison that it explains: of the lesson as much again, so twice in all.

    python benchmarks/explanation.py [--factor activation=sigmoid,relu] [--set FIELD=VALUE …] [--seeds N] [--out STORE]

`paribus compare` and then `paribus why` of it, as commands of their own, from the shell to their end. Seconds depend
on what else the machine does in the meantime. Epochs do not: those that were trained, and the work in them, where an
epoch of the comparison's own runs counts as one, and any other by how long it took beside those. An epoch that a longer
run took over from a shorter one counts once. Elsewhere, with fewer seeds or epochs, it is meant to stay below three.

Then where the explanation's time went, phase by phase: each lasts until the first run of the next begins. `busy` is the
time that workers had a run, `idle` what is left of the cores' time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paribus.records.program import Epoch


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
        begun = time.time()
        explained = timed(out, "why")
        after = trained(out)
        spans = phases(out, before)
    show(compared, total(before.values()), explained, total(m for run, m in after.items() if run not in before))
    show_phases(spans, begun, begun + explained)


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


def trained(out: Path) -> dict[str, tuple[Epoch, ...]]:
    """The epochs of every run in the store."""
    from paribus.runs.store import Store

    store = Store(out)
    return {record.id: store.epochs(record.id) for record in store.runs()}


def total(runs: Iterable[tuple[Epoch, ...]]) -> Work:
    """All of these together."""
    found = list(runs)
    # To the nanosecond: only an epoch that was copied is there twice.
    epochs = {(m.seconds, *m.figures.items()): m.seconds for metrics in found for m in metrics}
    return Work(len(found), len(epochs), sum(epochs.values()))


def phases(out: Path, before: Collection[str]) -> list[tuple[str, float, float]]:
    """Of each run that the explanation made: its phase, when it began and when it ended (seconds of the epoch)."""
    from paribus.runs.store import Store

    store = Store(out)
    found = [e for c in store.comparisons() if (e := store.explanation(c.id)) is not None]
    confirming = {run for e in found for t in e.tested if (c := t.confirmed) for run in c.runs_before + c.runs_after}
    spans = []
    for record in store.runs():
        if record.id not in before:
            whole = record.fields["epochs"] == found[0].program.length_of(found[0].fields)
            phase = "confirming" if record.id in confirming else "repairing"
            folder = store.run_folder(record.id)
            begun, ended = ((folder / name).stat().st_mtime for name in ("recipe.toml", "record.json"))
            spans.append((phase if whole else f"screening, {record.fields['epochs']} epochs", begun, ended))
    return spans


def show_phases(spans: list[tuple[str, float, float]], begun: float, ended: float) -> None:
    """The table of phases."""
    first = {phase: min(b for p, b, _ in spans if p == phase) for phase, _, _ in spans}
    marks = [("before the first run", begun), *sorted(first.items(), key=lambda mark: mark[1])]
    marks += [("after the last run", max(end for _, _, end in spans)), ("", ended)]
    cores = len(os.sched_getaffinity(0))
    print("\n| phase | runs | seconds | busy | idle |\n|---|---|---|---|---|")
    for (phase, start), (_, end) in itertools.pairwise(marks):
        busy = sum(max(0.0, min(end, e) - max(start, b)) for _, b, e in spans)
        runs = sum(p == phase for p, _, _ in spans)
        print(f"| {phase} | {runs} | {end - start:.1f} | {busy:.1f} | {cores * (end - start) - busy:.1f} |")


def show(compared: float, first: Work, explained: float, then: Work) -> None:
    """Both commands, a line each, and how many times the comparison both take."""
    epoch = first.seconds / first.epochs
    print("| command | seconds | runs | epochs | work, in the comparison's epochs |\n|---|---|---|---|---|")
    for name, seconds, work in (("compare", compared, first), ("why", explained, then)):
        print(f"| {name} | {seconds:.0f} | {work.runs} | {work.epochs} | {work.seconds / epoch:.0f} |")
    times = {
        "epochs": 1 + then.epochs / first.epochs,
        "work": 1 + then.seconds / first.seconds,
        "time": 1 + explained / compared,
    }
    print("\nBoth together take", ", ".join(f"{n:.2f} times its {what}" for what, n in times.items()), end=".\n")


if __name__ == "__main__":
    main()
