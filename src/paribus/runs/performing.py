"""Runs of a program that makes one at a time: locks, record, state and commit point, around its own `run`."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.records.run import RunRecord, Status
from paribus.runs.environment import describe
from paribus.runs.stopping import check
from paribus.runs.store import RunWriter, Store
from paribus.runs.task import Task

if TYPE_CHECKING:
    from paribus.runs.program import Program


def perform_one(program: Program, task: Task) -> Status:
    """Make the run, or take up where an earlier process stopped, or return at once where it has ended."""
    check()
    store = Store(Path(task.store))
    with store.lock(task.run_id, while_waiting=check):
        ended = store.ended(task.run_id)
        if ended is not None:
            return ended.status
        if task.code_identity not in program.identities(task.fields, task.how):
            raise StoreError(
                "run {name}: this worker's {what} are not those of the plan; give the command again",
                name=task.run_id,
                what=Message("code, versions, kernel or device"),
            )
        folder = store.begin(new_record(task))
        saved = folder.read_state()
        folder.truncate_epochs(0 if saved is None else int(saved[1]["epochs"]))
        return _finish(program, folder, task)


def _finish(program: Program, folder: RunWriter, task: Task) -> Status:
    outcome = program.run(task.fields, task.seed, folder, task.how)
    needed = (task.program.steers, task.program.judged)
    finite = all(math.isfinite(outcome.figures.get(name, math.nan)) for name in needed)
    epochs = folder.epochs()
    status: Status = "finished" if finite else "diverged"
    figures = dict(outcome.figures)
    update = {
        "status": status,
        "epochs_done": len(epochs),
        "figures": figures,
        "trained": program.trained(figures) if finite else None if program.trained(figures) is None else False,
        "ended": now(),
        "seconds": sum(epoch.seconds for epoch in epochs),
        "note": outcome.note or ("" if finite else "a figure was not finite"),
    }
    folder.finish(folder.record().model_copy(update=update), outcome.items if finite else {})
    return status


def new_record(task: Task, threads: int = 1) -> RunRecord:
    """The record of a run that begins."""
    how = task.how
    return RunRecord(
        id=task.run_id,
        program=task.program,
        fields=task.fields,
        fields_digest=task.fields.digest(),
        seed=task.seed,
        status="running",
        started=now(),
        environment=describe(how.device, how.device_name, how.kernel, threads),
        data_digest=task.data_digest,
        code_identity=task.code_identity,
        probes=how.probes,
    )


def now() -> str:
    """This moment, as records have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
