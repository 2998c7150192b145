"""Runs, from data to record, in whatever process it is called: what an executor's workers do."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from paribus.core.errors import ParibusError, StoreError
from paribus.core.messages import Message
from paribus.probes import Probe, sampling
from paribus.programs.recipe.code_identity import device_identity, former_identities, identity_for
from paribus.programs.recipe.data import DataSet, PreparedData, prepare
from paribus.programs.recipe.data.transferred_data import open_planned
from paribus.programs.recipe.kernels import PLAIN, STACKED, usable
from paribus.programs.recipe.metric_choice import own_metrics
from paribus.programs.recipe.models import build_model
from paribus.programs.recipe.own_code import is_own, own_code
from paribus.programs.recipe.recipe import recipe_of
from paribus.programs.recipe.resuming import finite_so_far, resume
from paribus.programs.recipe.training.batch_order import steps_in_epoch
from paribus.programs.recipe.training.evaluate import Answers, NumberAnswers, constant_figures, evaluate
from paribus.programs.recipe.training.fit import Callbacks, Single, TrainingRun, fit_all
from paribus.programs.recipe.training.losses_and_metrics import yardstick_of
from paribus.programs.recipe.training.optimizers import make_optimizer
from paribus.programs.recipe.training.stack_memory import runs_with_room
from paribus.programs.recipe.training.stacked import Stack
from paribus.programs.recipe.training.state_arrays import pack, weights_of
from paribus.programs.recipe.training.user_code import loss_of
from paribus.records.program import Epoch
from paribus.records.run import RunRecord, Status
from paribus.runs.device_choice import device_name
from paribus.runs.registry import program_of
from paribus.runs.single_run import new_record, now
from paribus.runs.stopping import check
from paribus.runs.store import RunWriter, Store, early_steps, snapshot_epochs
from paribus.runs.task import Task
from paribus.runs.training_process import random_state_kept, release_memory, room_for_files, settle_process
from paribus.runs.weights import weights_digest
from paribus.words.safe_text import error_line, place_of

PROBE_BATCH = 128  # validation images that the probes look at: one look then costs some four training steps of LeNet


@dataclass
class _Started:
    """A run that has begun: what trains, where it is kept, after how many epochs, and whether its loss is finite.

    spreads: of the answers to the validation set after the last epoch that was trained here; empty before it.
    """

    training_run: TrainingRun
    folder: RunWriter
    epochs_done: int
    finite: bool
    spreads: list[float]

    @property
    def goes_on(self) -> bool:
        """Whether there is anything left to train."""
        return self.finite and self.epochs_done < self.training_run.recipe.epochs

    @property
    def place(self) -> tuple[int, int]:
        """Equal for runs whose next steps can be made at once: epochs behind it, and size of the training set."""
        return self.epochs_done, len(self.training_run.data.train_y)


def perform(task: Task) -> Status:
    """Train, or take up where an earlier process stopped, or return at once where the run is finished."""
    return perform_together((task,))[0]


def perform_together(tasks: Sequence[Task]) -> tuple[Status, ...]:
    """As `perform`, for tasks of one store; those whose kernel is `stacked` are trained at once where they can be."""
    check()
    settle_process()
    store = Store(Path(tasks[0].store))
    with ExitStack() as locks:
        room_for_files(len(tasks))
        for run_id in sorted(task.run_id for task in tasks):  # one order: two processes never wait for each other
            locks.enter_context(store.lock(run_id, while_waiting=check))
        records = [record for task in tasks if (record := store.ended(task.run_id, task.replaces)) is not None]
        statuses = {record.id: record.status for record in records}
        todo = [task for task in tasks if task.run_id not in statuses]
        with random_state_kept(
            torch.device(tasks[0].how.device)
        ):  # a user's own model may draw from torch's global state
            statuses |= _train(store, todo)
    return tuple(statuses[task.run_id] for task in tasks)


@functools.lru_cache(maxsize=1)
def _dataset(name: str, digest: str) -> DataSet:
    return open_planned(name, digest)


def _train(store: Store, tasks: Sequence[Task]) -> dict[str, Status]:
    """By run: how it ended. As many at once as there is memory for."""
    stacked = tasks[0].how.kernel == STACKED if tasks else False
    statuses: dict[str, Status] = {}
    while left := [task for task in tasks if task.run_id not in statuses]:
        statuses |= _train_at_once(store, left[: _room(left[0])] if stacked else left, stacked)
    return statuses


def _room(task: Task) -> int:
    """How many runs like this one there is memory for."""
    recipe = recipe_of(task.fields)
    dataset = _dataset(recipe.dataset, task.data_digest)
    return runs_with_room(recipe, dataset.image_shape, dataset.outputs, torch.device(task.how.device))


def _train_at_once(store: Store, tasks: Sequence[Task], stacked: bool) -> dict[str, Status]:
    runs = [_start(store, task) for task in tasks]
    statuses: dict[str, Status] = {}
    while runs:
        if going := [run for run in runs if run.goes_on]:
            _go_on(going, stacked)
        for run in [run for run in runs if not run.goes_on]:
            runs.remove(run)
            statuses[run.folder.record().id] = _finish(run)
    return statuses


def _go_on(runs: Sequence[_Started], stacked: bool) -> None:
    """Train the first run until it ends, or, stacked, all that have come as far until any of them ends."""
    group = [run for run in runs if run.place == runs[0].place] if stacked else runs[:1]
    training_runs = Stack([run.training_run for run in group]) if stacked else Single(group[0].training_run)
    for run, training_run in zip(group, training_runs.runs, strict=True):
        run.training_run = training_run  # whose data lie in the stack, and no longer beside it
    with _own_code_named(group[0]):
        finite = fit_all(training_runs, group[0].epochs_done)
    for run, run.finite in zip(group, finite, strict=True):
        run.epochs_done = len(run.folder.epochs())


@contextmanager
def _own_code_named(run: _Started) -> Iterator[None]:
    """What the user's own code raises is told in a sentence: where it is, and that it was not our own."""
    try:
        yield
    except ParibusError:
        raise
    except (Exception, SystemExit) as error:
        recipe = run.training_run.recipe
        if not (names := own_code(recipe.as_fields())):
            raise
        raise ParibusError(
            "run {name}: code of your own ({what}) fails in training: {fault} ({place})",
            name=run.folder.record().id,
            what=", ".join(names),
            fault=error_line(error),
            place=place_of(error),
        ) from error


