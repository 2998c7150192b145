"""Interventions under test: which runs each needs, and what is told of it while they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paribus.api.planning import Plan
from paribus.values.events import Event, RunEnded, RunStarted, SearchEvent, TrialEnded, TrialStarted
from paribus.values.explanation import Effect, Intervention


@dataclass(frozen=True)
class Pair:
    """One intervention, after `epochs` epochs. `plan`: its runs, in the arms `with` and `without`."""

    intervention: Intervention
    epochs: int
    plan: Plan


class Watched:
    """Hears of runs, tells `tell` of them, and of each intervention when it begins and when it has all its runs.

    Interventions share the runs without them, so a run is known by its id. `effect` judges a pair whose runs are there.
    """

    def __init__(
        self, pairs: Sequence[Pair], effect: Callable[[Pair], Effect], tell: Callable[[SearchEvent], None]
    ) -> None:
        self._effect, self._tell = effect, tell
        self._waiting = list(pairs)
        self._under_way = list(pairs)
        self._ended: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Something happened to a run."""
        self._tell(event)
        match event:
            case RunStarted():
                for pair in [p for p in self._waiting if event.run_id in _runs(p, "with")]:
                    self._waiting.remove(pair)
                    self._tell(TrialStarted(pair.intervention))
            case RunEnded():
                self._ended.add(event.run_id)
                for pair in [p for p in self._under_way if _runs(p, "with", "without") <= self._ended]:
                    self._under_way.remove(pair)
                    self._tell(TrialEnded(pair.intervention, self._effect(pair)))


def _runs(pair: Pair, *arms: str) -> set[str]:
    return {task.run_id for task in pair.plan.tasks if task.arm in arms}
