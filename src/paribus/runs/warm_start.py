"""A longer run that begins where a shorter one ended: the epochs that both share are trained once.

Under a constant learning rate nothing in an epoch depends on how many are to follow, so a run of 3 epochs has that of
1 for its beginning, bit for bit. The longer run is then a run of its own: it leaves what it would have left, had it
been trained from its first step, but for how long its first epochs took.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from paribus.core.errors import StoreError
from paribus.runs.registry import program_of_task
from paribus.runs.run_identity import naming
from paribus.runs.single_run import new_record
from paribus.runs.stopping import check
from paribus.runs.store import RunFolder, RunWriter, Store, early_steps, snapshot_epochs
from paribus.runs.store.run_folder import final_checkpoint
from paribus.runs.task import Task


def with_beginning(task: Task, store: Store) -> Task:
    """The task, told of the longest finished run that is its beginning; as it was, where there is none."""
    if store.has_run(task.run_id):
        return task
    program = program_of_task(task)
    for shorter in program.shorter(task.fields):
        name, _ = naming(program, shorter, task.how).known(task.seed, store.has_run)
        record = None
        with contextlib.suppress(StoreError):  # a damaged run is no beginning
            record = store.ended(name)
        if record is not None and record.status == "finished" and record.probes == task.how.probes:
            return replace(task, beginning=name)
    return task


def begin(task: Task) -> None:
    """Make the task's run one that was stopped after the epochs of its `beginning`; a worker goes on from there."""
    store = Store(Path(task.store))
    with store.lock(task.run_id, while_waiting=check):
        if store.has_run(task.run_id) or not store.has_run(task.beginning):  # begun by another, or pruned
            return
        try:
            source = store.open_run(task.beginning)
            shorter = source.record()
        except StoreError:  # damaged: the run is trained from its first step
            return
        record = new_record(task).model_copy(update={"environment": shorter.environment})
        if damaged := source.damaged():
            store.begin(record.model_copy(update={"damaged": f"{task.beginning}/{damaged}"}))
            return
        state = source.read_state()
        if state is None or int(state[1]["epochs"]) != shorter.epochs_done:  # pruned
            return
        folder = store.begin(record)
        steps = source.read_checkpoint(final_checkpoint(shorter.epochs_done))[1]["step"]
        _copy(source, folder, task, int(steps) // shorter.epochs_done)
        folder.write_state(*state)  # last: what it names is there


def _copy(source: RunFolder, folder: RunWriter, task: Task, steps: int) -> None:
    """Everything of the shorter run that the longer one leaves too. `steps`: in an epoch."""
    from paribus.probes import sampling

    early = early_steps(steps)
    looks = sampling(task.how.probes, steps, task.length, early).steps  # not the shorter run's very last step
    for seen in source.trace():
        if seen.step in looks:
            folder.append_trace(seen)
    kept = {f"step-{step:06d}" for step in early} | {final_checkpoint(e) for e in snapshot_epochs(task.length)}
    for checkpoint in source.checkpoints():
        if checkpoint.name in kept:
            folder.write_checkpoint(checkpoint.name, *source.read_checkpoint(checkpoint.name))
    for epoch in source.epochs():
        folder.append_epoch(epoch)
