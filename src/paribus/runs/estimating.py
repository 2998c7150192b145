"""How long a plan will take, said before it starts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from paribus.records.program import Fields
from paribus.runs.program_protocol import Cost, Program
from paribus.runs.store import Store
from paribus.runs.task import How, Task

# Loading what runs need, opening the data and preparing them, before the first step.
STARTING_SECONDS = 2.0

_ALIKE = 1.25  # costs that differ by less are no reason to leave the order of the seeds


def costs(tasks: Sequence[Task], program: Program) -> list[Cost]:
    """What each run takes, guessed by its fields alone; each set of fields is asked for once."""
    known: dict[tuple[Fields, How], Cost] = {}
    for task in tasks:
        if (task.fields, task.how) not in known:
            known[task.fields, task.how] = program.cost(task.fields, task.how)
    return [known[task.fields, task.how] for task in tasks]


class Paces:
    """How long an epoch of a program's runs takes, each pace asked for or measured once."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store, self._program = store, program
        self._known: dict[Fields, float | None] = {}

    def seconds_an_epoch(self, task: Task) -> float | None:
        """As finished runs of the same pace took, else by a short trial here and now; None where nothing tells."""
        pace = self._program.pace(task.fields)
        if pace not in self._known:
            same = [
                statistics.median(epoch.seconds for epoch in self._store.epochs(record.id))
                for record in self._store.runs()
                if record.code_identity == task.code_identity
                and record.epochs_done
                and self._program.pace(record.fields) == pace
            ]
            if not same and task.program.length is None:  # a run is its one unit
                ended = [record for record in self._store.runs() if record.status == "finished"]
                same = [record.seconds for record in ended if record.code_identity == task.code_identity]
            self._known[pace] = statistics.median(same) if same else self._program.trial(task.fields, task.how)
        return self._known[pace]


def estimate(todo: Sequence[Task], store: Store, workers: int, paces: Paces) -> float | None:
    """Seconds until all of `todo` is done, on so many processes; None where nothing tells how long a run takes."""
    if not todo:
        return 0.0
    left = []
    for task in todo:
        seconds = paces.seconds_an_epoch(task)
        if seconds is None:
            return None
        left.append(seconds * epochs_left(task, store))
    return max(max(left), sum(left) / workers) + STARTING_SECONDS


def epochs_left(task: Task, store: Store) -> int:
    """What a run still lacks to its end, where it was begun, or begins with a shorter one."""
    done = () if task.replaces else store.epochs(task.run_id)
    return max(0, task.length - len(done or (store.epochs(task.beginning) if task.beginning else ())))


def longest_first(todo: Sequence[Task], store: Store, program: Program) -> tuple[Task, ...]:
    """The runs that take longest first, so that no core is idle while another ends one; like ones as they were."""
    left = [max(1, epochs_left(task, store)) * cost.work for task, cost in zip(todo, costs(todo, program), strict=True)]
    order = sorted(range(len(todo)), key=lambda place: -round(math.log(left[place], _ALIKE)))
    return tuple(todo[place] for place in order)
