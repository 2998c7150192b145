"""In which order an explanation's runs are made: by a laboratory that only notes what it is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from paribus.analysis.judgement import judge
from paribus.api import laboratory
from paribus.api.estimating import STARTING_SECONDS
from paribus.api.laboratory import Following, Laboratory, Outcome
from paribus.api.planning import Settings
from paribus.api.searching import Subject, cause_among, outcomes
from paribus.experiment.task import Task
from paribus.values.events import SearchEvent, TrialsBegun
from paribus.values.explanation import Effect, Intervention, Symptoms
from paribus.values.recipe import Recipe
from tests.factories import make_comparison, make_design, make_results
from tests.presentation.explanations import COLLAPSE, an_effect

EPOCHS = 15


class Notes(Laboratory):
    """Effects as `reached` says, by field and value. While confirming, what was chosen is known one after the other."""

    reached: dict[tuple[str, Any], float]
    asked: list[tuple[str, int]]
    followed: list[list[Task]]
    told: list[SearchEvent]

    def effects(
        self,
        recipe: Recipe,
        interventions: Any,
        seeds: Sequence[int],
        epochs: int,
        phase: Any,
        following: Following = lambda known, under_way: (),
    ) -> list[Outcome]:
        found = [(i, self._seen(i, seeds, epochs)) for i in interventions]
        self.asked.append((phase, epochs))
        if phase == "confirming":
            self.followed = [list(following(found[:n], len(found) - n)) for n in range(len(found) + 1)]
        return found

    def _seen(self, intervention: Intervention, seeds: Sequence[int], epochs: int) -> Effect:
        change = intervention.changes[0]
        after = self.reached.get((change.factor, change.after), 0.0)
        trained = (0, len(seeds) if after else 0)
        return an_effect(0.0, after, epochs=epochs, seeds=len(seeds), trained=trained)


@pytest.fixture
def subject() -> Subject:
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    run = make_results(design, {"sigmoid": [0.1], "relu": [0.9]})["sigmoid", 0]
    run = dataclasses.replace(run, metrics=tuple(m.model_copy(update={"seconds": 1.0}) for m in run.metrics))
    lesson = make_comparison("lesson")
    symptoms = (Symptoms(arm="sigmoid", seeds=(0,), findings=(COLLAPSE,)),)
    return Subject(lesson.id, Recipe(epochs=EPOCHS), (run,), symptoms, lesson, "sigmoid")


def notes(tmp_path: Path, reached: dict[tuple[str, Any], float], deadline: float | None = None) -> Notes:
    told: list[SearchEvent] = []
    lab = Notes(Settings(tmp_path, device="cpu", workers=2), told.append, deadline=deadline)
    lab.reached, lab.asked, lab.followed, lab.told = reached, [], [], told
    return lab


def repaired_runs(tasks: Sequence[Task]) -> set[tuple[Any, int, float]]:
    return {(task.recipe.activation, task.seed, task.recipe.weight_decay) for task in tasks}


def test_the_repaired_comparison_begins_once_the_first_cause_is_confirmed(subject: Subject, tmp_path: Path) -> None:
    lab = notes(tmp_path, {("weight_decay", 0.0): 0.95, ("optimizer", "adamw"): 0.94})
    tested = judge(outcomes(subject, lab))
    assert lab.asked == [("screening", 1), ("screening", 3), ("confirming", EPOCHS)]
    before, first, both = lab.followed
    assert before == []
    assert repaired_runs(first) == {(a, seed, 0.0) for a in ("sigmoid", "relu") for seed in range(6, 12)}
    assert both == []  # they were handed out already
    assert [e.phase for e in lab.told if isinstance(e, TrialsBegun)] == ["repairing"]
    assert set(lab.store.planned_runs()) == {task.run_id for task in first}
    cause = cause_among(tested)
    assert cause is not None
    assert cause.changes[0].factor == "weight_decay"


def test_the_repair_is_by_what_was_confirmed_not_by_what_was_suspected_first(subject: Subject, tmp_path: Path) -> None:
    lab = notes(tmp_path, {("weight_decay", 0.0): 0.05, ("optimizer", "adamw"): 0.94})
    judge(outcomes(subject, lab))
    assert [bool(tasks) for tasks in lab.followed] == [False, True]
    assert {task.recipe.optimizer for task in lab.followed[1]} == {"adamw"}


def test_nothing_follows_where_nothing_restores(subject: Subject, tmp_path: Path) -> None:
    lab = notes(tmp_path, {})
    judge(outcomes(subject, lab))
    assert not any(lab.followed)


def test_nothing_follows_that_a_budget_has_no_time_for(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cores, epochs of a second: 9 confirming runs take 68 s, then 12 more and the one under way 98."""
    clock = [0.0]
    monkeypatch.setattr(laboratory.time, "monotonic", lambda: clock[0])
    reached = {("weight_decay", 0.0): 0.95, ("optimizer", "adamw"): 0.94}
    for left, begun in ((97.0, False), (105.0, True)):
        lab = notes(tmp_path / str(left), reached, deadline=left + STARTING_SECONDS)
        judge(outcomes(subject, lab))
        assert any(lab.followed) == begun
        assert lab.left_out != begun
