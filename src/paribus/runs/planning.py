"""From a design to the runs that it needs: which are there already, which must be made, how long that takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import ErrorCollector, Fault, FaultsError
from paribus.core.messages import Message
from paribus.runs.estimating import Paces, costs, estimate, longest_first
from paribus.runs.program_data import DataSizes
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program, entry_of, program_of
from paribus.runs.reuse import there_and_to_do
from paribus.runs.run_identity import naming
from paribus.runs.store import Store
from paribus.runs.task import PROBES, How, Task
from paribus.runs.worker_count import workers_on

if TYPE_CHECKING:  # it comes with all that a comparison may hold, which a run needs nothing of
    from paribus.records.design import Design
    from paribus.records.program import Fields, ProgramInfo

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
    what remains, on `workers` processes; `bytes` bounds the disk space that the new runs take. `data`: what
    runs learn from and are judged on; None where nothing is known of it. `settings`: as the user gave them.
    `notes`: what the program has to say beforehand.
    """

    design: Design
    program: Program
    tasks: tuple[Task, ...]
    workers: int
    device: str
    device_name: str
    finished: int
    resumed: int
    seconds: float | None
    bytes: int
    data: DataSizes | None
    settings: Settings
    notes: tuple[Message, ...] = ()


def store_at(out: str | Path | None) -> Path:
    """The store's folder: as given, else PARIBUS_OUT, else ./paribus-lab."""
    return Path(out or os.environ.get("PARIBUS_OUT") or LAB)


def option_words(how: Settings) -> list[str]:
    """The options that give a command again with these settings, where they are not the usual ones."""
    usual, kept = Settings(store_at(None)), ("out", "device", "kernel", "probes")
    return [f"--{name}={getattr(how, name)}" for name in kept if getattr(how, name) != getattr(usual, name)]


def make_plan(design: Design, settings: Settings, *, timed: bool = False, program: Program | None = None) -> Plan:
    """Check everything that can be checked before a run starts but for the settings, and count what is to be done.

    Settings were checked by `check_settings`, with whatever else the user gave. `program`: without it the one that the
    design names is made. Starts no process.
    """
    program = program or program_of(design.program)
    how = program.how([arm.fields for arm in design.arms], settings.device, settings.kernel, settings.probes)
    how = replace(how, threads=program.threads(workers_on(how.device, settings.workers)))
    program.check(design, how.device)
    store = Store(settings.out)
    there, todo = there_and_to_do(tasks_of(program, design, store, how), program, store)
    workers = max(1, min(workers_on(how.device, settings.workers), len(todo)))
    return Plan(
        design=design,
        program=program,
        tasks=(*there, *longest_first(todo, store, program)),
        workers=workers,
        device=how.device,
        device_name=how.device_name,
        finished=len(there),
        resumed=sum(not task.replaces and store.has_run(task.run_id) for task in todo),
        seconds=estimate(todo, store, workers, Paces(store, program)) if timed else None,
        data=program.data_sizes(design.arms[0].fields),
        settings=settings,
        notes=program.notes(design, [task for task in todo if task.replaces or not store.has_run(task.run_id)], store),
        bytes=sum(cost.bytes for cost in costs(todo, program)),
    )


def check_settings(settings: Settings, program: Program | None = None) -> None:
    """Raise ParibusError for what cannot be: fewer workers than one, unknown probes, a device that is not here."""
    program = program or default_program()
    errors = ErrorCollector("the plan")
    with errors:
        if settings.workers is not None and settings.workers < 1:
            fault = Fault("{field} must be at least {limit}", settings.workers, field="workers", limit=1)
            raise FaultsError("the plan", [fault])
    with errors:
        if settings.probes not in PROBES:
            fault = Fault("{field} must be one of {choices}", settings.probes, field="probes", choices=PROBES)
            raise FaultsError("the plan", [fault])
    with errors:
        program.how([], "cpu", settings.kernel, settings.probes)
    with errors:
        if settings.device != "auto":  # which is always there
            program.how([], settings.device, "auto", settings.probes)
    errors.raise_all()


def to_download(design: Design) -> int:
    """Bytes that have to be downloaded before it can be planned in full."""
    return program_of(design.program).to_download([arm.fields for arm in design.arms])


def tasks_of(program: Program, design: Design, store: Store, how: How) -> tuple[Task, ...]:
    """The runs of a design."""
    arms = [(arm.name, arm.fields) for arm in design.arms]
    return tasks_for(program, design.program, arms, design.seeds, store, how)


def tasks_for(
    program: Program,
    info: ProgramInfo,
    arms: Sequence[tuple[str, Fields]],
    seeds: Sequence[int],
    store: Store,
    how: How,
) -> tuple[Task, ...]:
    """The runs of arms, by their names, with these seeds: seed by seed, so that pairs complete early."""
    entry, where, there = entry_of(info), str(store.root.resolve()), store.run_names()

    def is_there(name: str) -> bool:
        return name in there and store.has_run(name)

    of_arms = {arm: naming(program, fields, how) for arm, fields in arms}
    return tuple(
        Task(
            store=where,
            run_id=name,
            arm=arm,
            program=info,
            fields=fields,
            seed=seed,
            how=how,
            data_digest=of_arms[arm].data_digest,
            code_identity=code,
            entry=entry,
            payload=program.payload,
        )
        for seed in seeds
        for arm, fields in arms
        for name, code in [of_arms[arm].known(seed, is_there)]
    )
