"""Every call of the system by which a command reads or writes a file fails once: how does the command end?

    python benchmarks/failing_disk.py [--errors ENOSPC EIO EACCES EROFS] [--every N] [--only TEXT] [--store DIR]

The store of `damage.py` is made, and each command is given: `compare` and `why` (of runs that are there), `map`,
`report`, `figure`, `export`, `bundle`, `tag`, `prune`, `verify`, `lesson`, the page with its queue, and what reads. Its
calls that open, write, sync, rename, link, make, list or remove something below the scratch folder are counted; then
it is given again with the n-th of them failing, for each n (or each `--every`-th), and all later writes too where the
disk is full or may not be written. Besides, files may grow to so many bytes and no more. Each time it has one of these
ends:

    same       what failed was not needed: the same output
    refused    a sentence that names a file, and exit code 2 (or 1); of the page a fault that does
    told       other output, and the reason with it
    nameless   refused without a file's name
    SILENT     other output, and no word of it
    TRACEBACK  an exception that is no user's error
    HANG       no end within a minute of the processor's time
    AFTER      the same command, given again on a good disk, does not end as it should, or a `.tmp` stays

Exits with 1 where any of the last five came up.
"""

from __future__ import annotations

import argparse
import errno
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.core import atomic

sys.path.insert(0, str(Path(__file__).parent))

import damage
from damage import Hang, Tally, Tree, difference, tried
from damage_uses import Answer, Use, made, private
from disk_commands import at_home_inline, commands_of

BAD = (*damage.BAD, "AFTER")
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS")
LASTING = (errno.ENOSPC, errno.EROFS)  # a full disk stays full
SIZES = (0, 1, 100, 5_000)  # bytes that files may have
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"}
FREEING = {"os.remove", "os.rmdir", "os.truncate"}  # which a full disk does not keep anybody from
READS = {"os.listdir", "os.scandir"}


class Disk:
    """Counts the calls of this process that concern what lies below a folder; one of them fails, where that is set."""

    def __init__(self, root: Path) -> None:
        self.root, self.on, self.count, self.at, self.code = str(root), False, 0, 0, 0
        sys.addaudithook(self._heard)
        for name in ("write", "fsync", "ftruncate", "read"):
            self._before(name)

    @contextmanager
    def failing(self, at: int = 0, code: int = 0) -> Iterator[None]:
        """While this lasts calls are counted, and the `at`-th fails."""
        self.on, self.count, self.at, self.code = True, 0, at, code
        try:
            yield
        finally:
            self.on = False

    def _call(self, path: str, writes: bool, frees: bool = False) -> None:
        if not path.startswith(self.root):
            return
        if self.at and self.code in LASTING and (not writes or (frees and self.code == errno.ENOSPC)):
            return  # of these only writing fails
        self.count += 1
        if self.at and (self.count == self.at or (self.code in LASTING and self.count > self.at)):
            raise OSError(self.code, os.strerror(self.code), path)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.on or not args or not isinstance(args[0], str | bytes | os.PathLike):
            return
        path = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100
        if event == "open":
            flags = args[2] if isinstance(args[2], int) else 0
            self._call(path, bool(flags & WRITING))
        elif event in CHANGES:
            self._call(path, True, event in FREEING)
        elif event in READS:
            self._call(path, False)

    def _before(self, name: str) -> None:
        """Calls of a descriptor tell no auditor; the error has no name then."""
        original: Callable[..., Any] = getattr(os, name)

        def called(descriptor: int, *more: Any) -> Any:
            if self.on:
                try:
                    path = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
                except OSError:
                    path = ""
                try:
                    self._call(path, name != "read")
                except OSError as error:
                    raise OSError(error.errno, error.strerror) from None
            return original(descriptor, *more)

        setattr(os, name, called)


