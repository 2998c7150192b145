"""A real loop: thirty edits of a training script, kept by one run, over a noise floor, and by the referee.

    python benchmarks/referee_loop.py [language] [lenet] [--edits N] [--truth 8] [--workers 1] [--folder DIR]

The scripts and their edits are in `referee_scripts/`: a third of the edits do nothing, a third harm, and a third help,
by what they were written for; what an edit does to the baseline that it met is measured, on seeds of its own. Every
rule meets the same edits in the same order. Every run is kept in the folder, so that the same command goes on where it
was stopped. Whole it takes hours; `--quick` trains next to nothing, to see that everything works.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import math
import os
import re
import signal
import sys
import threading
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

import numpy as np
from referee_laws import Greedy, NoiseFloor, Referee, Rule

from paribus.core.seeds import generator
from paribus.referee.keep_rule import LoopError, gain_of

SCRIPTS = Path(__file__).parent / "referee_scripts"
TRUTH, SEALED = 100_000, 200_000  # first seeds of what is measured, beside those of the loops
LONGEST = 3600  # seconds of a run, far beyond what one takes on a machine with other work; then it counts as failed
LOADED = "torch", "torch._dynamo", "pydoc_data.topics", "paribus.programs.recipe.data"  # before the runs are forked
RULES: dict[str, Callable[[int], Rule]] = {
    "greedy, one run": lambda most: Greedy(),
    "noise floor of two runs": lambda most: NoiseFloor(),
    "referee": lambda most: Referee(LoopError(most_pairs=most)),
}


class Task(NamedTuple):
    """A script, what steers and what is sealed, and what makes it quick (patterns and what stands in their place)."""

    name: str
    steers: str
    sealed: str
    direction: Literal["min", "max"]
    quick: tuple[tuple[str, str], ...]


_SHORT = (r"STEPS, BATCH = \d+", "STEPS, BATCH = 3"), (r"(?<=for name in sorted\(topics\)\))", "[:20_000]")
TASKS = {
    "language": Task("language", "val_loss", "test_loss", "min", _SHORT),
    "lenet": Task("lenet", "val_acc", "test_acc", "max", ((r"BATCH = 5_000", "BATCH = 100"),)),
}


@dataclass(frozen=True)
class Edit:
    """Wherever the pattern matches, something else stands."""

    name: str
    kind: str
    find: str
    put: str

    def of(self, source: str) -> str:
        """The edited source; the same where nothing matches, as after another edit of the same line."""
        return re.sub(self.find, self.put, source, flags=re.MULTILINE)


class Ran(NamedTuple):
    """A run: its figures, None where it failed, and seconds of a processor that it took."""

    figures: dict[str, float] | None
    seconds: float


class Kept:
    """Every run that was made, by source and seed: a file that only grows; a line cut off by a kill is made again."""

    def __init__(self, path: Path) -> None:
        self.path, self.runs = path, dict[tuple[str, int], Ran]()
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                digest, seed, figures, seconds = json.loads(line)
            except ValueError:
                continue
            self.runs[digest, seed] = Ran(figures, seconds)

    def run(self, source: str, seed: int) -> Ran:
        """Of the store, or made now."""
        key = hashlib.sha256(source.encode()).hexdigest(), seed
        if key not in self.runs:
            self.runs[key] = train(source, seed)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"\n{json.dumps([*key, *self.runs[key]])}")
        return self.runs[key]


def train(source: str, seed: int) -> Ran:
    """One run in a process of its own, forked from this one, which has loaded PyTorch: three of seven seconds less.

    Its seconds are the processor's: other work on the machine adds none.
    """
    reading, writing = os.pipe()
    if not (child := os.fork()):
        _be(source, seed, writing)
    os.close(writing)
    timer = threading.Timer(LONGEST, os.kill, (child, signal.SIGKILL))
    timer.start()
    with os.fdopen(reading, encoding="utf-8") as file:
        lines = file.read().splitlines()
    _, status, used = os.wait4(child, 0)
    timer.cancel()
    figures = json.loads(lines[-1]) if status == 0 and lines else None
    return Ran(figures, used.ru_utime + used.ru_stime)


def _be(source: str, seed: int, writing: int) -> NoReturn:
    """Be the run, from here to the process's end."""
    status = 1
    try:
        os.dup2(writing, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.argv = ["train.py", "--seed", str(seed)]
        exec(compile(source, "train.py", "exec"), {"__name__": "__main__"})
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


@dataclass
class Loop:
    """Runs of one rule's loop, on seeds that no earlier try used."""

    task: Task
    kept: Kept
    seed: int = 0
    seconds: float = 0.0
    runs: int = 0
    repeats: bool = False
    tries: list[tuple[Edit, str, str, bool]] = field(default_factory=list)  # with baseline, candidate, whether kept

    def _figure(self, source: str) -> float | None:
        ran = self.kept.run(source, self.seed)
        self.seconds, self.runs = self.seconds + ran.seconds, self.runs + 1
        return ran.figures[self.task.steers] if ran.figures else None

    def run(self, source: str) -> float:
        self.seed += 1
        return gain_of(0.0, self._figure(source), self.task.direction)

    def gain(self, baseline: str, candidate: str) -> float:
        self.seed += 1
        ours, theirs = self._figure(baseline), self._figure(candidate)
        self.repeats = ours is not None and ours == theirs
        return gain_of(ours, theirs, self.task.direction)

    def follow(self, rule: Rule, source: str, edits: Sequence[Edit]) -> str:
        """Go through all edits; what stands at the end."""
        rule.start(self, source)
        for edit in edits:
            candidate = edit.of(source)
            kept = candidate != source and rule.keeps(self, source, candidate)
            self.tries.append((edit, source, candidate, kept))
            source = candidate if kept else source
        return source


def truth(task: Task, kept: Kept, baseline: str, candidate: str, seeds: int, workers: int) -> tuple[float, float]:
    """What an edit is worth on a baseline: the mean gain in the metric that steers, and its standard error.

    Where runs failed, the share of pairs in which it is better less the share in which it is worse.
    """
    asked = [(source, TRUTH + k) for k in range(seeds) for source in (baseline, candidate)]
    with ThreadPoolExecutor(workers) as pool:
        found = [ran.figures[task.steers] if ran.figures else None for ran in pool.map(lambda a: kept.run(*a), asked)]
    gains = np.array([gain_of(a, b, task.direction) for a, b in zip(found[::2], found[1::2], strict=True)])
    if not np.isfinite(gains).all():
        gains = np.sign(np.nan_to_num(gains))
    return float(gains.mean()), float(gains.std(ddof=1) / math.sqrt(seeds))


def row(task: Task, kept: Kept, name: str, loop: Loop, end: str, arguments: argparse.Namespace) -> str:
    """What a rule did, and what it cost; prints what it did with each edit."""
    right = wrong = missed = 0
    for edit, baseline, candidate, was_kept in loop.tries:
        worth = 0.0, 0.0
        if edit.kind != "idle" and candidate != baseline:
            worth = truth(task, kept, baseline, candidate, arguments.truth, arguments.workers)
        real = worth[0] > 2 * worth[1]
        right, wrong, missed = right + (was_kept and real), wrong + (was_kept and not real), missed + (real > was_kept)
        print(f"  {'kept' if was_kept else '-':5}{worth[0]:+.4f} ± {worth[1]:.4f}  {edit.kind}: {edit.name}")
    finals = [kept.run(end, SEALED + k).figures for k in range(arguments.truth)]
    sealed = np.array([figures[task.sealed] for figures in finals if figures])
    error = sealed.std(ddof=1) / math.sqrt(len(sealed))
    cells = name, right, wrong, missed, loop.runs, f"{loop.seconds / 60:.1f}", f"{sealed.mean():.4f} ± {error:.4f}"
    return f"| {' | '.join(map(str, cells))} |"


def show(task: Task, arguments: argparse.Namespace) -> None:
    source = (SCRIPTS / f"{task.name}.py").read_text(encoding="utf-8")
    if arguments.quick:
        for pattern, put in task.quick:
            source = re.sub(pattern, put, source)
    listed = tomllib.loads((SCRIPTS / f"{task.name}.toml").read_text(encoding="utf-8"))["edit"]
    order = generator(0, f"edits/{task.name}").permutation(len(listed))
    edits = [Edit(**listed[i]) for i in order[: arguments.edits]]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    kept = Kept(arguments.folder / f"{task.name}.jsonl")
    loops = {name: Loop(task, kept) for name in RULES}
    ends = {}
    for name, loop in loops.items():
        ends[name] = loop.follow(RULES[name](3 if arguments.quick else arguments.pairs), source, edits)
        print(f"{task.name}, {name}: {loop.runs} runs", flush=True)
    rows = []
    for name, loop in loops.items():
        print(f"\n{task.name}, {name}: what each edit was worth where it was tried ({task.steers})", flush=True)
        rows.append(row(task, kept, name, loop, ends[name], arguments))
    columns = "rule", "kept right", "kept wrong", "missed", "runs", "minutes of one core", f"{task.sealed} at the end"
    print(f"\n### {task.name}: {len(edits)} edits\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    print("\n".join(rows), flush=True)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Follow thirty edits of a training script by three rules of keeping.")
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}; by default all")
    parser.add_argument("--edits", type=int, default=30, help="the first so many")
    parser.add_argument("--pairs", type=int, default=30, help="most pairs of one of the referee's tries")
    parser.add_argument("--truth", type=int, default=8, help="seeds by which an edit's worth and the end are measured")
    parser.add_argument("--workers", type=int, default=1, help="runs at once while worth is measured")
    parser.add_argument("--folder", type=Path, default=Path("referee-loop"), help="where runs are kept")
    parser.add_argument("--quick", action="store_true", help="train next to nothing")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.tasks) - set(TASKS):
        parser.error(f"a task is one of {', '.join(TASKS)}; got {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    given = parse()
    os.environ["OMP_NUM_THREADS"] = "1"
    for module in LOADED:
        importlib.import_module(module)
    for chosen in given.tasks or TASKS:
        show(TASKS[chosen], given)
