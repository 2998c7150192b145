"""Does the queue's jobs, one at a time, and tells what happens."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from paribus.core.errors import reason_of
from paribus.core.exit_codes import DONE, INTERRUPTED
from paribus.core.messages import Message
from paribus.web.events import SEARCH, Events
from paribus.web.job_processes import Child
from paribus.web.job_states import LIVE, Command, Job, PlannedRun
from paribus.web.problems import Problem
from paribus.web.queue import Queue
from paribus.words.safe_text import one_line

_NO_REPORT = Message("the report could not be made; the server's terminal says why")


class Conductor:
    """The one task that starts processes for jobs. All else only changes the queue, and then calls `look`."""

    def __init__(self, queue: Queue, events: Events, take: Callable[[], Awaitable[Child]]) -> None:
        self._queue = queue
        self._events = events
        self._take = take
        self.searches: dict[str, dict[str, Any]] = {}  # by job: how far the search for its explanation is
        self._look = asyncio.Event()
        self._worker: Child | None = None
        self._ends = False

    def command(self, job_id: str, command: Command) -> Job:
        """Change a job's state, and see to it that its process hears of it."""
        job = self._queue.command(job_id, command)
        if self._worker is not None and job.state in ("pausing", "stopping"):
            self._worker.ask_to_end()
        self.look()
        return job

    def look(self) -> None:
        """The queue has changed."""
        self._look.set()

    async def conduct(self) -> None:
        """Until `close`: take the next job, and see it through."""
        while not self._ends:
            self._look.clear()
            job = self._queue.next()
            if job is None:
                await self._look.wait()
            else:
                await self._see_through(self._queue.begin(job))

    def close(self) -> None:
        """Begin no more, and stop what is under way as Ctrl-C does; the next server goes on with it."""
        self._ends = True
        if self._worker is not None:
            self._worker.ask_to_end()
        self._look.set()

    async def _see_through(self, job: Job) -> None:
        problems: list[Problem] = []
        code = 1
        try:
            self._worker = worker = await self._take()
            if self._ends or self._queue.find(job.id).state != "running":  # it was paused while the process started
                worker.ask_to_end()
            order = None if job.order is None else job.order.model_dump(mode="json")
            await worker.send({"do": job.kind, "order": order, "comparison": job.comparison, "budget": job.budget})
            watch = _Watch(job, self._queue, self._events, self.searches)
            while (line := await worker.line()) is not None:
                problems += watch.heard(line)
            code = await worker.ended()
        except OSError as error:
            rule = Message("the process that trains cannot be started: {reason}", reason=reason_of(error))
            problems = [Problem(rule=rule)]
        except Exception:  # whatever becomes of one job, the others shall have their turn
            traceback.print_exc()
            if self._worker is not None:
                self._worker.ask_to_end()
        finally:
            self._worker = None
            self.searches.pop(job.id, None)
        self._settle(job.id, code, problems)

    def _settle(self, job_id: str, code: int, problems: list[Problem]) -> None:
        job = next((job for job in self._queue.jobs if job.id == job_id), None)
        if job is None:  # done and forgotten
            return
        if job.state == "finished":  # all but the report, which is written after the answer is told
            if problems or code not in (DONE, INTERRUPTED):  # which the server's end has stopped
                self._queue.noted(job_id, problems or [Problem(rule=_NO_REPORT)])
            return
        if job.state not in LIVE:
            return
        if self._ends and not problems:
            self._queue.interrupted(job_id)
            return
        if not problems:
            rule = Message("the process that trains ended with code {code}; the server's terminal says why", code=code)
            problems = [Problem(rule=rule)]
            if job.state == "running":
                print(f"paribus: {one_line(job.comparison)}: {problems[0].rule}", file=sys.stderr)
        self._queue.gone(job_id, problems)


class _Watch:
    """What one job's process says, put into the queue and told on."""

    def __init__(self, job: Job, queue: Queue, events: Events, searches: dict[str, dict[str, Any]]) -> None:
        self._job = job.id
        self._searches = searches
        self._queue = queue
        self._events = events
        self._ended = 0
        self._epochs = 0

    def heard(self, line: dict[str, Any]) -> list[Problem]:
        """Take in one line; what is wrong, if it says that."""
        kind = line.pop("kind")
        if kind == "failed":
            return [Problem.model_validate(problem) for problem in line["problems"]]
        if kind == "planned":
            self._queue.planned(self._job, [PlannedRun.model_validate(run) for run in line["runs"]])
        elif kind in ("run", "epoch"):
            self._count(kind, line)
            self._events.tell(kind, {"job": self._job, **line})
        elif kind == "search":
            self._searches[self._job] = line
            self._events.tell(SEARCH, {"job": self._job, **line}, of=self._job)
        elif kind == "done":
            job = self._queue.done(self._job)
            name = "verdict" if job.kind == "compare" else "explained"
            self._events.tell(name, {"job": job.id, "comparison": job.comparison})
        return []

    def _count(self, kind: str, line: dict[str, Any]) -> None:
        self._epochs += kind == "epoch"
        self._ended += kind == "run" and line["state"] != "training"
        before = self._queue.find(self._job).progress
        self._queue.progressed(self._job, before.model_copy(update={"ended": self._ended, "done": self._epochs}))
