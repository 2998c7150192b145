"""A job of the queue, its states, and what may follow what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Literal

from pydantic import Field

from paribus.core.frozen import Document, Frozen
from paribus.web.comparison_request import Order
from paribus.web.problems import Problem

QUEUE_SCHEMA = 2

State = Literal["waiting", "running", "pausing", "resuming", "stopping", "paused", "finished", "failed", "stopped"]
Kind = Literal["compare", "why"]
Command = Literal["pause", "resume", "stop"]

LIVE = ("running", "pausing", "resuming", "stopping")  # a process works on it, or is about to end
ENDED = ("finished", "failed", "stopped")

# What a command makes of a state. Asked again it changes nothing; what is missing here is refused.
COMMANDS: dict[Command, dict[State, State]] = {
    "pause": {
        "waiting": "paused",
        "running": "pausing",
        "resuming": "pausing",
        "pausing": "pausing",
        "paused": "paused",
    },
    "resume": {
        "paused": "waiting",
        "failed": "waiting",
        "stopped": "waiting",
        "pausing": "resuming",
        "stopping": "resuming",
        "resuming": "resuming",
        "waiting": "waiting",
        "running": "running",
    },
    "stop": {
        "waiting": "stopped",
        "paused": "stopped",
        "failed": "stopped",
        "running": "stopping",
        "pausing": "stopping",
        "resuming": "stopping",
        "stopping": "stopping",
        "stopped": "stopped",
    },
}
# What is left of a process that ended before its work was done; also of one whose server was killed.
INTERRUPTED: dict[State, State] = {
    "running": "waiting",
    "resuming": "waiting",
    "pausing": "paused",
    "stopping": "stopped",
}


def offered(state: State) -> list[Command]:
    """The commands that make something else of a job in this state. What has ended is not stopped."""
    after = {command: states.get(state, state) for command, states in COMMANDS.items()}
    return [command for command, then in after.items() if then not in (state, *(ENDED if state in ENDED else ()))]


class Progress(Frozen):
    """Counts; `runs` and `epochs` are those of the whole job, None while nobody knows."""

    runs: int | None = None
    ended: int = 0
    epochs: int | None = None
    done: int = 0


class PlannedRun(Frozen):
    """A run that the job needs."""

    run: str
    arm: str
    seed: int
    epochs: int


class Job(Frozen):
    """One comparison to be made, or one to be explained; `comparison` names it either way, `title` in each language.

    `revision` counts the job's states. `runs`: what it needs, from its beginning to its end.
    """

    id: str
    kind: Kind
    comparison: str
    title: dict[str, str]
    state: State = "waiting"
    revision: int = 1
    order: Order | None = None
    budget: float | None = None
    created: str
    started: str | None = None
    ended: str | None = None
    progress: Progress = Progress()
    runs: tuple[PlannedRun, ...] = ()
    problems: tuple[Problem, ...] = ()


class Kept(Document):
    """queue.json."""

    kind: ClassVar[str] = "queue"
    schema_number: int = QUEUE_SCHEMA
    jobs: tuple[Job, ...] = Field(default=())


def now() -> str:
    """The time as jobs have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def moved(job: Job, state: State, **fields: object) -> Job:
    """The job in another state, with whatever else changes."""
    if state == "stopped":
        fields = {"ended": now(), "runs": (), **fields}
    if state == "waiting":
        fields = {"ended": None, **fields}
    return job.model_copy(update={"state": state, "revision": job.revision + 1, **fields})
