"""What an executor's worker is handed. Who hands it on loads no code of the program."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.experiment.registry import program_at
from paribus.experiment.task import Task
from paribus.values.records import Status


def perform_together(tasks: Sequence[Task]) -> tuple[Status, ...]:
    """Make the runs of one bundle, as their program does."""
    return program_at(tasks[0].entry, tasks[0].program).perform(tasks)
