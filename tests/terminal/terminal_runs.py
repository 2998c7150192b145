"""A comparison's events as the api sends them, made from the synthetic runs of `tests.factories`."""

import io
from collections.abc import Iterator, Mapping, Sequence

from paribus.records.design import Design
from paribus.records.events import EpochDone, Event, RunEnded, RunStarted
from paribus.terminal.progress import PlanView
from tests.factories import Outcome, make_design, make_results

LESSON: Mapping[str, Sequence[Outcome]] = {"sigmoid": ["collapsed"] * 6, "relu": [0.92] * 6}


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def lesson_design(**fields: object) -> Design:
    return make_design("activation", ["sigmoid", "relu"], **fields)  # type: ignore[arg-type]


def plan_of(design: Design, **changes: object) -> PlanView:
    fields: dict[str, object] = {
        "paribus": "0.1.0",
        "torch": "2.9.0+cpu",
        "device": "cpu (Example CPU)",
        "threads": 1,
        "workers": 2,
        "data": "MNIST",
        "seconds": 500.0,
        "bytes": 31_000_000,
        **changes,
    }
    return PlanView(design, **fields)  # type: ignore[arg-type]


def events(
    design: Design, outcomes: Mapping[str, Sequence[Outcome]], reused: frozenset[int] = frozenset()
) -> Iterator[Event]:
    """Seed by seed, the arms side by side; runs of the seeds `reused` come at once."""
    results = make_results(design, outcomes)
    for seed in design.seeds:
        old = seed in reused
        runs = {arm.name: results[arm.name, seed] for arm in design.arms}
        for arm in design.arms:
            yield RunStarted(arm.name, seed, runs[arm.name].record.id, arm.fields["epochs"], old)
        for place in range(max(len(run.epochs) for run in runs.values())):
            for arm in design.arms:
                metrics = runs[arm.name].epochs
                if place < len(metrics):
                    yield EpochDone(arm.name, seed, metrics[place], arm.fields["epochs"])
        for arm in design.arms:
            yield RunEnded(arm.name, seed, runs[arm.name].record.status, old)
