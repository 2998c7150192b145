"""From a design to the runs that it needs: which are there already, which must be made, how long that takes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.api.estimating import Sets, estimate, longest_first, opened_once
from paribus.api.networks import network
from paribus.engine.place import choose_place
from paribus.experiment.identity import device_identity, identity_for, run_id
from paribus.experiment.store import Store, run_bytes
from paribus.experiment.task import PROBES, Task
from paribus.matter.kernels import kernel_for
from paribus.values.comparison import Design
from paribus.values.errors import Fault, FaultsError, Gathering, RecipeError
from paribus.values.models import plan_of
from paribus.values.recipe import Recipe

if TYPE_CHECKING:
    from paribus.matter.data import DataSet

LAB = "paribus-lab"


@dataclass(frozen=True)
class Settings:
    """How runs are made; none of it may change what a run ends with."""

    out: Path
    device: str = "auto"
    workers: int | None = None
    probes: str = "light"
    kernel: str = "auto"


@dataclass(frozen=True)
class Plan:
    """The runs that a design needs, in the order in which they start: longest first, else seed by seed.

    So no core is idle at the end, and pairs complete early. Finished ones come before all others.
    `finished` counts those that the store has already, `resumed` those begun and not ended. `seconds` estimates
    what remains, on `workers` processes; `bytes` bounds the disk space that the new runs take. `data`: the data set's
    name, its training and its test images. `settings`: as the user gave them.
    """

    design: Design
    tasks: tuple[Task, ...]
    workers: int
    device: str
    device_name: str
    finished: int
    resumed: int
    seconds: float | None
    bytes: int
    data: tuple[str, int, int]
    settings: Settings


def store_at(out: str | Path | None) -> Path:
    """The store's folder: as given, else PARIBUS_OUT, else ./paribus-lab."""
    return Path(out or os.environ.get("PARIBUS_OUT") or LAB)


def option_words(how: Settings) -> list[str]:
    """The options that give a command again with these settings, where they are not the usual ones."""
    usual, kept = Settings(store_at(None)), ("out", "device", "kernel", "probes")
    return [f"--{name}={getattr(how, name)}" for name in kept if getattr(how, name) != getattr(usual, name)]


def make_plan(design: Design, settings: Settings, *, timed: bool = False, sets: Sets | None = None) -> Plan:
    """Check everything that can be checked before a run starts but for the settings, and count what is to be done.

    Settings were checked by `check_settings`, with whatever else the user gave. `sets`: data sets that are open, for
    who makes several plans. Starts no process.
    """
    sets = sets or opened_once()
    device, name = choose_place(settings.device)
    check_data(design, sets)
    store = Store(settings.out)
    tasks = _tasks(design, settings, device, device_identity(device, name), sets)
    ended = {task.run_id for task in tasks if store.ended(task.run_id)}
    there = [task for task in tasks if task.run_id in ended]
    todo = [task for task in tasks if task.run_id not in ended]
    workers = max(1, min(workers_on(device, settings.workers), len(todo)))
    return Plan(
        design=design,
        tasks=(*there, *longest_first(todo, store, sets)),
        workers=workers,
        device=device,
        device_name=name,
        finished=len(there),
        resumed=sum(store.has_run(task.run_id) for task in todo),
        seconds=estimate(todo, store, workers) if timed else None,
        data=_data(design, sets),
        settings=settings,
        bytes=_bytes(todo, sets),
    )


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_on(device: str, asked: int | None) -> int:
    """How many processes make runs on a device: as many as were asked for, else one a core, and one off the CPU."""
    return asked or (usable_cores() if device == "cpu" else 1)


def _data(design: Design, sets: Sets) -> tuple[str, int, int]:
    dataset = sets(design.arms[0].recipe.dataset)
    return dataset.name, len(dataset.train_labels), len(dataset.test_labels)


