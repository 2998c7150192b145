"""How a search's runs are made: which they are, in what order, and what is told of them; no run is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from paribus.diagnosis import explain
from paribus.diagnosis.search import Found, Trials, search
from paribus.diagnosis.subject import Subject
from paribus.diagnosis.trial_runner import Pair, TrialProgress, TrialRunner
from paribus.programs.recipe.kernels import PLAIN, native_kernel
from paribus.programs.recipe.recipe import Recipe
from paribus.records.events import Event, RunEnded, RunStarted, SearchEvent, TrialEnded, TrialsBegun, TrialStarted
from paribus.records.explanation import Symptoms
from paribus.records.intervention import Effect, Intervention
from paribus.runs import budget_runner
from paribus.runs.budget_runner import BudgetRunner, no_more
from paribus.runs.estimating import STARTING_SECONDS
from paribus.runs.planning import Plan, Settings
from paribus.runs.registry import default_program
from paribus.runs.task import Task
from tests.diagnosis.explanations import COLLAPSE, DECOUPLED, NO_DECAY, SHORT, a_change, an_effect, of_two_findings
from tests.factories import make_comparison, make_design, make_results

EPOCHS = 15
CURED = {("weight_decay", 0.0): 0.95, ("optimizer", "adamw"): 0.94}


def a_pair(intervention: Intervention, *changed: str) -> Pair:
    """Its runs, and those without it, which all share."""
    tasks = [SimpleNamespace(arm="without", run_id="plain"), *(SimpleNamespace(arm="with", run_id=r) for r in changed)]
    plan: Any = SimpleNamespace(tasks=tasks)
    return Pair(intervention, 1, plan)


def test_each_is_told_once_and_ends_with_its_last_run() -> None:
    decay, adamw = NO_DECAY.intervention, DECOUPLED.intervention
    told: list[Any] = []
    progress = TrialProgress(lambda pair: SHORT, told.append)
    progress.begin([a_pair(decay, "a0", "a1"), a_pair(adamw, "b0")])

    def started(run: str) -> None:
        progress(RunStarted("with", 0, run, 1))

    def ended(run: str) -> None:
        progress(RunEnded("with", 0, "finished", False, run))

    started("plain"), started("a0"), started("a1"), ended("a0"), ended("plain"), started("b0"), ended("b0"), ended("a1")
    trials = [event for event in told if isinstance(event, TrialStarted | TrialEnded)]
    assert trials == [TrialStarted(decay), TrialStarted(adamw), TrialEnded(adamw, SHORT), TrialEnded(decay, SHORT)]
    assert len(told) - len(trials) == 8, "runs are told as before"
    assert (progress.under_way, progress.effects) == ([], {decay: SHORT, adamw: SHORT})


@pytest.fixture
def subject() -> Subject:
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    run = make_results(design, {"sigmoid": [0.1], "relu": [0.9]})["sigmoid", 0]
    run = dataclasses.replace(run, epochs=tuple(m.model_copy(update={"seconds": 1.0}) for m in run.epochs))
    lesson = make_comparison("lesson")
    symptoms = (Symptoms(arm="sigmoid", seeds=(0,), findings=(COLLAPSE,)),)
    fields = Recipe(epochs=EPOCHS).as_fields()
    return Subject(default_program(), lesson.id, fields, (run,), symptoms, lesson, "sigmoid")


class Bench(BudgetRunner):
    """One worker ends a run after the other, and more is asked for where the other would be idle; nothing is trained.

    made: what was handed out, in this order, with the number of runs that were still to be made then.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, deadline: float | None = None) -> None:
        super().__init__(default_program(), Settings(root, device="cpu", workers=2), deadline=deadline)
        self.made: list[tuple[Task, int]] = []
        self.ended: set[str] = set()
        record = SimpleNamespace(status="diverged")  # so that nothing is begun with it
        monkeypatch.setattr(self.store, "ended", lambda name, *known: record if name in self.ended else None)

    def make(self, tasks: Any, listener: Any, then: Any = no_more) -> None:
        """As `execute` does it."""
        todo = self._missing(tasks, 0, listener) or self._missing(then(), 0, listener)
        while todo:
            task = todo.pop(0)
            self._end(task, listener)
            if len(todo) < self.workers:
                todo += self._missing(then(), len(todo), listener)

    def _missing(self, tasks: Any, left: int, listener: Any) -> list[Task]:
        tasks = list(tasks)
        for task in tasks:
            if task.run_id in self.ended:
                self._end(task, listener)
        missing = {task.run_id: task for task in tasks if task.run_id not in self.ended}
        self.made += [(task, left) for task in missing.values()]
        return list(missing.values())

    def _end(self, task: Task, listener: Any) -> None:
        self.ended.add(task.run_id)
        listener(RunEnded(task.arm, task.seed, "finished", False, task.run_id))


def followed(bench: Bench, subject: Subject) -> tuple[list[SearchEvent], Found]:
    """A search whose interventions reach what `CURED` says, each pointed at; an epoch takes a second."""

    def effect(pair: Pair) -> Effect:
        change, seeds = pair.intervention.changes[0], len(pair.runs("with"))
        after = CURED.get((change.factor, change.after), 0.0)
        return an_effect(0.0, after, epochs=pair.epochs, seeds=seeds, trained=(0, seeds if after else 0))

    told: list[SearchEvent] = []
    driver = TrialRunner(bench, search(of_two_findings(subject.question(bench.store))), 1.0, told.append)
    driver._progress._judge = effect
    return told, driver.run()


