"""SLURM, by executorlib: a job for what a worker is handed at a time, on nodes that share the store's folder.

Jobs and their answers are pickles in the store: whoever may write there can run code as this user.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tomllib
import warnings
from collections import deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.core.extras import found, missing_extra
from paribus.core.messages import Message, mark
from paribus.records.run import Status
from paribus.runs.base_fields import file_text
from paribus.runs.engines.engine import Again, Engine, Handed, polled
from paribus.runs.engines.wanted_lock import Session
from paribus.runs.engines.worker import perform_for
from paribus.runs.stopping import Stopped
from paribus.runs.task import Task

_SAFE = mark("a word of letters, numbers and . _ : , = + -")
_WORD = re.compile(r"[A-Za-z0-9._:,=+-]{1,200}", re.ASCII)  # it goes into a shell script's header


@dataclass(frozen=True)
class Job:
    """What each job asks for, by the names that a file has. time: as sbatch has it, minutes or HH:MM:SS.

    jobs: how many there are at once, waiting or running. options: further ones of sbatch, `--constraint=a100`.
    """

    partition: str = ""
    time: str = ""
    cores: int = 1
    gpus: int = 0
    memory: str = ""
    account: str = ""
    jobs: int = 100
    options: tuple[str, ...] = ()

    def header(self) -> list[str]:
        """The lines of the script by which sbatch knows."""
        asked: dict[str, Any] = {
            "partition": self.partition,
            "time": self.time,
            "mem": self.memory,
            "account": self.account,
        }
        asked |= {"cpus-per-task": self.cores, "gpus": self.gpus or ""}
        told = [f"--{name}={value}" for name, value in asked.items() if value]
        return [f"#SBATCH {one}" for one in (*told, *self.options)]


def job_of(text: str) -> Job:
    """What stands behind `slurm`: nothing, `:FILE.toml`, or `:partition=gpu,time=2:00:00`. Raises ParibusError."""
    rest = text.removeprefix("slurm").removeprefix(":")
    if rest.endswith(".toml"):
        try:
            return _checked(tomllib.loads(file_text(Path(rest))), rest)
        except tomllib.TOMLDecodeError as error:
            raise FaultsError(rest, [Fault("not TOML: {reason}", reason=str(error))]) from None
    given: dict[str, Any] = {}
    for word in filter(None, rest.split(",")):
        name, _, value = word.partition("=")
        given[name] = int(value) if name in ("cores", "gpus", "jobs") and value.isdigit() else value
    return _checked(given, text)


def _checked(given: Mapping[str, Any], where: str) -> Job:
    usual: dict[str, Any] = {one.name: one.default for one in fields(Job)}
    held: dict[str, Any] = {}
    for name, value in given.items():
        if name not in usual:
            raise ParibusError("{path}: {name} is none of {choices}", path=where, name=name, choices=[*usual])
        if isinstance(usual[name], int):
            good, what = type(value) is int and value > 0, Message("a whole number, 1 or more")
        else:
            words = value if name == "options" and isinstance(value, list) else [value]
            good = all(isinstance(one, str) and _WORD.fullmatch(one) for one in words)
            good, what = good and (name == "options") == isinstance(value, list), Message(_SAFE)
        if not good:
            raise ParibusError("{path}: {name} must be {what}", path=where, name=name, what=what, got=value)
        held[name] = tuple(value) if name == "options" else value
    return Job(**held)


@dataclass(eq=False)
class _Submitted:
    """Runs that wait here until there may be one job more, and then their job."""

    tasks: tuple[Task, ...]
    job: Any = None
    over: bool = False

    def done(self) -> bool:
        """Whether the job has ended."""
        return self.over or (self.job is not None and self.job.done())

    def result(self) -> Any:
        """What came of it."""
        return self.job.result()


class Slurm(Engine):
    """A job for each bundle, so many at once. executor: another one of executorlib's, in the place of SLURM's."""

    def __init__(self, job: Job, store: Path, executor: Any = None) -> None:
        if found("executorlib") is None or found("pysqa") is None:
            raise missing_extra("executorlib", "slurm")
        if executor is None and shutil.which("sbatch") is None:
            raise ParibusError(
                "SLURM is not here: {name} was not found. Give the command where jobs are submitted", name="sbatch"
            )
        self.workers = job.jobs
        self._session = Session(store)
        self._folder = self._session.path.with_suffix("")  # beside the session's file, and as secret
        self._executor = executor or _executor(job, self._folder)
        self._waiting: deque[_Submitted] = deque()
        self._jobs: set[_Submitted] = set()

    def __exit__(self, kind: type[BaseException] | None, *what: object) -> None:
        """End every job that is left."""
        self._session.end()
        self.give_up(self._jobs)
        with contextlib.suppress(Exception):  # SLURM's own commands may fail
            self._executor.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def submit(self, tasks: Sequence[Task]) -> Handed:
        """As a job, now or when another one has ended."""
        one = _Submitted(tuple(tasks))
        self._waiting.append(one)
        self._feed()
        return one

    def _feed(self) -> None:
        self._jobs = {one for one in self._jobs if not one.done()}
        while self._waiting and len(self._jobs) < (self.workers or 1):
            one = self._waiting.popleft()
            one.job = self._executor.submit(partial(perform_for, str(self._session.path)), one.tasks)
            self._jobs.add(one)

    def wait(self, pending: Set[Handed], timeout: float) -> tuple[set[Handed], set[Handed]]:
        """Their answers are files, which are looked for."""
        done, left = polled(pending, timeout)
        self._feed()
        return done, left

    def waits(self, handed: Handed) -> bool:
        """What has no job yet."""
        return isinstance(handed, _Submitted) and handed.job is None

    def statuses(self, handed: Handed) -> tuple[Status, ...]:
        """A job that ended without an answer, by its time limit or with its node, is handed out again."""
        if getattr(handed, "over", False):
            raise Again
        try:
            return super().statuses(handed)
        except (ParibusError, Stopped):
            raise
        except Exception as error:
            raise Again(f"{type(error).__name__}: {error}") from error

    def stop(self) -> None:
        """Jobs that run see that the session is over; the others are cancelled."""
        self._session.end()
        self.give_up({*self._waiting, *self._jobs})
        self._waiting.clear()

    def give_up(self, pending: Set[Any]) -> None:
        """Cancel their jobs."""
        for one in pending:
            one.over = True
            with contextlib.suppress(Exception):
                if one.job is not None:
                    one.job.cancel()


def _executor(job: Job, folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its own use of pydantic
        from executorlib import SlurmClusterExecutor

    lines = ["#!/bin/bash", "#SBATCH --output=job.out", "#SBATCH --job-name={{job_name}}", *job.header()]
    lines += ["#SBATCH --chdir={{working_directory}}", "", "{{command}}", ""]
    resources = {"cores": 1, "submission_template": "\n".join(lines)}
    return SlurmClusterExecutor(cache_directory=str(folder), resource_dict=resources, refresh_rate=0.1, wait=False)
