"""What a run's process is handed, and what it tells its worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from paribus.programs.function.nested import Arrays
from paribus.programs.function.returned_metrics import Figures
from paribus.records.trace import StepTrace


@dataclass(frozen=True)
class Work:
    """What a process needs to make one run. imports: the modules of packages that the function's code imports.

    mends: what is changed in its training from outside, by name. watched: whether it is looked at from outside.
    """

    at: str
    payload: bytes
    fields: dict[str, Any]
    seed: int
    metrics: tuple[str, ...]
    folder: Path
    saved: tuple[Arrays, str] | None
    imports: frozenset[str]
    mends: Mapping[str, Any] = field(default_factory=dict)
    watched: bool = False


@dataclass(frozen=True)
class Row:
    """Figures that were yielded, and the seconds since those before."""

    figures: Figures
    seconds: float


@dataclass(frozen=True)
class Inside:
    """What was done and seen from outside of the function. hits: how often each mend has changed something."""

    hits: Mapping[str, int]
    trace: tuple[StepTrace, ...]


@dataclass(frozen=True)
class Saved:
    """A state to go on from, after the rows so far."""

    arrays: Arrays
    text: str


Told: TypeAlias = Row | Saved | Inside
