"""Runs of commands, made in this process."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paribus.programs.command.program import command_program
from paribus.programs.metrics import metric_named
from paribus.records.design import Arm, Design
from paribus.records.run import RunRecord
from paribus.runs.planning import Plan, Settings, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import RunFolder, Store

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.example")


def made(words: Sequence[str], metrics: Sequence[str] = ("acc",), **more: Any) -> Program:
    return command_program(words, metrics=[metric_named(text) for text in metrics], **more)


def planned(program: Program, out: Path, arms: Sequence[dict[str, Any]] = ({},), seeds: int = 1) -> Plan:
    """A run of each arm with each seed."""
    of = [Arm(name=str(n), value=str(n), fields=program.fields(values)) for n, values in enumerate(arms)]
    design = Design(program=program.info, arms=tuple(of), seeds=tuple(range(seeds)), id="some")
    return make_plan(design, Settings(out), program=program)


def performed(program: Program, out: Path, **of: Any) -> list[RunFolder]:
    """The runs, made where they are missing."""
    plan = planned(program, out, **of)
    for task in plan.tasks:
        program.perform([task])
    return [RunFolder(Store(out).run_folder(task.run_id)) for task in plan.tasks]


def record_of(words: Sequence[str], out: Path, metrics: Sequence[str] = ("acc",), **more: Any) -> RunRecord:
    """One run's record; a seed is nothing to it."""
    (folder,) = performed(made(words, metrics, unpaired=True, **more), out)
    return folder.record()


def bash(script: str) -> list[str]:
    """The words that run a script, its braces as they are."""
    return ["bash", "-c", script.replace("{", "{{").replace("}", "}}")]


def git(place: Path, *words: str) -> str:
    return subprocess.run([*GIT, *words], cwd=place, check=True, capture_output=True, text=True).stdout


def repository(place: Path, **files: str) -> Path:
    """A repository with one commit of these files; `_` stands for the dot of a name."""
    place.mkdir(exist_ok=True)
    git(place, "init", "-q", "-b", "main", ".")
    write(place, **files)
    git(place, "add", "-A")
    git(place, "commit", "-qm", "one")
    return place


def write(place: Path, **files: str) -> None:
    for name, text in files.items():
        (place / name.replace("_", ".")).write_text(text)
