"""The queue of jobs, as a state machine without clock, process or network: what may follow what, and what is kept.

One thread uses it, so each command is one step; what it changed is on disk before anybody hears of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.web.comparison_request import Order
from paribus.web.job_states import (
    COMMANDS,
    ENDED,
    INTERRUPTED,
    LIVE,
    Command,
    Job,
    Kept,
    Kind,
    PlannedRun,
    Progress,
    moved,
    now,
)
from paribus.web.problems import Missing, Problem, Refusal

MOST_ACTIVE = 100  # jobs that are not at their end
MOST_ENDED = 100  # that are remembered; what they made stays in the store


class Refused(Refusal):
    """A command that does not fit the queue as it is."""

    status = 409


class Queue:
    """The jobs in their order. `keep` writes them, `tell` hears of each change.

    Where `keep` raises StoreError, a command has changed nothing, and raises it too. What has happened to a process
    has happened all the same: that changes the queue, and `complain` hears of the error.
    """

    def __init__(
        self,
        kept: Kept | None,
        keep: Callable[[Kept], None],
        tell: Callable[[Job], None] = lambda job: None,
        complain: Callable[[StoreError], None] = lambda error: None,
    ) -> None:
        self._kept = kept or Kept()
        self.jobs: tuple[Job, ...] = tuple(
            moved(job, INTERRUPTED[job.state]) if job.state in INTERRUPTED else job for job in self._kept.jobs
        )
        self._keep = keep
        self._tell = tell
        self._complain = complain

    def find(self, job_id: str) -> Job:
        """The job of that id. Raises Missing."""
        for job in self.jobs:
            if job.id == job_id:
                return job
        raise Missing("there is no job {name!q}", name=job_id)

    def place(self, job: Job) -> int | None:
        """Its place among those that wait, from 1; None for others."""
        waiting = [other.id for other in self.jobs if other.state == "waiting"]
        return waiting.index(job.id) + 1 if job.id in waiting else None

    def add(
        self,
        kind: Kind,
        comparison: str,
        title: dict[str, str],
        order: Order | None = None,
        budget: float | None = None,
    ) -> tuple[Job, bool]:
        """The job that does this, and whether it is new: one that is there, and not at its end, goes on instead.

        Raises Refused where the queue is full.
        """
        if (twin := self._active(kind, comparison, order)) is not None:
            return self.command(twin.id, "resume"), False
        if sum(job.state not in ENDED for job in self.jobs) >= MOST_ACTIVE:
            raise Refused(
                "the queue holds at most {most} jobs that are not at their end; stop one of them", most=MOST_ACTIVE
            )
        name = f"job-{secrets.token_hex(5)}"
        asked = {"kind": kind, "comparison": comparison, "title": title, "order": order, "budget": budget}
        new = Job.model_validate({"id": name, "created": now(), **asked})
        self._commit((*self.jobs, new), new)
        return new, True

    def command(self, job_id: str, command: Command) -> Job:
        """Pause, resume or stop a job, and return it. Raises Missing or Refused."""
        job = self.find(job_id)
        after = COMMANDS[command].get(job.state)
        if after is None:
            raise Refused(
                "{command} is for a job that is {allowed}; this one is {state}",
                command=command,
                allowed=[Message(state) for state in COMMANDS[command]],
                state=Message(job.state),
            )
        if job.state in ENDED and after == "waiting" and self._active(job.kind, job.comparison, job.order):
            raise Refused("the same job is in the queue already")
        return job if after == job.state else self._replace(moved(job, after))

    def _active(self, kind: Kind, comparison: str, order: Order | None) -> Job | None:
        """The job that does this, and is not at its end."""
        return next(
            (
                job
                for job in self.jobs
                if (job.kind, job.comparison, job.order) == (kind, comparison, order) and job.state not in ENDED
            ),
            None,
        )

    def move(self, job_id: str, before: str | None) -> None:
        """Put a job in front of another, or at the end. Raises Missing."""
        job = self.find(job_id)
        if before == job_id:
            return
        others = [other for other in self.jobs if other.id != job_id]
        place = len(others) if before is None else others.index(self.find(before))
        jobs = (*others[:place], job, *others[place:])
        if jobs != self.jobs:
            self._commit(jobs, job)

    def next(self) -> Job | None:
        """The job to begin now: the first that waits, unless another is under way."""
        if any(job.state in LIVE for job in self.jobs):
            return None
        return next((job for job in self.jobs if job.state == "waiting"), None)

    def begin(self, job: Job) -> Job:
        """A process takes it on."""
        fresh = {"started": job.started or now(), "ended": None, "problems": ()}
        return self._happened(moved(self.find(job.id), "running", **fresh))

    def planned(self, job_id: str, runs: Sequence[PlannedRun]) -> Job:
        """What it needs has been counted."""
        counts = Progress(runs=len(runs), epochs=sum(run.epochs for run in runs))
        job = self.find(job_id).model_copy(update={"runs": tuple(runs), "progress": counts})
        return self._happened(job)

    def progressed(self, job_id: str, progress: Progress) -> Job:
        """It came further. Written only with the next change of state: the runs themselves are in the store."""
        job = self.find(job_id).model_copy(update={"progress": progress})
        self.jobs = self._with(job)
        self._tell(job)
        return job

    def done(self, job_id: str) -> Job:
        """Its work is done, whatever was asked of it meanwhile."""
        return self._happened(moved(self.find(job_id), "finished", ended=now(), runs=()))

    def noted(self, job_id: str, problems: Sequence[Problem]) -> Job:
        """Its work is done, but something beside it failed: what is wrong is told, and it stays finished."""
        job = self.find(job_id)
        return self._happened(moved(job, job.state, problems=tuple(problems)))

    def gone(self, job_id: str, problems: Sequence[Problem]) -> Job:
        """Its process ended without having done it: as was asked, or else it has failed, for `problems`."""
        job = self.find(job_id)
        if job.state == "running":
            return self._happened(moved(job, "failed", ended=now(), problems=tuple(problems)))
        return self._happened(moved(job, INTERRUPTED[job.state]))

    def interrupted(self, job_id: str) -> Job:
        """The server is about to end: the job goes on with the next one."""
        job = self.find(job_id)
        return self._happened(moved(job, INTERRUPTED.get(job.state, job.state)))

    def _with(self, job: Job) -> tuple[Job, ...]:
        return tuple(job if other.id == job.id else other for other in self.jobs)

    def _replace(self, job: Job) -> Job:
        self._commit(self._with(job), job)
        return job

    def _happened(self, job: Job) -> Job:
        try:
            return self._replace(job)
        except StoreError as error:
            self._complain(error)
        self.jobs = self._with(job)
        self._tell(job)
        return job

    def _commit(self, jobs: tuple[Job, ...], changed: Job) -> None:
        ended = sorted((job for job in jobs if job.state in ENDED), key=lambda job: job.ended or "")
        forgotten = {job.id for job in ended[: max(0, len(ended) - MOST_ENDED)]} - {changed.id}
        jobs = tuple(job for job in jobs if job.id not in forgotten)
        self._keep(self._kept.model_copy(update={"jobs": jobs}))
        self.jobs = jobs
        self._tell(changed)
