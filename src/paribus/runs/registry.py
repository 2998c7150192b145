"""How the code of a program is found: a table from kind to `module:factory`, loaded when it is asked for.

A factory takes the program's ProgramInfo, and gives the Program.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError, nearest
from paribus.records.program import Fields, ProgramInfo
from paribus.records.run import RunRecord

if TYPE_CHECKING:
    from paribus.runs.program_protocol import Program
    from paribus.runs.task import Task


# Where the code of a kind of program is: `module:factory`. Making one of these loads nobody else's code.
BUILT_IN: Mapping[str, str] = {
    "recipe": "paribus.programs.recipe.program:program",
    "command": "paribus.programs.command.program:program",
    "function": "paribus.programs.function.program:program",
}

_registered: dict[str, str] = {}


def register(kind: str, entry: str) -> None:
    """Make a kind of program known in this process, by the `module:factory` of its code."""
    _registered[kind] = entry


def entry_of(info: ProgramInfo) -> str:
    """Where the code of a program is. Raises ParibusError where its kind is not known here."""
    known = {**BUILT_IN, **_registered}
    if info.kind not in known:
        raise ParibusError(
            "the program {name} is of the kind {kind!q}, which is not known here",
            name=info.name,
            kind=info.kind,
            hint=nearest(info.kind, known),
        )
    return known[info.kind]


def program_of(info: ProgramInfo) -> Program:
    """The program's code, loaded. Not for what somebody's store names: `built_in_of` is."""
    return program_at(entry_of(info), info)


def program_at(entry: str, info: ProgramInfo, payload: bytes = b"") -> Program:
    """The program whose code is at `module:factory`. payload: its own code, pickled, where nobody can import it."""
    module, _, factory = (entry or entry_of(info)).partition(":")
    made: Program = getattr(importlib.import_module(module), factory)(info)
    return made.with_payload(payload) if payload else made


def program_of_task(task: Task) -> Program:
    """The program of a run that is to be made."""
    return program_at(task.entry, task.program, task.payload)


def built_in_of(info: ProgramInfo) -> Program | None:
    """The program, where it is one of Paribus's own: loading it runs nobody else's code."""
    return program_at(BUILT_IN[info.kind], info) if info.kind in BUILT_IN else None


def code_of(info: ProgramInfo, fields: Fields) -> tuple[str, ...]:
    """The code that a run would execute and that a document of it names; of a kind that is not our own, all of it."""
    program = built_in_of(info)
    return (info.name,) if program is None else program.code(fields)


def own_json(record: RunRecord) -> Mapping[str, Any]:
    """What the run's program adds to its JSON; nothing where its code is not ours to load."""
    program = built_in_of(record.program)
    return {} if program is None else program.record_json(record)


def default_program() -> Program:
    """What is run where nothing else is named: the recipe."""
    module, _, factory = BUILT_IN["recipe"].partition(":")
    made: Program = getattr(importlib.import_module(module), factory)(None)
    return made
