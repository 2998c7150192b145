"""A bit flipped or a file cut in a store of what has ended, and then that file is used: is anything ever silent?

    python benchmarks/damage.py [--tries N] [--seed N] [--store DIR]

A small store is made: comparisons of recipes and of a command, one explained, one tuned, a run that failed, a map, and
a loop of edits. Then, `--tries` times, one file of it is damaged, one of the uses that read that file is made (`list`,
`show`, `report`, `figure`, `compare`, `why`, `export`, an address of the lab page, `model()`, ...), and what it gives
is held against what it gives undamaged. Each use has one of these ends:

    same       nothing that was damaged was needed, or it says the same
    refused    an error, exit code 2, that names the file
    told       other output, which names the file: the report, the terminal
    nameless   an error that does not name the file
    SILENT     other output, and no word of the file
    TRACEBACK  an exception that is no user's error
    HANG       no end within a minute of the processor's time

Exits with 1 where any of the last four came up. `--store` keeps the store, and takes it from there the next time.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from damage_uses import Use

LONGEST = 60  # seconds of the processor that a use may take
PATIENCE = 600  # seconds, on a machine that does much else
CUTS = 0.3  # of damages; the others are flips
GOOD = ("same", "refused", "told")
BAD = ("nameless", "SILENT", "TRACEBACK", "HANG")
SPARED = (".lock", "lock", ".gitignore")  # which nothing reads


class Hang(BaseException):
    """A use took too long."""


@dataclass
class Tally:
    """What came of all tries. kinds: of ends; by_use: of ends of each use; bad: what to look into, in words.

    wrong: the kinds that are looked into.
    """

    wrong: tuple[str, ...] = BAD
    kinds: Counter[str] = field(default_factory=Counter)
    by_use: dict[str, Counter[str]] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)

    def add(self, use: str, kind: str, told: str) -> None:
        """One try."""
        self.kinds[kind] += 1
        self.by_use.setdefault(use, Counter())[kind] += 1
        if kind in self.wrong:
            self.bad.append(f"{kind} {use}: {told}")
            print(self.bad[-1], file=sys.stderr, flush=True)

    def show(self, of: str) -> None:
        """Print the table. of: what is tried, over its names."""
        columns = (*GOOD, *self.wrong)
        print(f"| {of} | " + " | ".join(columns) + " |")
        print("|---|" + "---:|" * len(columns))
        for name, kinds in (*sorted(self.by_use.items()), ("all", self.kinds)):
            print(f"| {name} | " + " | ".join(str(kinds[kind]) for kind in columns) + " |")


class Tree:
    """A store's files as they are undamaged: what a use or a damage changes is put back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders = {Path(folder) for folder, _, _ in os.walk(root)}
        self.data = {path: path.read_bytes() for path in self._there()}
        self.stamps = {path: self._stamp(path) for path in self.data}

    def _there(self) -> Iterator[Path]:
        return (Path(folder) / name for folder, _, names in os.walk(self.root) for name in names)

    @staticmethod
    def _stamp(path: Path) -> tuple[int, int, int]:
        facts = path.stat()
        return facts.st_mtime_ns, facts.st_size, facts.st_ino

    def restore(self) -> None:
        """Put back what is not as it was."""
        for path in list(self._there()):
            if path not in self.data:
                path.unlink()
            elif self._stamp(path) != self.stamps[path]:
                self.write(path, self.data[path])
        for folder in {*(Path(folder) for folder, _, _ in os.walk(self.root))} - self.folders:
            shutil.rmtree(folder, ignore_errors=True)
        for path in self.data.keys() - set(self._there()):
            self.write(path, self.data[path])

    def write(self, path: Path, data: bytes) -> None:
        """In place; the stamp that it has now is that of what belongs there, if this is that."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if data == self.data[path]:
            self.stamps[path] = self._stamp(path)


def damaged(data: bytes, draws: random.Random) -> tuple[bytes, str]:
    """One bit flipped, or cut, and how."""
    place = draws.randrange(len(data))
    if draws.random() < CUTS:
        return data[:place], f"cut at {place} of {len(data)}"
    bit = draws.randrange(8)
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :], f"bit {bit} of byte {place} flipped"


def tried(use: Use) -> tuple[str, str, bool]:
    """What a use gives: its output, what it says to people, and whether it was refused. Raises Hang, or what it raises.

    Said is everything that somebody sees of it, of which the output is a part.
    """

    def late(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = {number: signal.signal(number, late) for number in (signal.SIGALRM, signal.SIGPROF)}
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    signal.alarm(PATIENCE)
    try:
        return use()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def judged(use: Use, expected: str, path: Path) -> tuple[str, str]:
    """Which end a use of a damaged file had, and what was said."""
    try:
        output, said, refused = tried(use)
    except Hang:
        return "HANG", ""
    except Exception:
        return "TRACEBACK", traceback.format_exc()[-1500:]
    named = path.name in said
    if refused:
        return ("refused" if named else "nameless"), said[-400:]
    if output == expected and not named:
        return "same", ""
    return ("told" if named else "SILENT"), difference(expected, output)


def difference(a: str, b: str) -> str:
    """Where two texts part."""
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return f"...{a[max(0, at - 60) : at + 100]!r} became ...{b[max(0, at - 60) : at + 100]!r}"


def read_by(use: Use, tree: Tree, opened: list[str]) -> tuple[str, frozenset[Path]]:
    """What a use gives undamaged, twice alike, and which of the store's files it reads."""
    opened.clear()
    output, said, refused = tried(use)
    found = frozenset(path for path in map(Path, opened) if path in tree.data and path.name not in SPARED)
    assert not refused, f"{use.name} is refused undamaged: {said}"
    tree.restore()
    again = tried(use)[0]
    tree.restore()
    assert output == again, f"{use.name} gives different outputs undamaged: {difference(output, again)}"
    return output, found