def _start(store: Store, task: Task) -> _Started:
    recipe, device = recipe_of(task.fields), torch.device(task.how.device)
    dataset = _dataset(recipe.dataset, task.data_digest)
    _check_promises(task, dataset, device)
    data = prepare(dataset, recipe, task.seed, device, stacked=task.how.kernel == STACKED)
    release_memory()
    channels, height, width = dataset.image_shape
    kernel = usable(task.how.kernel)
    model = build_model(recipe, task.seed, channels, (height, width), dataset.outputs, kernel, dataset.is_table)
    model = model.to(device)
    optimizer = make_optimizer(model, recipe)

    folder = store.begin(_new_record(task, device), task.replaces)
    steps = steps_in_epoch(len(data.train_y), recipe.batch_size, recipe.drop_last)
    epochs_done = resume(folder, model, optimizer, steps)

    spreads: list[float] = []
    callbacks = replace(_callbacks(folder, task, model, optimizer, data, steps), after_validation=_latest(spreads))
    finite = finite_so_far(folder)  # a run may have been stopped between its divergence and its record
    measured = yardstick_of(own_metrics(task.program), recipe, dataset.numbers)
    run = TrainingRun(model, optimizer, data, recipe, task.seed, callbacks, measured)
    return _Started(run, folder, epochs_done, finite, spreads)


def _latest(kept: list[float]) -> Callable[[Answers | NumberAnswers], None]:
    def keep(answers: Answers | NumberAnswers) -> None:
        kept[:] = [answers.spread]

    return keep


