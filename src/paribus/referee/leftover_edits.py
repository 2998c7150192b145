"""What a candidate holds beside the edit that somebody means: earlier edits that were not kept and were not undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from paribus.records.referee import Version
from paribus.referee.journal import State
from paribus.referee.worktrees import Trees

_LATEST = 20  # tries that are looked at


@dataclass(frozen=True)
class Held:
    """What differs from the baseline. files: their paths; tries: the numbers of earlier edits that are in it."""

    files: tuple[str, ...] = ()
    tries: tuple[int, ...] = ()


def held_in(trees: Trees, state: State, version: Version) -> Held:
    """What a version holds: an earlier edit is in it where all lines that it took out and put in are among its own."""
    former = [begun for begun, ended in state.ended if ended.outcome != "keep"][-_LATEST:]
    both = [(state.baseline, version), *((begun.baseline, begun.candidate) for begun in former)]
    ours, *theirs = (lines_of(patch) for patch in trees.patches(both))
    tries = tuple(begun.number for begun, lines in zip(former, theirs, strict=True) if _all_in(lines, ours))
    return Held(tuple(ours), tries)


def lines_of(patch: str) -> dict[str, Counter[str]]:
    """By file, the lines that a patch takes out and puts in; of a file that is no text its digests."""
    found: dict[str, Counter[str]] = {}
    lines, binary, head = Counter[str](), "", False
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            both = line.removeprefix("diff --git ")
            lines = found[both[: len(both) // 2].strip('"').removeprefix("a/")] = Counter()
            head = True
        elif line.startswith("@@"):
            head = False
        elif head and line.startswith("Binary files"):
            lines[binary] += 1
        elif head and line.startswith("index "):
            binary = line
        elif not head and line[:1] in {"+", "-"} and line[1:].strip():
            lines[line] += 1
    return found


def _all_in(theirs: dict[str, Counter[str]], ours: dict[str, Counter[str]]) -> bool:
    whole = all(name in ours and lines <= ours[name] for name, lines in theirs.items())
    return whole and any(theirs.values())


class Meanwhile:
    """Found once, by a thread while the first run is made, or by who asks first."""

    def __init__(self, find: Callable[[], Held] = Held) -> None:
        self._find, self._lock = find, Lock()
        self._found: Held | None = None

    def held(self) -> Held:
        """What was found: waits for it."""
        with self._lock:
            if self._found is None:
                self._found = self._find()
            return self._found
