"""The whole command: what it takes before the first step and after the last, many runs against one, memory.

    python benchmarks/whole_command.py [--rounds N] [--runs 2,4,8] [--epochs N] [--workers N] [--fixed]

Every figure is from commands in processes of their own, into stores of their own, the smallest of some rounds: other
processes only ever add to it. The steps are timed by the snapshots that a run keeps of steps 1, 2, 5, 10, 20, 50, ...
With 51 steps in the one epoch the last of these is one step, some milliseconds, before the last.

Before the first step torch has to be loaded, in whatever way a command is written: what `import torch` alone takes, in
the same round, stands beside it. A command on a terminal says beforehand how long it will take, and shows how it gets
on; so it is timed on one as well.

Many runs are held against as many times one run. `whole` divides the seconds of the command with N runs by N times
those of one run's command over the number of workers: it can be less than 1, since many runs share what a command
takes before its first step. `runs alone` counts on both sides from the first step to the last run's record and is
the harder test: what lies between two runs of one worker counts against it.

Memory is read from the system's accounts of each worker (smaps_rollup) while it trains, at its largest. PSS counts a
page that n processes share as 1/n of it, USS counts it as nothing: it is what a further worker takes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ARMS = ("sigmoid", "relu")
SHORT = ("--epochs=1", "--set=train_size=3264")  # 51 steps
LAST_KEPT = "step-000050"


@dataclass(frozen=True)
class Timed:
    """One command: seconds from its start to its runs' first step, last step but one, last record, verdict and end."""

    first: float
    last: float
    record: float
    verdict: float
    end: float


def main() -> None:
    """Print the tables."""
    options = parse()
    print(f"cores: {os.cpu_count()}; workers: {options.workers}; the smallest of {options.rounds} rounds\n")
    with tempfile.TemporaryDirectory() as scratch:
        stores = Stores(Path(scratch))
        timed("", stores.new(), *compare(2, 2), *SHORT)  # fills the cache of unpacked data
        fixed_costs(options, stores)
        if not options.fixed:
            memory(options, stores)
            scaling(options, stores)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", default="2,4,8,16", help="numbers of runs, even")
    parser.add_argument("--epochs", type=int, default=2, help="of each run, where many are held against one")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--fixed", action="store_true", help="only what a command takes beside training")
    return parser.parse_args()


class Stores:
    """Empty folders, one after another."""

    def __init__(self, root: Path) -> None:
        self.root, self.count = root, 0

    def new(self) -> Path:
        """One that no command has used."""
        self.count += 1
        return self.root / str(self.count)


def compare(runs: int, workers: int) -> list[str]:
    """The command for so many runs of the lesson's pair."""
    return ["compare", "activation=" + ",".join(ARMS), f"--seeds={runs // 2}", f"--workers={workers}"]


