"""What happens, told to every page that listens: one log for all, and a place in it for each listener.

A listener costs a number. One that is slow or away for too long finds its place gone from the log, and gets the whole
state instead; so nothing is missed, and nothing piles up.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

KEPT = 4096  # events; some hundred bytes each
BEAT_SECONDS = 15.0  # of silence, after which an event without number shows that the connection lives
BATCH_SECONDS = 0.1  # between two looks of one listener, so that fast events come together

STATE, JOB, ORDER, SEARCH = "state", "job", "order", "search"


@dataclass(frozen=True)
class Told:
    """One event: its number, its name, and its data as JSON. `of`: what a later event of that name makes stale."""

    number: int
    name: str
    data: str
    of: str | None


class Events:
    """The log. Only the event loop's thread may use it. `state` gives all that a page needs to begin with."""

    def __init__(self, state: Callable[[], dict[str, Any]]) -> None:
        self._state = state
        self._boot = secrets.token_hex(4)  # numbers of an earlier server mean nothing here
        self._log: deque[Told] = deque(maxlen=KEPT)
        self._count = 0
        self._closed = False
        self._news: set[asyncio.Event] = set()

    def tell(self, name: str, data: dict[str, Any], of: str | None = None) -> None:
        """Add an event, and wake who listens."""
        self._count += 1
        self._log.append(Told(self._count, name, written(data), of))
        self._wake()

    def close(self) -> None:
        """End every stream: the server is about to stop."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        for news in self._news:
            news.set()

    async def listen(self, last_id: str | None) -> AsyncIterator[bytes]:
        """The stream for one page, from after `last_id` on; from the whole state where that is no longer known."""
        news = asyncio.Event()
        self._news.add(news)
        try:
            seen = self._place(last_id)
            yield b"retry: 1000\n\n"  # milliseconds until a browser that lost the connection tries again
            while not self._closed:
                news.clear()
                if chunk := self._since(seen):
                    seen = self._count
                    yield chunk
                    await asyncio.sleep(BATCH_SECONDS)
                    continue
                seen = self._count
                try:
                    await asyncio.wait_for(news.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield b"event: beat\ndata: {}\n\n"
        finally:
            self._news.discard(news)

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._news)

    def _place(self, last_id: str | None) -> int | None:
        boot, _, number = (last_id or "").partition(".")
        known = boot == self._boot and number.isascii() and number.isdigit() and len(number) < 16
        return int(number) if known and int(number) <= self._count else None

    def _since(self, seen: int | None) -> bytes:
        """What came after event `seen`, less what is stale by now; the whole state where some of it is gone."""
        oldest = self._log[0].number if self._log else self._count + 1
        if seen is None or seen < oldest - 1:
            return self._framed(self._count, STATE, written(self._state()))
        new = [told for told in self._log if told.number > seen] if seen < self._count else []
        latest = {(told.name, told.of): told.number for told in new if told.of is not None}
        fresh = [t for t in new if t.of is None or latest[t.name, t.of] == t.number]
        return b"".join(self._framed(told.number, told.name, told.data) for told in fresh)

    def _framed(self, number: int, name: str, data: str) -> bytes:
        return f"id: {self._boot}.{number}\nevent: {name}\ndata: {data}\n\n".encode("ascii")


def written(data: Any) -> str:
    """As one line of JSON in ASCII: no text can end the line, and none is left that UTF-8 cannot hold."""
    return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
