"""The first run of other people's code goes by itself, so that what is wrong is told before hours are spent on it.

It is made twice, unless that is not wanted: does the same seed give the same figures?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from paribus.core.errors import ParibusError
from paribus.core.exit_codes import FAILED
from paribus.core.messages import Message
from paribus.records.events import Event
from paribus.records.run import Failure, RunRecord
from paribus.runs.engines.engine import Engine
from paribus.runs.execute import execute
from paribus.runs.failing import last_words
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.task import Task

AGAIN = "-again"  # how the name of a run that is made again ends: no comparison counts it, and prune may free it


class FirstRunFailed(ParibusError):
    """The first run failed by its own doing: nothing is wrong with the command."""

    exit_code = FAILED


@dataclass(frozen=True)
class FirstRun:
    """left: the runs of the plan that are still to be made, or told of. first, again: the run, and the same again."""

    left: tuple[Task, ...]
    arm: str = ""
    first: RunRecord | None = None
    again: RunRecord | None = None


def make_first(
    program: Program,
    tasks: Sequence[Task],
    store: Store,
    on_event: Callable[[Event], None],
    executor: Executor | Engine | None = None,
    *,
    arms: Sequence[str] = (),
    twice: bool | None = None,
) -> FirstRun:
    """Make the first run, unless one that came to figures is there; then the same again, if the program asks for it.

    One that failed before is made anew: as long as nothing went well, somebody is still finding out how to.
    arms: their order; without it the first of the tasks with the first seed is made. twice: True: also where it was
    there; False: only where it is made now; None: not at all.
    Raises FirstRunFailed where it fails; ParibusError where it lacks a figure that the command asks for.
    """
    if not program.first_alone:
        return FirstRun(tuple(tasks))
    in_order = sorted(tasks, key=lambda task: (task.seed, arms.index(task.arm) if arms else 0))
    task, record = _gone_well(in_order, store) or (in_order[0], None)
    left, new = tuple(tasks), record is None
    if record is None:
        task = replace(task, replaces=store.stamp(task.run_id) if store.ended(task.run_id) else "")
        execute([task], store, 1, on_event, executor)
        record, left = store.ended(task.run_id), tuple(other for other in tasks if other.run_id != task.run_id)
        if record is not None and record.failure is not None:
            raise _failed(task, record.failure, store)
    again = None
    if program.repeat_check and twice is not None and (twice or new or store.has_run(task.run_id + AGAIN)):
        again = _made_again(task, record, store, executor)
    return FirstRun(left, task.arm, record, again)


def _gone_well(tasks: Sequence[Task], store: Store) -> tuple[Task, RunRecord] | None:
    """The first run that is there and has not failed."""
    for task in tasks:
        record = store.ended(task.run_id, task.replaces)
        if record is not None and record.failure is None:
            return task, record
    return None


def _made_again(
    task: Task, first: RunRecord | None, store: Store, executor: Executor | Engine | None
) -> RunRecord | None:
    """The same run under another name; one that is there and began before the first run was of an earlier one."""
    name = task.run_id + AGAIN
    there = store.ended(name)
    earlier = there is not None and first is not None and there.started < first.started
    replaced = store.stamp(name) if earlier else ""
    execute([replace(task, run_id=name, replaces=replaced)], store, 1, lambda event: None, executor)
    return store.ended(name)


def _failed(task: Task, failure: Failure, store: Store) -> ParibusError:
    which = (
        Message("{arm}, seed {seed}", arm=task.arm, seed=task.seed) if task.arm else Message("seed {n}", n=task.seed)
    )
    said = Message(
        "the first run ({which}) failed, and nothing more was started: {why}{last_words}",
        which=which,
        why=failure.message,
        last_words=last_words(store.open_run(task.run_id), before="\n"),
    )
    return ParibusError(said) if failure.cause == "figure" else FirstRunFailed(said)