def start(store: Path, *words: str) -> subprocess.Popen[str]:
    """A command under way."""
    command = [sys.executable, "-m", "paribus", *words, "--recipe=fair", "--quiet", f"--out={store}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def timed(kept: str, store: Path, *words: str) -> Timed:
    """One command, timed. `kept`: the last snapshot before its last step; without one `last` is the first step's."""
    begun, now = time.time(), time.perf_counter()
    with start(store, *words) as process:
        assert process.stdout is not None
        process.stdout.readline()
        verdict = time.perf_counter() - now
        process.stdout.read()
    end = time.perf_counter() - now
    if process.returncode:
        raise SystemExit(process.returncode)
    first = min(written(store, "step-000001")) - begun
    last = max(written(store, kept or "step-000001")) - begun
    record = max(path.stat().st_mtime for path in store.glob("runs/*/record.json")) - begun
    return Timed(first, last, record, verdict, end)


def written(store: Path, name: str) -> list[float]:
    """When each run's snapshot of that name was written."""
    return [path.stat().st_mtime for path in store.glob(f"runs/*/checkpoints/{name}.safetensors")]


def importing_torch() -> float:
    """What a Python takes that does nothing else."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - begun


@dataclass(frozen=True)
class Shown:
    """One command on a terminal: seconds from its start to what it first shows, to its runs' first step, to its end."""

    something: float
    first: float
    end: float


def on_a_terminal(store: Path, *words: str) -> Shown:
    """One command on a terminal of its own."""
    import pty  # not on Windows

    begun, now, something = time.time(), time.perf_counter(), 0.0
    child, terminal = pty.fork()
    if child == 0:
        command = [sys.executable, "-m", "paribus", *words, "--recipe=fair", f"--out={store}"]
        os.execve(sys.executable, command, os.environ | {"TERM": "xterm-256color"})
    with contextlib.suppress(OSError):  # by which a terminal says that nobody is at its other end any more
        while os.read(terminal, 1 << 16):
            something = something or time.perf_counter() - now
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    if status:
        raise SystemExit(os.waitstatus_to_exitcode(status))
    return Shown(something, min(written(store, "step-000001")) - begun, time.perf_counter() - now)


def fixed_costs(options: argparse.Namespace, stores: Stores) -> None:
    """From the shell to the first step, and from the last step to the verdict and to the end of the command."""
    rounds, terminals, torch = [], [], []
    for _ in range(options.rounds):
        torch.append(importing_torch())
        rounds.append(timed(LAST_KEPT, stores.new(), *compare(2, options.workers), *SHORT))
        terminals.append(on_a_terminal(stores.new(), *compare(2, options.workers), *SHORT))
    print("| fixed cost of a comparison of two runs | seconds, least | median |\n|---|---|---|")
    for name, seconds in (
        ("`import torch` alone", torch),
        ("shell to first step", [t.first for t in rounds]),
        ("last step to verdict", [t.verdict - t.last for t in rounds]),
        ("verdict to the end, report written", [t.end - t.verdict for t in rounds]),
        ("last step to the end, report written", [t.end - t.last for t in rounds]),
        ("on a terminal, shell to what is first shown", [t.something for t in terminals]),
        ("on a terminal, shell to first step", [t.first for t in terminals]),
    ):
        print(f"| {name} | {min(seconds):.2f} | {statistics.median(seconds):.2f} |", flush=True)
    first, shown = (min(t.first for t in found) / min(torch) for found in (rounds, terminals))
    print(f"\nShell to first step: {first:.2f} times `import torch` alone; on a terminal {shown:.2f} times.\n")


def memory(options: argparse.Namespace, stores: Stores) -> None:
    """What each worker takes while it trains on the whole training set."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("memory: the system keeps no account of it\n")
        return
    peaks: dict[int, dict[str, int]] = {}
    with start(stores.new(), *compare(2 * options.workers, options.workers), "--epochs=1") as process:
        while process.poll() is None:
            for pid in (pid for pid in descendants(process.pid) if has_trained(pid)):
                for kind, kibibytes in account(pid).items():
                    peak = peaks.setdefault(pid, {})
                    peak[kind] = max(peak.get(kind, 0), kibibytes)
            time.sleep(0.05)
    print("| memory of each worker, MiB | most | of |\n|---|---|---|")
    for kind in ("USS", "PSS", "RSS"):
        print(f"| {kind} | {max(p[kind] for p in peaks.values()) / 1024:.0f} | {len(peaks)} workers |")
    print(flush=True)


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    below: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below += [int(word) for word in path.read_text().split()]
        except OSError:
            continue
    return below + [further for child in below for further in descendants(child)]


def has_trained(pid: int) -> bool:
    """Whether a process has the data set's images mapped: a worker, and no fork server or tracker of resources."""
    try:
        return "train_images.npy" in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def account(pid: int) -> dict[str, int]:
    """KiB of a process, or nothing where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    found = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    return {"USS": found["Private_Clean"] + found["Private_Dirty"], "PSS": found["Pss"], "RSS": found["Rss"]}


def scaling(options: argparse.Namespace, stores: Stores) -> None:
    """N runs on all workers against N times one run, whose command trains one arm with one seed."""
    epochs = f"--epochs={options.epochs}"
    singles = [least(options.rounds, stores, "train", f"--set=activation={arm}", epochs) for arm in ARMS]
    one = statistics.mean(t.end for t in singles)
    alone = statistics.mean(t.record - t.first for t in singles)
    print(f"one run of {options.epochs} epochs: {one:.2f} s, {alone:.2f} s of them from its first step to its record")
    print("| runs | seconds | whole | runs alone |\n|---|---|---|---|")
    for runs in (int(word) for word in options.runs.split(",")):
        found = least(max(1, options.rounds // 2), stores, *compare(runs, options.workers), epochs)
        share = runs / options.workers
        inside = (found.record - found.first) / (share * alone)
        print(f"| {runs} | {found.end:.2f} | {found.end / (share * one):.2f} | {inside:.2f} |", flush=True)


def least(rounds: int, stores: Stores, *words: str) -> Timed:
    """The round that ended soonest."""
    return min((timed("", stores.new(), *words) for _ in range(rounds)), key=lambda t: t.end)


if __name__ == "__main__":
    main()