def check_settings(settings: Settings) -> None:
    """Raise ParibusError for what cannot be: fewer workers than one, unknown probes, a device that is not here."""
    gathering = Gathering("the plan")
    with gathering:
        if settings.workers is not None and settings.workers < 1:
            fault = Fault("{field} must be at least {limit}", settings.workers, field="workers", limit=1)
            raise FaultsError("the plan", [fault])
    with gathering:
        if settings.probes not in PROBES:
            fault = Fault("{field} must be one of {choices}", settings.probes, field="probes", choices=PROBES)
            raise FaultsError("the plan", [fault])
    with gathering:
        kernel_for([], "cpu", settings.kernel)
    with gathering:
        if settings.device != "auto":  # which is always there
            choose_place(settings.device)
    gathering.settle()


def check_data(design: Design, sets: Sets) -> None:
    """Raise RecipeError or DataError where an arm asks for what its data set has not.

    How many images of a class a seed's split leaves differs from seed to seed: it matters to `majority_fraction`.
    """
    from paribus.matter.data.prepare import input_table
    from paribus.matter.data.sampling import sample

    gathering = Gathering("the plan")
    for recipe in dict.fromkeys(arm.recipe for arm in design.arms):
        dataset = sets(recipe.dataset)
        with gathering:
            seeds = design.seeds if recipe.majority_fraction > 0 else design.seeds[:1]
            images = min(len(sample(dataset.train_labels, dataset.classes, recipe, seed).train) for seed in seeds)
            input_table(dataset, recipe)
            if recipe.drop_last and images < recipe.batch_size:
                fault = Fault(
                    "{field} must be at most {most:,}, the training images, as drop_last leaves out less",
                    recipe.batch_size,
                    field="batch_size",
                    most=images,
                )
                raise RecipeError("what the recipe asks of the data", [fault])
    gathering.settle()


def to_download(design: Design) -> int:
    """Bytes that have to be downloaded before it can be planned in full: of named data sets that are not here."""
    from paribus.matter.data import catalogue

    wanted = {arm.recipe.dataset for arm in design.arms}
    return sum(entry.download_bytes for entry in catalogue() if entry.name in wanted and not entry.available)


def _tasks(design: Design, settings: Settings, device: str, place: str, sets: Sets) -> tuple[Task, ...]:
    kernel = kernel_for([arm.recipe for arm in design.arms], device, settings.kernel)
    digests = {name: sets(name).digest for name in {arm.recipe.dataset for arm in design.arms}}
    identity = {m: identity_for(m, place, kernel) for m in {arm.recipe.model for arm in design.arms}}
    return tuple(
        Task(
            store=str(settings.out.resolve()),
            run_id=run_id(arm.recipe, seed, identity[arm.recipe.model], digests[arm.recipe.dataset]),
            arm=arm.name,
            recipe=arm.recipe,
            seed=seed,
            device=device,
            kernel=kernel,
            probes=settings.probes,
            data_digest=digests[arm.recipe.dataset],
            code_identity=identity[arm.recipe.model],
        )
        for seed in design.seeds
        for arm in design.arms
    )


def _bytes(todo: Sequence[Task], sets: Sets) -> int:
    """A bound on the disk space of all runs to be made."""
    runs = Counter((task.recipe, task.probes) for task in todo)
    return sum(count * _run_bytes(recipe, probes, sets) for (recipe, probes), count in runs.items())


def _run_bytes(recipe: Recipe, probes: str, sets: Sets) -> int:
    dataset = sets(recipe.dataset)
    numbers, layers = _sizes(recipe, dataset)
    return run_bytes(
        numbers,
        recipe.epochs,
        test_images=len(dataset.test_labels),
        classes=dataset.classes,
        layers=layers,
        probes=probes,
    )


def _sizes(recipe: Recipe, dataset: DataSet) -> tuple[int, int]:
    """Numbers in the network's state and layers with weights; a network of the user's own is built to be measured."""
    channels, height, width = dataset.train_images.shape[1:]
    plan = plan_of(recipe, (channels, height, width), dataset.classes)
    if plan is not None:
        return plan.numbers(), len(plan.layers())
    tensors = network(recipe, dataset).state_dict().values()
    return sum(tensor.numel() for tensor in tensors), sum(tensor.dim() > 1 for tensor in tensors)
