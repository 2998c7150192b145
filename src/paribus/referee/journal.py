"""The state of a loop: an append-only journal, one process at a time.

FOLDER/.gitignore      so that git leaves the folder alone
FOLDER/journal.jsonl   what was committed to, tries, their ends; each line ends in a digest of all lines before it
FOLDER/head            how many lines the journal had at least, and their digest: so that a cut at a line's end is told
FOLDER/code.git        every version of the code that was tried (worktrees.py)
FOLDER/runs/ ...       the runs, in a store of their own
FOLDER/lock            held while a command of the referee works; the system lets go of it when its holder dies

A try is begun with a line and ended with one, both durable. What lies between is in its runs, which the store keeps; so
after a kill at any moment the same command finds the try begun, its runs made, and decides as it would have.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from paribus.core.errors import ParibusError, StoreError
from paribus.core.messages import mark
from paribus.core.seeds import derive
from paribus.records.referee import Begun, Committed, Ended, Entry, Loop, Told, Unsealed, Version
from paribus.runs.store import chained_lines, files

if TYPE_CHECKING:  # SciPy is slow to load: the first runs of a try do not wait for it
    from paribus.referee.keep_rule import LoopError, Past

JOURNAL, HEAD, LOCK = "journal.jsonl", "head", "lock"
_LARGEST = 1 << 28  # bytes
_ENTRY: TypeAdapter[Any] = TypeAdapter(Entry)
_SEEDS = 1 << 31  # every library's generator takes a smaller seed


@dataclass(frozen=True)
class Try:
    """A try, ended or not. told: whether somebody was told its answer."""

    begun: Begun
    ended: Ended | None = None
    commit: str = ""
    told: bool = False


@dataclass(frozen=True)
class Outside:
    """The files outside the code. facts: what is looked at first; digests: of data, where that has changed."""

    facts: dict[str, str]
    digests: dict[str, str]


@dataclass(frozen=True)
class State:
    """What the journal says, folded up."""

    loop: Loop
    tries: tuple[Try, ...] = ()
    unsealed: bool = False

    @property
    def ended(self) -> tuple[tuple[Begun, Ended], ...]:
        """The tries that have ended."""
        return tuple((one.begun, one.ended) for one in self.tries if one.ended is not None)

    @property
    def open(self) -> Begun | None:
        """A try that was begun and not ended."""
        return self.tries[-1].begun if self.tries and self.tries[-1].ended is None else None

    @property
    def kept(self) -> tuple[tuple[Begun, Ended], ...]:
        """The tries that were kept, in order."""
        return tuple(one for one in self.ended if one[1].outcome == "keep")

    @property
    def baseline(self) -> Version:
        """What stands now: the last that was kept, or what the loop began with."""
        return self.kept[-1][0].candidate if self.kept else self.loop.baseline

    @property
    def outside(self) -> Outside:
        """What stands of the files outside the code: as at the start, or as a try was allowed to find it."""
        last = next((one.begun for one in reversed(self.tries) if one.begun.facts is not None), None)
        where = self.loop if last is None else last
        return Outside(where.facts or {}, where.digests or {})

    @property
    def seconds(self) -> float:
        """That all runs of all tries took."""
        return sum(ended.seconds for _, ended in self.ended)

    @property
    def rule(self) -> LoopError:
        """The rule that was committed to."""
        from paribus.referee.keep_rule import LoopError

        loop = self.loop
        figures = tuple(x for x in loop.figures if x is not None)
        step = loop.program.judging.resolution or 0.0
        return LoopError(loop.error, loop.tries, loop.keep_if, loop.margin, loop.pairs, figures, step)

    @property
    def past(self) -> tuple[Past, ...]:
        """The earlier tries, as the rule takes them."""
        from paribus.referee.keep_rule import Past, gain_of

        direction = self.loop.program.judging.direction
        return tuple(
            Past(
                ended.outcome,
                ended.tested,
                tuple(gain_of(pair.baseline, pair.candidate, direction) for pair in ended.pairs[: ended.used]),
            )
            for _, ended in self.ended
        )

    def seeds(self, first: int, count: int) -> tuple[int, ...]:
        """So many seeds of the loop from the `first`-th on; no two of a loop are alike.

        They are drawn from the loop's key, so that nobody who edits knows the next one.
        """
        return seeds(self.loop.key, self.loop.first_seed, first, count)

    def seeds_of(self, number: int) -> tuple[int, ...]:
        """The seeds of a try, which no other try has."""
        return self.seeds(len(self.loop.seeds) + (number - 1) * self.loop.pairs, self.loop.pairs)


def seeds(key: str, first_seed: int | None, first: int, count: int) -> tuple[int, ...]:
    """See `State.seeds`; K, K+1, ... from the first seed on where one was given."""
    if first_seed is not None:
        return tuple(range(first_seed + first, first_seed + first + count))
    found: dict[int, None] = {}
    number = 0
    while len(found) < first + count:
        found[derive(number, f"referee/{key}") % _SEEDS] = None
        number += 1
    return tuple(found)[first:]


class Journal:
    """The folder of a loop's state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / JOURNAL

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Be the one process that works on this loop. Raises ParibusError where another does."""
        files.make_folder(self.folder)
        if not (self.folder / ".gitignore").exists():
            files.write_whole(self.folder / ".gitignore", b"*\n", durable=False)
        lock = FileLock(self.folder / LOCK)
        with files.writing(self.folder / LOCK), contextlib.suppress(Timeout):  # which is an OSError too
            lock.acquire(timeout=0)
        if not lock.is_locked:
            raise ParibusError(
                "another command of the referee is at work in {path}: wait for it, or stop it", path=self.folder
            )
        self.__dict__.pop("_there", None)  # another process may have added to it
        try:
            yield
        finally:
            lock.release()

    @property
    def exists(self) -> bool:
        """Whether a loop was started here."""
        return bool(files.read_lines(self.path, _LARGEST)) or self._head() is not None

    def state(self) -> State:
        """What the journal says. Raises StoreError where it was changed, ParibusError where there is none."""
        wrong = mark("{path}: line {number} is no entry of a referee's journal: {fault}")
        head = self._head()  # before the lines: another command may add some
        entries = chained_lines.values(
            self.path, _LARGEST, lambda _, body: _ENTRY.validate_json(body), wrong, head=head
        )
        if not entries or not isinstance(entries[0], Loop):
            raise ParibusError(
                "no loop was started in {path}: paribus referee start --metric NAME:min -- COMMAND", path=self.folder
            )
        loop, tries, unsealed = entries[0], list[Try](), False
        for entry in entries[1:]:
            if isinstance(entry, Begun):
                tries.append(Try(entry))
            elif isinstance(entry, Ended):
                tries[-1] = Try(tries[-1].begun, entry)
            elif isinstance(entry, Committed | Told):
                place = next(k for k, one in enumerate(tries) if one.begun.number == entry.number)
                more = {"told": True} if isinstance(entry, Told) else {"commit": entry.commit}
                tries[place] = replace(tries[place], **more)
            elif isinstance(entry, Unsealed):
                unsealed = True
        return State(loop, tuple(tries), unsealed)

    def add(self, entry: Loop | Begun | Ended | Committed | Told | Unsealed) -> None:
        """One line more, durable but for those that a power cut may take: a try begun or told anew is the same try."""
        durable = not isinstance(entry, Begun | Told)
        there = self._there
        digest = chained_lines.append(
            self.path, entry.model_dump_json().encode(), there.digest, _LARGEST, durable=durable
        )
        self.__dict__["_there"] = there = chained_lines.Head(there.lines + 1, digest)
        if durable:  # of others a power cut may leave the count, and take the line
            with contextlib.suppress(StoreError):  # an older count is right as well
                files.write_whole(self.folder / HEAD, json.dumps(there).encode(), durable=False)

    @cached_property
    def _there(self) -> chained_lines.Head:
        there = chained_lines.read(self.path, _LARGEST)
        return chained_lines.Head(len(there.bodies), there.digest)

    def _head(self) -> chained_lines.Head | None:
        """What the journal has at least; None where that is not known."""
        try:
            count, digest = json.loads(files.read_bytes(self.folder / HEAD, _LARGEST) or b"")
            return chained_lines.Head(int(count), str(digest))
        except (ValueError, TypeError):
            return None
