"""One run of a function, on the side of the worker: what its process gives is kept as it goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from paribus.programs import metrics as metric_rules
from paribus.programs.function.run_process import made_in_process
from paribus.programs.function.worker_messages import Inside, Row, Told, Work
from paribus.programs.kept_output import MOST_BYTES, Kept, last_of
from paribus.programs.mends import PREFIX, parted
from paribus.programs.metrics import MOST_EPOCHS
from paribus.records.program import Epoch, Fields, ProgramInfo
from paribus.runs.failing import RunFailed
from paribus.runs.program_protocol import Outcome
from paribus.runs.time_limit import TIME_LIMIT

if TYPE_CHECKING:
    from paribus.runs.store import RunWriter

FILES, OUTPUT = "files", "output.txt"  # in a run's folder: what the function puts there, and what it prints


def made(
    info: ProgramInfo,
    payload: bytes,
    imports: frozenset[str],
    fields: Fields,
    seed: int,
    folder: RunWriter,
    *,
    watched: bool,
) -> Outcome:
    """Call the function in a process of its own. Raises RunFailed."""
    own, mends = parted(fields)
    if mends or watched:  # what is done from outside holds from the beginning
        folder.truncate_epochs(0)
        folder.truncate_trace(0)
    state = None if mends or watched else folder.read_state()
    rows = [epoch.figures for epoch in folder.epochs()]
    count = len(rows)
    work = Work(
        at=info.name,
        payload=payload,
        fields=own,
        seed=seed,
        metrics=tuple(metric.name for metric in info.metrics),
        folder=folder.path / FILES,
        saved=None if state is None else (state[0], state[1]["tree"]),
        imports=imports,
        mends={name.removeprefix(PREFIX): value for name, value in mends.items()},
        watched=watched,
    )

    def on_told(message: Told) -> None:
        nonlocal count
        if isinstance(message, Row):
            rows.append(message.figures)
            if len(rows) > MOST_EPOCHS:
                rows[:] = [metric_rules.figures_at(rows, info)]
            if count < MOST_EPOCHS:
                count += 1
                folder.append_epoch(Epoch(epoch=count, figures=message.figures, seconds=message.seconds), durable=False)
        elif isinstance(message, Inside):
            folder.note_mended({PREFIX + name: hits for name, hits in message.hits.items()})
            for seen in message.trace:
                folder.append_trace(seen)
        else:
            folder.sync_epochs()
            folder.write_state(message.arrays, {"epochs": str(count), "tree": message.text})

    try:
        with Kept(folder.path / OUTPUT, MOST_BYTES) as output:
            end = made_in_process(work, output, on_told, info.source.get(TIME_LIMIT))
    except RunFailed as why:
        raise RunFailed(why.said, why.tail or last_of(folder.path / OUTPUT), why.cause) from None
    finally:
        folder.sync_epochs()
    figures = metric_rules.figures_at(rows, info) | end
    if fault := metric_rules.figures_fault(figures, info):
        raise RunFailed(fault, last_of(folder.path / OUTPUT), "figure")
    needed = (info.steers, info.judged)
    return Outcome({name: x for name, x in figures.items() if math.isfinite(x) or name in needed})