def rounds(uses: list[Use], tree: Tree, tries: int, seed: int) -> Iterator[tuple[Tally, int]]:
    """The tally after each try, and its number."""
    opened: list[str] = []
    listening = True  # the interpreter keeps a hook for ever

    def note(event: str, args: tuple[object, ...]) -> None:
        if listening and event == "open" and isinstance(args[0], str | os.PathLike):
            opened.append(os.fspath(args[0]))

    sys.addaudithook(note)
    expected, readers = {}, dict[Path, list["Use"]]()
    for use in uses:
        expected[use.name], read = read_by(use, tree, opened)
        for path in read:
            readers.setdefault(path, []).append(use)
    listening = False
    paths, draws, tally = sorted(path for path in readers if tree.data[path]), random.Random(seed), Tally()
    for number in range(1, tries + 1):
        path = paths[number % len(paths)] if number <= len(paths) else draws.choice(paths)
        possible = sorted(readers[path], key=lambda one: one.name)
        use = draws.choices(possible, [1 / one.cost for one in possible])[0]
        data, how = damaged(tree.data[path], draws)
        tree.write(path, data)
        kind, told = judged(use, expected[use.name], path)
        tree.restore()
        tally.add(use.name, kind, f"{path.relative_to(tree.root)}, {how}: {told}")
        yield tally, number


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=1000, help="how many damages (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the damages (default 0)")
    parser.add_argument("--store", type=Path, help="where the store is kept, or is already")
    parser.add_argument("--only", default="", help="only uses with this in their name")
    options = parser.parse_args()
    from damage_uses import made, private, uses_of

    with tempfile.TemporaryDirectory() as scratch:
        root = (options.store or Path(scratch) / "store").absolute()
        private(Path(scratch))
        made(root)
        started, tally = time.perf_counter(), Tally()
        uses = [use for use in uses_of(root, Path(scratch)) if options.only in use.name]
        for tally, number in rounds(uses, Tree(root), options.tries, options.seed):
            if number % 500 == 0:
                print(f"{number} tries: {dict(tally.kinds)}", file=sys.stderr, flush=True)
        seconds = time.perf_counter() - started
    tally.show("use")
    print(f"\n{sum(tally.kinds.values())} uses of damaged files in {seconds:.0f} s, seed {options.seed}.")
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
