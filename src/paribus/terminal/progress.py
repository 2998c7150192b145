"""What is known of a comparison while it runs: which runs go on, what each epoch came to, how much is left."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from paribus.core.messages import Message
from paribus.records.design import Design
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.records.program import Epoch, ProgramInfo
from paribus.records.run import Status


@dataclass(frozen=True)
class PlanView:
    """What is about to happen. `seconds` estimates the time, `bytes` bounds the disk space, of what is missing.
    `notes`: what the program has to say beforehand. `medians`: of a comparison that grows until it is decided: for
    differences of so many standard deviations the seeds with which half of such comparisons are. `foreseen`: what the
    seeds can show. tuned: what tuning the arms takes. why_seconds: what
    the explanation takes that follows.

    `data` describes the data set in a few words. `finished` runs are there already, `resumed` ones were begun.
    """

    design: Design
    paribus: str
    torch: str
    device: str
    threads: int
    workers: int
    data: str
    finished: int = 0
    resumed: int = 0
    seconds: float | None = None
    bytes: int = 0
    notes: tuple[Message, ...] = ()
    medians: tuple[tuple[float, int | None], ...] = ()
    foreseen: str = ""
    tuned: str = ""
    why_seconds: float | None = None


@dataclass(frozen=True)
class RunState:
    """One run as far as it has come. `epochs` is how many it will have; one that is not `sized` has any number.

    seconds: what it took, once it has ended.
    """

    arm: str
    seed: int
    epochs: int
    reused: bool
    epochs_seen: tuple[Epoch, ...] = ()
    status: Status = "running"
    sized: bool = True
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """Epochs done; all of them once it has ended, even early."""
        return self.epochs if self.status != "running" else len(self.epochs_seen) if self.sized else 0


@dataclass(frozen=True)
class Progress:
    """All runs at one moment. Frozen, so that the thread that draws it sees no half of an event."""

    arms: tuple[str, ...]
    epochs: Mapping[str, int]
    seeds: int
    workers: int
    program: ProgramInfo
    runs: Mapping[tuple[str, int], RunState] = field(default_factory=dict)

    def after(self, event: Event) -> Progress:
        """The progress once `event` has happened."""
        key = (event.arm, event.seed)
        sized = self.program.length is not None
        start = RunState(event.arm, event.seed, self.epochs.get(event.arm, 0), reused=False, sized=sized)
        old = self.runs.get(key) or start
        match event:
            case RunStarted():
                new = replace(start, epochs=event.epochs, reused=event.reused)
            case EpochDone():
                new = replace(old, epochs=event.epochs, epochs_seen=(*old.epochs_seen, event.epoch))
            case RunEnded():
                new = replace(old, reused=event.reused, status=event.status, seconds=event.seconds)
        return replace(self, runs={**self.runs, key: new})

    @property
    def under_way(self) -> tuple[RunState, ...]:
        """Runs that go on now, in the order in which they began."""
        return tuple(run for run in self.runs.values() if run.status == "running")

    @property
    def ended(self) -> int:
        """How many runs have ended."""
        return sum(run.status != "running" for run in self.runs.values())

    @property
    def total(self) -> int:
        """How many runs there will be."""
        return max(len(self.arms) * self.seeds, len(self.runs))

    @property
    def epochs_done(self) -> int:
        """Epochs of all runs that need no more work."""
        return sum(run.done for run in self.runs.values())

    @property
    def epochs_total(self) -> int:
        """Epochs of all runs."""
        return sum(self.epochs[arm] for arm in self.arms) * self.seeds

    def at_epoch(self, arm: str, epoch: int) -> tuple[Epoch, ...]:
        """What the runs of an arm that have come so far had at `epoch`, from 1."""
        own = (run.epochs_seen for run in self.runs.values() if run.arm == arm)
        return tuple(seen[epoch - 1] for seen in own if len(seen) >= epoch)

    @property
    def longest(self) -> int:
        """The furthest epoch that any run has come to."""
        return max((len(run.epochs_seen) for run in self.runs.values()), default=0)

    def seconds_left(self) -> float | None:
        """Time until all runs are done, at the pace of the epochs so far on `workers` processes.

        None before the first epoch. An arm without epochs is taken to be as fast as the others; no worker can
        share a run, so the longest run left is the least that it takes.
        """
        paces = {arm: self._pace(arm) for arm in self.arms}
        known = [pace for pace in paces.values() if pace is not None]
        if not known:
            return None
        usual = statistics.mean(known)
        left = []
        for arm, pace in paces.items():
            begun = [run for run in self.runs.values() if run.arm == arm]
            missing = [run.epochs - run.done for run in begun] + [self.epochs[arm]] * (self.seeds - len(begun))
            left += [epochs * (usual if pace is None else pace) for epochs in missing]
        return max(max(left, default=0.0), sum(left) / max(1, self.workers))

    def _pace(self, arm: str) -> float | None:
        """Seconds an epoch: of the runs made now where there are any, for reused ones may be another day's.

        Of a program whose runs have no length, seconds a run.
        """
        own = [run for run in self.runs.values() if run.arm == arm]
        for runs in ([run for run in own if not run.reused], own):
            seconds = [epoch.seconds for run in runs for epoch in run.epochs_seen]
            if self.program.length is None:
                seconds = [run.seconds for run in runs if run.status != "running"]
            if seconds:
                return statistics.median(seconds)
        return None


def progress_of(plan: PlanView) -> Progress:
    """The progress before the first event."""
    arms = plan.design.arms
    return Progress(
        arms=tuple(arm.name for arm in arms),
        epochs={arm.name: plan.design.program.length_of(arm.fields) for arm in arms},
        seeds=len(plan.design.seeds),
        workers=plan.workers,
        program=plan.design.program,
    )
