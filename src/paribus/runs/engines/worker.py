"""What an executor's worker is handed. Who hands it on loads no code of the program."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.records.run import Status
from paribus.runs.engines.wanted_lock import Watch
from paribus.runs.registry import program_of_task
from paribus.runs.stopping import stops_when
from paribus.runs.task import Task


def perform_together(tasks: Sequence[Task]) -> tuple[Status, ...]:
    """Make the runs of one bundle, as their program does."""
    return program_of_task(tasks[0]).perform(tasks)


def perform_for(session: str, tasks: Sequence[Task]) -> tuple[Status, ...]:
    """The same in a worker that shares the store's folder, for as long as the command wants the runs."""
    with stops_when(Watch(session).over):
        return perform_together(tasks)
