"""What is told of interventions while their runs come; no run is made."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from paribus.api.trials import Pair, Watched
from paribus.values.events import RunEnded, RunStarted, TrialEnded, TrialStarted
from paribus.values.explanation import Intervention
from tests.presentation.explanations import DECOUPLED, NO_DECAY, SHORT


def a_pair(intervention: Intervention, *changed: str) -> Pair:
    """Its runs, and those without it, which all share."""
    tasks = [SimpleNamespace(arm="without", run_id="plain"), *(SimpleNamespace(arm="with", run_id=r) for r in changed)]
    plan: Any = SimpleNamespace(tasks=tasks)
    return Pair(intervention, 1, plan)


def test_each_is_told_once_and_ends_with_its_last_run() -> None:
    decay, adamw = NO_DECAY.intervention, DECOUPLED.intervention
    told: list[Any] = []
    watched = Watched([a_pair(decay, "a0", "a1"), a_pair(adamw, "b0")], lambda pair: SHORT, told.append)

    def started(run: str) -> None:
        watched(RunStarted("with", 0, run, 1))

    def ended(run: str) -> None:
        watched(RunEnded("with", 0, "finished", False, run))

    started("plain"), started("a0"), started("a1"), ended("a0"), ended("plain"), started("b0"), ended("b0"), ended("a1")
    trials = [event for event in told if isinstance(event, TrialStarted | TrialEnded)]
    assert trials == [TrialStarted(decay), TrialStarted(adamw), TrialEnded(adamw, SHORT), TrialEnded(decay, SHORT)]
    assert len(told) - len(trials) == 8, "runs are told as before"
