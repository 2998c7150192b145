"""What an executor's worker is handed. Apart from `worker`, so that who hands it on loads no torch."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.experiment.task import Task
from paribus.values.records import Status


def perform_together(tasks: Sequence[Task]) -> tuple[Status, ...]:
    """`worker.perform_together`, with runs going on from their beginnings."""
    from paribus.experiment import growing, worker

    for task in tasks:
        if task.beginning:
            growing.begin(task)
    return worker.perform_together(tasks)
