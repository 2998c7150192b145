"""A store of very many runs: how long it takes to be listed, planned in, and to have runs made.

    python benchmarks/large_store.py [--runs 20000] [--only list|plan|make]

Runs are written as records alone, as fast as the disk takes them, of one comparison after another. Each line is timed
in a process of its own; memory is the most that it had, less what it has when it has loaded everything.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SIZES = (10, 100, 1_000, 10_000, 20_000)
ARMS = 1_000  # seeds an arm, the most there may be


def polynomial(lr: float = 0.1, seed: int = 0) -> dict[str, float]:
    """A run that takes no time."""
    return {"loss": (lr - 0.3) ** 2 + seed / 1000}


def design_of(program: Any, runs: int) -> Any:
    """So many runs: two arms of half as many seeds, and more arms where that would be too many."""
    from paribus.comparison.fair_design import design_from_factor

    arms = max(2, runs // ARMS)
    values = tuple(round(0.001 * (arm + 1), 3) for arm in range(arms))
    return design_from_factor(program, "learning_rate", values, program.fields({}), "lesson", range(runs // arms))


def plan(runs: int, root: Path) -> None:
    """Print seconds and bytes of a plan in an empty store, and how often a data set was opened."""
    from paribus.programs.recipe import program as recipes
    from paribus.runs.planning import Settings, make_plan
    from paribus.runs.registry import default_program

    opened, real = list[str](), recipes._opened

    def noted(name: str) -> Any:
        opened.append(name)
        return real(name)

    recipes._opened = noted
    program = default_program()
    make_plan(design_of(program, 2), Settings(root / "first", workers=2))  # everything is loaded
    opened.clear()
    program = recipes.program(None)
    design = design_of(program, runs)
    before, started = most_bytes(), time.process_time()
    made = make_plan(design, Settings(root / "lab", workers=2), program=program)
    assert len(made.tasks) == runs
    print(time.process_time() - started, most_bytes() - before, len(opened))


def write_store(root: Path, runs: int) -> None:
    """Ended runs, which differ in seed and name."""
    from paribus.runs.planning import Settings, make_plan
    from paribus.runs.registry import default_program
    from paribus.runs.single_run import new_record
    from paribus.runs.store import Store
    from paribus.runs.store.documents import to_json

    tasks = make_plan(design_of(default_program(), runs), Settings(root, workers=2)).tasks
    figures = {"val_loss": 0.1, "val_accuracy": 0.97, "test_loss": 0.1, "test_accuracy": 0.97, "test_count": 10000.0}
    ended = {"status": "finished", "figures": figures, "trained": True, "weights_digest": "0" * 64, "seconds": 9.0}
    record = new_record(tasks[0])
    for task in tasks:
        folder = Store(root).run_folder(task.run_id)
        folder.mkdir(parents=True)
        own = {"id": task.run_id, "seed": task.seed, "fields": task.fields, "fields_digest": task.fields.digest()}
        (folder / "record.json").write_bytes(to_json(record.model_copy(update={**own, **ended})))


def listed(root: Path) -> Iterator[tuple[str, float, float]]:
    """Each command's CPU seconds, from its first line to its last, and the MB that it has."""
    for words in (["list"], ["list", "s999"], ["list", "--json"], ["prune"]):
        command = [sys.executable, __file__, "--command", *words, "--out", str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, most = done.stderr.split()[-2:]
        yield " ".join(words), float(seconds), int(most) / 1e6


def made(root: Path, runs: int) -> tuple[float, float]:
    """Runs a second by threads, one after the other, with all that the store takes for each."""
    import paribus as pb

    started = time.perf_counter()
    with ThreadPoolExecutor(1) as executor:
        how: dict[str, Any] = {"program": polynomial, "metric": "loss:min", "executor": executor, "out": root}
        pb.compare("lr", [0.1, 0.2], seeds=runs // 2, **how)
    seconds = time.perf_counter() - started
    return runs / seconds, 1000 * seconds / runs


def most_bytes() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20_000, help="of the store that is listed (default 20,000)")
    parser.add_argument("--at", type=Path, help="where the store is kept, or is already")
    parser.add_argument("--only", choices=("list", "plan", "make"), help="one of the tables")
    parser.add_argument("--plan", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.command:
        from paribus.cli.main import parsed, run

        code = run(parsed(asked.command), [])
        print(time.process_time(), most_bytes(), file=sys.stderr)
        sys.exit(code)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if asked.plan:
            return plan(asked.plan, root)
        if asked.only in (None, "plan"):
            print("| runs planned | CPU s | MB more | data sets opened |\n|---:|---:|---:|---:|")
            for size in SIZES:
                words = [sys.executable, __file__, "--plan", str(size)]
                told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
                print(f"| {size:,} | {float(told[0]):.2f} | {int(told[1]) / 1e6:.1f} | {told[2]} |", flush=True)
        if asked.only in (None, "list"):
            there = asked.at or root / "lab"
            if not there.exists():
                write_store(there, asked.runs)
            print(f"\n| of {asked.runs:,} runs | CPU s | MB |\n|---|---:|---:|")
            for said, seconds, megabytes in listed(there):
                print(f"| `paribus {said}` | {seconds:.1f} | {megabytes:.0f} |", flush=True)
        if asked.only in (None, "make"):
            a_second, each = made(root / "made", 400)
            print(f"\n{a_second:.0f} runs a second that take no time themselves: {each:.1f} ms for each in the store.")


if __name__ == "__main__":
    main()
