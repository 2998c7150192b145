"""Runs of a program that makes one at a time: locks, record, state and commit point, around its own `run`."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError
from paribus.records.run import RunRecord, Status
from paribus.runs.environment import describe
from paribus.runs.failing import RunFailed, failed, no_figure
from paribus.runs.stopping import check
from paribus.runs.store import RunWriter, Store
from paribus.runs.task import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from paribus.runs.program_protocol import Outcome, Program


def perform_one(program: Program, task: Task) -> Status:
    """Make the run, or take up where an earlier process stopped, or return at once where it has ended."""
    check()
    store = Store(Path(task.store))
    with store.lock(task.run_id, while_waiting=check):
        ended = store.ended(task.run_id, task.replaces)
        if ended is not None:
            return ended.status
        program.check_code(task)
        folder = store.begin(new_record(task), task.replaces, task.brief)
        saved = folder.read_state()
        folder.truncate_epochs(0 if saved is None else int(saved[1]["epochs"]))
        begun = time.perf_counter()
        try:
            outcome = program.run(task.fields, task.seed, folder, task.how)
        except ParibusError:  # ours: a store that cannot be written to, say
            raise
        except (Exception, SystemExit) as error:
            return _fail(program, folder, failed(error), time.perf_counter() - begun)
        return _finish(program, folder, task, outcome, time.perf_counter() - begun)


def _fail(program: Program, folder: RunWriter, why: RunFailed, seconds: float) -> Status:
    """Commit a run that came to no figures; its epochs stay."""
    if why.tail:
        folder.write_error(why.tail)
    update = {"status": "failed", "note": str(why.said), "failure": why.failure}
    _commit(program, folder, update, seconds)
    return "failed"


def _finish(program: Program, folder: RunWriter, task: Task, outcome: Outcome, seconds: float) -> Status:
    needed = (task.program.steers, task.program.judged)
    if missing := [name for name in needed if name not in outcome.figures]:
        return _fail(program, folder, RunFailed(no_figure(missing[-1], outcome.figures), cause="figure"), seconds)
    finite = all(math.isfinite(outcome.figures[name]) for name in needed)
    status: Status = "finished" if finite else "diverged"
    note = outcome.note or ("" if finite else "a figure was not finite")
    update = {"status": status, "figures": dict(outcome.figures), "note": note}
    _commit(program, folder, update, seconds, outcome.items if finite else {})
    return status


def _commit(
    program: Program,
    folder: RunWriter,
    update: dict[str, Any],
    seconds: float,
    items: Mapping[str, NDArray[Any]] = MappingProxyType({}),
) -> None:
    epochs, trained = folder.epochs(), program.trained(update.get("figures", {}))
    update |= {
        "epochs_done": len(epochs),
        "trained": trained if update["status"] == "finished" or trained is None else False,
        "ended": now(),
        "seconds": sum(epoch.seconds for epoch in epochs) or seconds,
    }
    folder.finish(folder.record().model_copy(update=update), items)


def new_record(task: Task) -> RunRecord:
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
        environment=describe(how.device, how.device_name, how.kernel, how.threads),
        data_digest=task.data_digest,
        code_identity=task.code_identity,
        probes=how.probes,
    )


def now() -> str:
    """This moment, as records have it: texts in the order of time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
