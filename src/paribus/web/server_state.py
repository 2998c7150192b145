"""What the server holds while it runs: the store, the queue, the events, and the processes that do the work."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request

from paribus.core.errors import StoreError
from paribus.web.events import JOB, Events
from paribus.web.job_processes import Planner
from paribus.web.job_runner import Conductor
from paribus.web.job_states import LIVE, Job, Kept
from paribus.web.page_json import job_json
from paribus.web.queue import Queue
from paribus.web.read_store import read_note, write_note

QUEUE = "queue.json"


class Lab:
    """One store, served. `own_models`: whether the page may ask for models that are code."""

    def __init__(
        self, store: Path, workers: int | None = None, own_models: bool = False, lang: str | None = None
    ) -> None:
        self.store = store
        self.own_models = own_models
        self.lang = lang
        self.queue = Queue(
            read_note(store, QUEUE, Kept),
            keep=lambda kept: write_note(store, QUEUE, kept),
            tell=self._changed,
            complain=_complain,
        )
        self.events = Events(self.state)
        self.planner = Planner(store, workers, own_models)
        self.conductor = Conductor(self.queue, self.events, self.planner.take)
        self.summaries: dict[
            str, tuple[tuple[int, int], dict[str, Any]]
        ] = {}  # of comparisons, with their file's stamp
        self._background: set[asyncio.Task[None]] = set()

    def state(self) -> dict[str, Any]:
        """All jobs."""
        return {"jobs": [job_json(job, self.queue) for job in self.queue.jobs]}

    def _changed(self, job: Job) -> None:
        self.events.tell(JOB, job_json(job, self.queue), of=job.id)

    def get_ready(self) -> None:
        """Let a process load torch, for somebody has opened the page; not while another one trains."""
        if any(job.state in LIVE for job in self.queue.jobs):
            return
        task = asyncio.create_task(self.planner.get_ready())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def give_up(self) -> None:
        """Let go of every request that waits, since the server is about to end."""
        self.events.close()
        self.planner.give_up()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the server runs, the queue's jobs are done."""
        conducting = asyncio.create_task(self.conductor.conduct())
        try:
            yield
        finally:
            self.events.close()
            self.conductor.close()
            await conducting
            await self.planner.close()


def lab_of(request: Request) -> Lab:
    """The lab that a request is for."""
    lab = request.app.state.lab
    assert isinstance(lab, Lab)
    return lab


def _complain(error: StoreError) -> None:
    print(f"paribus: {error}", file=sys.stderr)
