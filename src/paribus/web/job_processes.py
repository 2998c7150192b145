"""The children of the server: one that is ready for the next plan or job, and one that has a job."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError

# -P: a file in the current folder must not pass for one of torch's.
COMMAND = (sys.executable, "-P", "-m", "paribus.web.planner_process")
LONGEST_LINE = 1 << 26  # bytes: the plan of the largest comparison, 20 arms with 1,000 seeds, has a tenth of that
MOST_PLANS = 8  # that wait for each other: a job that is to begin waits behind them
PATIENCE_SECONDS = 20.0  # between asking a process to end and killing it; a step of training takes milliseconds


class Child:
    """`python -m paribus.web.planner_process`, in a group of its own: a terminal's Ctrl-C is for the server alone."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._kill: asyncio.TimerHandle | None = None

    @classmethod
    async def start(cls, store: Path, workers: int | None, own_models: bool) -> Child:
        """Start it; it loads torch meanwhile."""
        words = [*COMMAND, str(store), str(workers or 0), *["own-models"] * own_models]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, limit=LONGEST_LINE, start_new_session=True
        )
        return cls(process)

    async def send(self, order: dict[str, Any]) -> None:
        """Give it an order. One that has died meanwhile says so by its end."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()

    async def line(self) -> dict[str, Any] | None:
        """What it says next; None once it has ended."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    @property
    def is_dead(self) -> bool:
        """Whether it has ended already."""
        return self._process.returncode is not None

    def ask_to_end(self) -> None:
        """The end of its stdin is Ctrl-C to it; what does not end then is killed, and the store bears that."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._kill is None and self._process.returncode is None:
            self._kill = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self.kill)

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        code = await self._process.wait()
        self._process._transport.close()  # type: ignore[attr-defined]  # the loop may end before its pipes are told
        if self._kill is not None:
            self._kill.cancel()
        return code


class Planner:
    """Keeps a child ready: it answers plans, and a job takes it over, so that a comparison starts at once."""

    def __init__(self, store: Path, workers: int | None, own_models: bool) -> None:
        self._start = partial(Child.start, store, workers, own_models)
        self._ready: Child | None = None
        self._lock = asyncio.Lock()
        self._asking = 0

    async def get_ready(self) -> None:
        """Have a child, so that the first plan need not wait for torch."""
        async with self._lock:
            await self._child()

    async def plan(self, order: dict[str, Any]) -> dict[str, Any]:
        """What `paribus compare --dry-run` counts; or `problems`. Raises ParibusError where no process answers."""
        if self._asking >= MOST_PLANS:
            raise ParibusError("at most {most} estimates are made at once; ask again in a moment", most=MOST_PLANS)
        self._asking += 1
        try:
            async with self._lock:
                child = await self._child()
                await child.send({"do": "plan", "order": order})
                if (line := await child.line()) is not None:
                    return line
                self._ready = None
        finally:
            self._asking -= 1
        raise ParibusError(
            "the process that plans ended with code {code}; its terminal says why", code=await child.ended()
        )

    async def take(self) -> Child:
        """The child for a job; the next plan starts another."""
        async with self._lock:
            child = await self._child()
            self._ready = None
            return child

    def give_up(self) -> None:
        """Answer no more: who still waits for a plan hears that at once."""
        if self._ready is not None:
            self._ready.kill()

    async def close(self) -> None:
        """End the child that waits; it has nothing that could be lost."""
        async with self._lock:
            if self._ready is not None:
                self._ready.kill()
                await self._ready.ended()
                self._ready = None

    async def _child(self) -> Child:
        if self._ready is None or self._ready.is_dead:  # a system short of memory may have killed it meanwhile
            self._ready = await self._start()
        return self._ready