def phases(told: Sequence[Event | SearchEvent]) -> list[tuple[str, int]]:
    return [(event.phase, event.epochs) for event in told if isinstance(event, TrialsBegun)]


def test_the_comparison_begins_again_as_soon_as_a_worker_would_be_idle(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, monkeypatch)
    told, found = followed(bench, subject)
    assert phases(told) == [("screening", 1), *[("confirming", EPOCHS)] * 2, ("repairing", EPOCHS)]
    begun = [(task, left) for task, left in bench.made if task.arm in ("sigmoid", "relu")]
    runs = {(task.arm, task.seed) for task, _ in begun}
    made = {("relu", seed) for seed in (6, 7, 8)}  # by the confirmation: the recipe without its decay
    assert runs == {(arm, seed) for arm in ("sigmoid", "relu") for seed in range(6, 10)} - made
    assert {left for _, left in begun} == {1}, "one run of the confirmation is under way"
    assert {task.fields["weight_decay"] for task, _ in begun} == {0.0}
    assert found.again is not None
    assert set(bench.store.planned_runs()) >= {task.run_id for task, _ in begun}


def test_what_a_budget_has_no_time_for_now_is_made_at_the_end_and_then_nothing_was_left_out(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cores, epochs of a second: 9 runs of 15 epochs take 68 s, and 75 with the one that is under way."""
    monkeypatch.setattr("paribus.diagnosis.subject.first_look", lambda seeds: seeds)
    monkeypatch.setattr(budget_runner.time, "monotonic", lambda: 0.0)
    for left, waited in ((70.0, 0), (80.0, 1)):
        bench = Bench(tmp_path / str(left), monkeypatch, left + STARTING_SECONDS)
        _, found = followed(bench, subject)
        assert {n for task, n in bench.made if task.arm == "relu"} == {waited}
        assert found.again is not None
        assert bench.complete


def test_what_there_is_no_time_for_at_all_is_left_out(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_runner.time, "monotonic", lambda: 0.0)
    bench = Bench(tmp_path, monkeypatch, 70.0 + STARTING_SECONDS)
    monkeypatch.setattr(bench, "epochs", lambda tasks: sum(100 if t.arm == "relu" else 1 for t in tasks))
    told, found = followed(bench, subject)
    assert phases(told)[-1] == ("confirming", EPOCHS)
    assert "cause" in [tested.kind for tested in found.tested]
    assert found.again is None
    assert not bench.complete
    assert not any(task.arm == "relu" for task, _ in bench.made)


def test_runs_that_are_there_cost_nothing(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same once more and no time left: everything is there, so that nothing is left out."""
    first = Bench(tmp_path, monkeypatch)
    _, found = followed(first, subject)
    second = Bench(tmp_path, monkeypatch, deadline=-100.0)
    second.ended = set(first.ended)
    assert followed(second, subject)[1] == found
    assert second.made == []
    assert second.complete


def test_screening_takes_the_unchanged_run_that_is_there_and_confirmation_pairs_on_one_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch normalisation runs on PyTorch's operations, the recipe by itself on a kernel of our own."""
    if native_kernel() is None:
        pytest.skip("no kernel of our own was built")
    recipe, normed = Recipe(epochs=1), a_change("batch_norm", False, True)
    bench = Bench(tmp_path, monkeypatch)
    bench.ended = {bench.plan([("without", recipe.as_fields())], [0]).tasks[0].run_id}
    driver = TrialRunner(bench, iter(()), 1.0, lambda event: None)  # type: ignore[arg-type]
    kernels = {}
    for phase in ("screening", "confirming"):
        pair = driver._pair(Trials(phase, recipe.as_fields(), (normed,), (0,), 1), normed)  # type: ignore[arg-type]
        kernels[phase] = {task.arm: task.how.kernel for task in pair.plan.tasks}
    assert kernels["screening"] == {"without": native_kernel(), "with": PLAIN}
    assert kernels["confirming"] == {"without": PLAIN, "with": PLAIN}


@pytest.mark.parametrize(
    ("verdicts", "there", "looked_at"),
    [
        (["b_better"], (), [(6, 7, 8, 9)]),
        (["open", "b_better"], (), [(6, 7, 8, 9), tuple(range(6, 12))]),
        (["open"], range(6, 12), [tuple(range(6, 12))]),
    ],
)
def test_the_comparison_without_its_cause_goes_on_to_all_its_seeds_only_where_a_first_look_leaves_it_open(
    subject: Subject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verdicts: list[str],
    there: Sequence[int],
    looked_at: list[tuple[int, ...]],
) -> None:
    """There: seeds whose runs an earlier explanation made."""
    bench, asked, told = Bench(tmp_path, monkeypatch), [], []
    again = subject.again(NO_DECAY.intervention)
    assert again is not None
    bench.ended = {task.run_id for task in bench.plan_of(subject.whole(again)).tasks if task.seed in there}

    def run_plan(plan: Plan, *others: object) -> Any:
        asked.append(plan.design.seeds)
        pair = SimpleNamespace(verdict=verdicts[len(asked) - 1])
        return SimpleNamespace(comparison=SimpleNamespace(pairs=[pair], seeds=plan.design.seeds))

    monkeypatch.setattr(explain, "run_plan", run_plan)
    found: Any = explain._again(subject, Found((NO_DECAY,), again), bench, told.append, None)
    assert (asked, found.seeds) == (looked_at, looked_at[-1])
    assert phases(told) == [("repairing", EPOCHS)] * (len(looked_at) - 1)
