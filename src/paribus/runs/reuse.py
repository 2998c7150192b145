"""Which runs of a plan are there already, and which are made: runs that have ended are used again where they stand.

That a run was made with the same fields, seed, data and code is in its name (`run_identity`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from paribus.records.program import Metric, ProgramInfo
from paribus.records.run import RunRecord
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.task import Task
from paribus.runs.time_limit import TIME_LIMIT


def there_and_to_do(tasks: Iterable[Task], program: Program, store: Store) -> tuple[list[Task], list[Task]]:
    """The runs that the store has already, and those to be made, or made again in place of one that has ended."""
    there, todo = [], []
    for task in tasks:
        record = store.ended(task.run_id)
        if record is None:
            todo.append(task)
        elif record.started < program.anew_since or not stands(record, program.info):
            todo.append(replace(task, replaces=store.stamp(task.run_id)))
        else:
            there.append(task)
    return there, todo


def stands(record: RunRecord, program: ProgramInfo) -> bool:
    """Whether an ended run is not made again by the command that asks for it.

    Figures stand, and so do failures of the program's own. One that the machine brought about does not: the same
    command tries again. One that ran out of time is tried again where it may now take longer. One that was made to be
    judged by another metric stands where it came to its end with the figures that are asked for now.
    """
    if {(one.name, one.unit) for one in _asked(program)} != {(one.name, one.unit) for one in _asked(record.program)}:
        return record.status == "finished" and all(_is_there(one, record) for one in _asked(program))
    if record.failure is None or record.failure.cause in ("error", "figure"):
        return True
    if record.failure.cause == "killed":
        return False
    now, then = (info.source.get(TIME_LIMIT) for info in (program, record.program))
    return now is not None and then is not None and now <= then


def _asked(program: ProgramInfo) -> tuple[Metric, Metric]:
    return program.judging, program.steering


def _is_there(metric: Metric, record: RunRecord) -> bool:
    value = record.figures.get(metric.name)
    return value is not None and (metric.unit != "share" or 0 <= value <= 1)