def _check_promises(task: Task, dataset: DataSet, device: torch.device) -> None:
    """Refuse to train on other data or code than the plan said: the arms would differ in more than the factor.

    That happens where a file changed since, or where a worker on another machine is not like this one.
    """
    place = device_identity(device.type, device_name(device))
    kernel = task.how.kernel
    recipe = recipe_of(task.fields)
    metrics = tuple(own_metrics(task.program).values())
    known = (identity_for(recipe, place, kernel, metrics), *former_identities(recipe, place, kernel, metrics))
    same_code = task.code_identity in known
    if dataset.digest == task.data_digest and same_code and kernel in (PLAIN, STACKED, usable(kernel)):
        return
    what = "data" if dataset.digest != task.data_digest else "code, versions, kernel or device"
    raise StoreError(
        "run {name}: this worker's {what} are not those of the plan; give the command again",
        name=task.run_id,
        what=Message(what),
    )


def _callbacks(
    folder: RunWriter,
    task: Task,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    data: PreparedData,
    steps: int,
) -> Callbacks:
    """Everything that a run leaves while it goes on. The state comes last: what it names is complete."""
    recipe, early = recipe_of(task.fields), early_steps(steps)
    kept = frozenset(snapshot_epochs(recipe.epochs))
    looks = sampling(task.how.probes, steps, recipe.epochs, early)

    def batch() -> tuple[torch.Tensor, torch.Tensor]:
        return data.val_x[:PROBE_BATCH], data.val_y[:PROBE_BATCH]

    probe = Probe(model, optimizer, looks, folder.append_trace, batch, loss_of(recipe, data.classes == 0))

    def after_step(step: int) -> None:
        probe.after_step(step)
        check()
        if step + 1 in early:
            folder.write_checkpoint(f"step-{step + 1:06d}", weights_of(model), {"step": str(step + 1)})

    def after_epoch(epoch: Epoch) -> None:
        folder.append_epoch(epoch)
        if epoch.epoch in kept:
            meta = {"epoch": str(epoch.epoch), "step": str(epoch.epoch * steps)}
            folder.write_checkpoint(f"epoch-{epoch.epoch:04d}", weights_of(model), meta)
        folder.write_state(pack(model, optimizer, is_own(recipe.optimizer)), {"epochs": str(epoch.epoch)})

    return Callbacks(probe.after_backward, after_step, after_epoch, looks=lambda step: step in looks.steps)


def _finish(run: _Started) -> Status:
    """Read the test set, once, and commit. A diverged run has no answers worth keeping."""
    folder, model, data = run.folder, run.training_run.model, run.training_run.data
    history = folder.epochs()
    last = history[-1].figures
    figures = {name: value for name, value in last.items() if name.startswith("val_")}
    figures |= {} if data.prior_entropy is None else {"prior_entropy": data.prior_entropy}
    measured = run.training_run.yardstick
    with _own_code_named(run):
        test = evaluate(model, data.test_x, data.test_y, measured) if run.finite else None
    status: Status = "diverged" if test is None or not math.isfinite(test.loss) else "finished"
    items, note = {}, ""
    if test is None or status == "diverged":
        note = f"the loss was no longer finite {f'in epoch {len(history)}' if test is None else 'on the test set'}"
    else:
        # without answers it was stopped after its last epoch
        spreads = run.spreads or [evaluate(model, data.val_x, data.val_y, measured).spread]
        figures |= {**test.figures("test"), "test_count": len(data.test_y), "output_spread": spreads[0]}
        if isinstance(test, NumberAnswers):
            figures |= constant_figures(test, data.test_y, data.train_y, measured)
        items = {name: values.cpu().numpy() for name, values in test.items().items()}
        for name in measured.own:
            if not (math.isfinite(figures[f"val_{name}"]) and math.isfinite(figures[f"test_{name}"])):
                status, items, note = "diverged", {}, f"the metric {name} was no finite number"
    ended = {
        "status": status,
        "epochs_done": len(history),
        "figures": figures,
        "trained": status == "finished" and program_of(folder.record().program).trained(figures),
        "weights_digest": weights_digest(weights_of(model)),
        "ended": now(),
        "seconds": sum(epoch.seconds for epoch in history),
        "note": note,
    }
    folder.finish(folder.record().model_copy(update=ended), items)
    return status


def _new_record(task: Task, device: torch.device) -> RunRecord:
    """A worker tells the GPU's own name, and its own threads: a plan may have been made on another machine."""
    how = replace(task.how, device_name=device_name(device), threads=torch.get_num_threads())
    return new_record(replace(task, how=how))
