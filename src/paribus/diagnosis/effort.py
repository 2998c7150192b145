"""What an explanation took: by the clock, and in runs, which take what they take whatever else runs here."""

from __future__ import annotations

from collections.abc import Callable, Collection

from paribus.diagnosis.subject import Subject
from paribus.records.events import RunEnded, SearchEvent
from paribus.records.explanation import Spent
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.store import Store


class Counting:
    """Passes events on, and remembers which runs were told of: those that were made, and those that were there."""

    def __init__(self, tell: Callable[[SearchEvent], None]) -> None:
        self._tell = tell
        self.runs: set[str] = set()

    def __call__(self, event: SearchEvent) -> None:
        """Something happened."""
        if isinstance(event, RunEnded):
            self.runs.add(event.run_id)
        self._tell(event)


def spent(
    told: Collection[str], subject: Subject, runner: BudgetRunner, allowed: float | None, seconds: float
) -> Spent:
    """What it took beside the runs that are explained. told: the runs that it asked for."""
    compared = subject.comparison
    own = {run.id for arm in compared.arms for run in arm.runs} if compared else {r.record.id for r in subject.runs}
    before = _epochs(own, runner.store)
    return Spent(
        allowed=allowed,
        seconds=seconds,
        complete=runner.complete,
        runs=len(set(told) - own),
        length=len(_epochs(set(told) - own, runner.store) - before),
        own_runs=len(own) if compared else 0,
        own_length=len(before) if compared else 0,
    )


def _epochs(runs: Collection[str], store: Store) -> set[tuple[float, ...]]:
    """All of these. One that a longer run took over from a shorter one is the same, to the nanosecond."""
    return {(epoch.seconds, *epoch.figures.values()) for run in sorted(runs) for epoch in store.epochs(run)}
