"""A longer run that begins where a shorter one ended: the epochs that both share are trained once.

Under a constant learning rate nothing in an epoch depends on how many are to follow, so a run of 3 epochs has that of
1 for its beginning, bit for bit. The longer run is then a run of its own: it leaves what it would have left, had it
been trained from its first step, but for how long its first epochs took.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from paribus.experiment.identity import run_id
from paribus.experiment.stopping import check
from paribus.experiment.store import RunFolder, RunWriter, Store, early_steps, snapshot_epochs
from paribus.experiment.store.run_folder import final_checkpoint
from paribus.experiment.task import Task
from paribus.values.errors import StoreError
from paribus.values.records import RunRecord


def with_beginning(task: Task, store: Store) -> Task:
    """The task, told of the longest finished run that is its beginning; as it was, where there is none."""
    if task.recipe.schedule != "constant" or store.has_run(task.run_id):
        return task
    for epochs in range(task.recipe.epochs - 1, 0, -1):
        shorter = task.recipe.model_copy(update={"epochs": epochs})
        name = run_id(shorter, task.seed, task.code_identity, task.data_digest)
        record = None
        with contextlib.suppress(StoreError):  # a damaged run is no beginning
            record = store.ended(name)
        if record is not None and record.status == "finished" and record.probes == task.probes:
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
        record = _begun(task, shorter)
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


def _begun(task: Task, shorter: RunRecord) -> RunRecord:
    return RunRecord(
        id=task.run_id,
        recipe=task.recipe,
        recipe_digest=task.recipe.digest(),
        seed=task.seed,
        status="running",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        environment=shorter.environment,
        data_digest=task.data_digest,
        code_identity=task.code_identity,
        probes=task.probes,
    )


def _copy(source: RunFolder, folder: RunWriter, task: Task, steps: int) -> None:
    """Everything of the shorter run that the longer one leaves too. `steps`: in an epoch."""
    from paribus.engine.probes import sampling

    early = early_steps(steps)
    looks = sampling(task.probes, steps, task.recipe.epochs, early).steps  # not the shorter run's very last step
    for seen in source.trace():
        if seen.step in looks:
            folder.append_trace(seen)
    kept = {f"step-{step:06d}" for step in early} | {final_checkpoint(e) for e in snapshot_epochs(task.recipe.epochs)}
    for checkpoint in source.checkpoints():
        if checkpoint.name in kept:
            folder.write_checkpoint(checkpoint.name, *source.read_checkpoint(checkpoint.name))
    for metrics in source.metrics():
        folder.append_metrics(metrics)