@contextmanager
def files_no_larger(size: int) -> Iterator[None]:
    """Also what libraries write by calls of their own fails then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def writers_gone() -> Iterator[None]:
    """The command that failed was a process of its own, which has ended."""
    before = atomic.__dict__["_alive"]
    atomic.__dict__["_alive"] = lambda pid: False
    try:
        yield
    finally:
        atomic.__dict__["_alive"] = before


@dataclass
class Place:
    """Where commands are given: their store, all that lies about, and what is as it was before each."""

    scratch: Path
    tree: Tree

    def given(self, use: Use) -> Answer:
        """What a command gives, and everything is put back."""
        try:
            return tried(use)
        finally:
            self.tree.restore()

    def judged(self, use: Use, expected: Answer, code: int) -> tuple[str, str]:
        """Its end on this disk, and whether it ends well afterwards."""
        kind, told = self._ended(use, expected, code)
        if kind in BAD:
            self.tree.restore()
            return kind, told
        if kind == "same":  # it has done its work
            self.tree.restore()
        try:
            with writers_gone():
                again = tried(use)
            left = [str(path) for path in self.scratch.rglob(".*.tmp")]
        except Exception:
            return "AFTER", traceback.format_exc()[-1500:]
        finally:
            self.tree.restore()
        if left or again[2] or again[0] != expected[0]:
            return (
                "AFTER",
                f"{kind}; left: {left}; {again[1][-300:] if again[2] else difference(expected[0], again[0])}",
            )
        return kind, told

    def _ended(self, use: Use, expected: Answer, code: int) -> tuple[str, str]:
        try:
            output, said, refused = tried(use)
        except Hang:
            return "HANG", ""
        except Exception:
            return "TRACEBACK", traceback.format_exc()[-1500:]
        told = os.strerror(code) in said or "requested and" in said  # which NumPy says
        if refused:
            named = told and (str(self.scratch) in said or "<" in said)
            return ("refused" if named else "nameless"), said[-400:]
        if output == expected[0]:
            return "same", ""
        return ("told" if told else "SILENT"), difference(expected[0], output)


def sweep(place: Place, disk: Disk, use: Use, codes: list[int], every: int) -> Iterator[tuple[str, str, str]]:
    """Each failing call of one command: which, its end, and what was said."""
    expected = place.given(use)
    assert not expected[2], f"{use.name} is refused on a good disk: {expected[1]}"

    def on(at: int, code: int) -> Use:
        def do() -> Answer:
            with disk.failing(at, code):
                return use.do()

        return Use(use.name, do)

    place.given(on(0, 0))
    count = disk.count
    for code in codes:
        for at in range(1, count + 1, every):
            whole = Bad(on(at, code), use)
            yield f"call {at} of {count}, {errno.errorcode[code]}", *place.judged(whole, expected, code)
    for size in SIZES:

        def do(size: int = size) -> Answer:
            with files_no_larger(size):
                return use.do()

        yield f"files of {size} bytes", *place.judged(Bad(Use(use.name, do), use), expected, errno.EFBIG)


class Bad(Use):
    """The first time on a bad disk, then on a good one."""

    def __init__(self, first: Use, then: Use) -> None:
        rest = iter([first])
        super().__init__(first.name, lambda: next(rest, then).do())


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", nargs="+", choices=ERRORS, default=list(ERRORS), help="which (default all)")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th call (default 1)")
    parser.add_argument("--store", type=Path, help="where the store is kept, or is already")
    parser.add_argument("--only", nargs="+", default=[""], help="only commands with one of these in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        private(scratch)
        root, kept = scratch / "store", (options.store or scratch / "store").absolute()
        made(kept)
        if kept != root:
            shutil.copytree(kept, root)
        at_home_inline()
        data = str(kept.parent / f"{kept.name}-programs" / "data")
        uses = [use for use in commands_of(root, scratch, data) if any(part in use.name for part in options.only)]
        place, disk, tally = Place(scratch, Tree(scratch)), Disk(scratch), Tally(BAD)
        codes, started = [getattr(errno, name) for name in options.errors], time.perf_counter()
        for use in uses:
            for where, kind, told in sweep(place, disk, use, codes, options.every):
                tally.add(use.name, kind, f"{where}: {told}")
            print(f"{use.name}: {dict(tally.by_use[use.name])}", file=sys.stderr, flush=True)
        seconds = time.perf_counter() - started
    tally.show("command")
    print(f"\n{sum(tally.kinds.values())} commands on a failing disk in {seconds:.0f} s.")
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
