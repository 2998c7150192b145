"""What happens while a comparison runs, as plain values: the api sends them, the terminal shows them."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.values.records import EpochMetrics, Status


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
    """A run has done epoch `metrics.epoch` of `epochs`."""

    arm: str
    seed: int
    metrics: EpochMetrics
    epochs: int


@dataclass(frozen=True)
class RunEnded:
    """A run is finished or diverged."""

    arm: str
    seed: int
    status: Status
    reused: bool = False
    run_id: str = ""


Event = RunStarted | EpochDone | RunEnded
