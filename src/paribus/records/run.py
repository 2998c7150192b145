"""What a run leaves: its record, its figures by epoch, and what it gave by item."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationError, field_validator

from paribus.core.frozen import Document, Frozen
from paribus.core.messages import Message, message_of
from paribus.records.program import Epoch, Fields, Metric, ProgramInfo

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECORD_SCHEMA = 3

Status = Literal["running", "finished", "diverged", "failed"]
_PLAIN = re.compile(r"(?:[^{}]|\{[a-z_]+(?:!q)?\})*+")
Cause = Literal["error", "figure", "killed", "time"]


class Environment(Frozen):
    """What a run's figures may depend on besides recipe, seed and code."""

    paribus: str
    python: str
    torch: str
    numpy: str
    platform: str
    processor: str
    device: str
    device_name: str
    kernel: str
    threads: int
    git_revision: str | None = None
    git_dirty: bool | None = None


class Failure(Frozen):
    """Why a run failed. said: in one line, a message as JSON.

    cause: an `error` of its own; that a `figure` was missing at its end; the system `killed` it; its `time` was over.
    """

    cause: Cause
    said: dict[str, Any]

    @field_validator("said")
    @classmethod
    def _without_formats(cls, said: dict[str, Any]) -> dict[str, Any]:
        """A store may come from anybody: no place of the sentence may be, say, a billion letters wide."""
        left: list[Any] = [message_of(said)]
        while left:
            if isinstance(part := left.pop(), Message):
                if not _PLAIN.fullmatch(part.id):
                    raise ValueError("a failure's message has plain places")
                left += part.values.values()
            elif isinstance(part, list):
                left += part
        return said

    @property
    def message(self) -> Message:
        """Why, in one line."""
        return message_of(self.said)


class _Hidden:
    """A value that does not count among a cached call's arguments."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hidden)

    def __hash__(self) -> int:
        return 0


@functools.lru_cache(maxsize=64)
def _program(text: str, read: _Hidden) -> ProgramInfo:
    return ProgramInfo.model_validate(read.value)


class RunRecord(Document):
    """record.json: a run has ended once this file says so (any status but `running`).

    fields: the values of all the program's fields; fields_digest: SHA-256 (hex) over them. figures: what the run came
    to, by name; those that are metrics have the metric's name. trained: what the program says of it, None where that
    word means nothing to the program, or the run has not ended. failure: of one
    that failed. damaged: the file of an earlier beginning that was
    damaged, so that the run was begun anew. digests: SHA-256 (hex) of the run's files, by name. mended: how often each
    of the mends among its fields has changed something.
    """

    kind: ClassVar[str] = "run"
    schema_number: int = RECORD_SCHEMA
    id: str
    program: ProgramInfo
    fields: Fields
    fields_digest: str
    seed: int
    status: Status
    epochs_done: int = 0
    figures: dict[str, float] = Field(default_factory=dict)
    trained: bool | None = None
    started: str
    ended: str | None = None
    seconds: float = 0.0
    environment: Environment
    data_digest: str
    code_identity: str
    weights_digest: str | None = None
    probes: str = "light"
    note: str = ""
    failure: Failure | None = None
    damaged: str = ""
    digests: dict[str, str] = Field(default_factory=dict)
    mended: dict[str, int] = Field(default_factory=dict)

    @field_validator("program", mode="before")
    @classmethod
    def _met_before(cls, value: Any) -> Any:
        """One value for equal ones: it takes half of a record's time to be read, and a store's runs have few."""
        if not isinstance(value, dict):
            return value
        try:
            return _program(repr(value), _Hidden(value))
        except ValidationError:
            return value  # whose faults are told where it lies

    if not TYPE_CHECKING:  # for people who read a run: `run.record.loss`

        def __getattr__(self, name: str) -> Any:
            """A figure by its name; None for a metric that the run did not come to."""
            known = self.__dict__
            if name in known.get("figures", ()):
                return known["figures"][name]
            if any(name == metric.name for metric in getattr(known.get("program"), "metrics", ())):
                return None
            return super().__getattr__(name)

    @property
    def idle(self) -> bool:
        """Whether something that was to be mended never came up, so that the run is as it would be without."""
        return 0 in self.mended.values()

    @property
    def judged(self) -> float | None:
        """The figure on which the verdict is; None where the run gave none."""
        return self.figures.get(self.program.judged)


@dataclass(frozen=True)
class RunResult:
    """A run that has ended, as analysis takes it.

    items: arrays whose first axis is the items that the program was judged on, by name; none where it has no such
    items, and of a run that gave no figures.
    """

    record: RunRecord
    epochs: tuple[Epoch, ...]
    items: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def figure_after(self, metric: Metric, length: int) -> float:
        """The metric after so many epochs, or what it last was; the worst where the run came to no number.

        Of a run whose program has no length it is the run's own: of its epochs nobody knows how many were meant.
        """
        value = self.record.figures.get(metric.name, metric.worst)
        if self.epochs and self.record.program.length is not None:
            value = self.epochs[min(length, len(self.epochs)) - 1].figures.get(metric.name, value)
        return metric.worst if math.isnan(value) else value
