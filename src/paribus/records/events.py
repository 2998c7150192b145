"""What happens while a comparison runs or is explained, as plain values: workflows send them, people are shown them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from paribus.records.intervention import Effect, Intervention
from paribus.records.program import Epoch, Metric, ProgramInfo
from paribus.records.run import Failure, Status

if TYPE_CHECKING:
    from paribus.records.tuned import Try


@dataclass(frozen=True)
class RunStarted:
    """A run begins, or goes on from a checkpoint. `arm` is the arm's name; `epochs` how many it will have in all.

    A `reused` run was finished earlier: its epochs follow at once, and nothing is trained.
    """

    arm: str
    seed: int
    run_id: str
    epochs: int
    reused: bool = False


@dataclass(frozen=True)
class EpochDone:
    """A run has done epoch `epoch.epoch` of `epochs`."""

    arm: str
    seed: int
    epoch: Epoch
    epochs: int


@dataclass(frozen=True)
class RunEnded:
    """A run has ended. `damaged`: the file that made it begin anew; empty where none did. `failure`: if it failed.

    `seconds`: what it took.
    """

    arm: str
    seed: int
    status: Status
    reused: bool = False
    run_id: str = ""
    damaged: str = ""
    failure: Failure | None = None
    seconds: float = 0.0


# Short runs choose what to confirm; at full length on fresh seeds it is confirmed, and the old value put back; then the
# comparison is made again without the cause.
Phase = Literal["screening", "confirming", "repairing"]


@dataclass(frozen=True)
class TrialsBegun:
    """These interventions are tested next, all with these seeds and `epochs`; of a repaired comparison, its cause.

    `program`: whose runs they are; effects are in its steering metric.
    """

    phase: Phase
    interventions: tuple[Intervention, ...]
    epochs: int
    seeds: tuple[int, ...]
    program: ProgramInfo


@dataclass(frozen=True)
class TrialStarted:
    """The first run with this intervention has begun."""

    intervention: Intervention


@dataclass(frozen=True)
class TrialEnded:
    """All runs with this intervention and without it are there."""

    intervention: Intervention
    effect: Effect


@dataclass(frozen=True)
class TryEnded:
    """A setting was tried: all its runs are there. The `number`th of `total`, over all arms; `metric` chooses."""

    arm: str
    number: int
    total: int
    metric: Metric
    found: Try


Event = RunStarted | EpochDone | RunEnded
TuningEvent = Event | TryEnded  # while arms are tuned
SearchEvent = Event | TrialsBegun | TrialStarted | TrialEnded  # while an explanation is searched
