"""What a budget has time for, by a clock that the test sets; what is explained, and what is refused beforehand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from paribus.core.errors import ParibusError
from paribus.diagnosis import explain as flow
from paribus.diagnosis.explain import explain
from paribus.diagnosis.subject import Subject
from paribus.programs.recipe import program
from paribus.programs.recipe.recipe import Recipe
from paribus.records.run import RunResult
from paribus.runs import budget_runner, worker_count
from paribus.runs.budget_runner import BudgetRunner, typical_epoch
from paribus.runs.estimating import STARTING_SECONDS
from paribus.runs.planning import Settings
from paribus.runs.registry import default_program
from tests.diagnosis.explanations import a_change
from tests.factories import make_comparison, make_design, make_results

NOW = 1000.0


@pytest.fixture
def like() -> list[RunResult]:
    """A run whose epochs took 2 s each."""
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    run = make_results(design, {"sigmoid": [0.9], "relu": [0.9]})["relu", 0]
    return [dataclasses.replace(run, epochs=tuple(m.model_copy(update={"seconds": 2.0}) for m in run.epochs))]


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_runner.time, "monotonic", lambda: NOW)


def a_runner(left: float | None, workers: int | None = 2, device: str = "cpu") -> BudgetRunner:
    deadline = None if left is None else NOW + STARTING_SECONDS + left
    return BudgetRunner(default_program(), Settings(Path("lab"), device, workers), deadline=deadline)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("left", "costs", "fit"),
    [
        (None, [2000.0] * 7, 7),
        (30.0, [6.0] * 7, 7),  # 30 s on 2 workers: ten of 6 s
        (30.0, [6.0] * 12, 10),
        (30.0, [0.0, 70.0, 1.0], 1),
        (30.0, [], 0),
        (2.9, [6.0] * 2, 0),
        (-5.0, [2.0] * 2, 0),
        (-5.0, [0.0] * 2, 2),  # they are there
    ],
)
def test_what_fits(left: float | None, costs: list[float], fit: int) -> None:
    one = a_runner(left)
    assert one.fitting(costs, "these") == fit
    assert one.complete == (fit == len(costs))


@pytest.mark.usefixtures("at_noon")
def test_twice_the_workers_do_twice_as_much() -> None:
    assert a_runner(30.0, workers=1).fitting([6.0] * 20, "these") == 5
    assert a_runner(30.0, workers=4).fitting([6.0] * 20, "these") == 20


@pytest.mark.usefixtures("at_noon")
def test_off_the_cpu_a_budget_is_for_the_one_worker_that_runs_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_count, "usable_cores", lambda: 16)
    monkeypatch.setattr(program, "choose_place", lambda device: (device, "an accelerator"))
    assert a_runner(30.0, None, "cuda").fitting([6.0] * 20, "these") == 5
    assert a_runner(30.0, 2, "cuda").fitting([6.0] * 20, "these") == 10
    assert a_runner(30.0, None, "cpu").fitting([6.0] * 20, "these") == 20


@pytest.mark.usefixtures("at_noon")
def test_what_was_left_out_stays_said_until_it_fits() -> None:
    one = a_runner(30.0)
    one.fitting([70.0], "the comparison once more")
    one.fitting([1.0], "something else")
    assert not one.complete
    one.fitting([60.0], "the comparison once more")  # what was under way has ended
    assert one.complete


@pytest.mark.parametrize("budget", [0, -1.0, float("inf"), float("nan")])
def test_a_budget_is_a_time(tmp_path: Path, budget: float) -> None:
    with pytest.raises(ParibusError, match="budget must be a number of seconds greater than 0"):
        explain("lesson", budget=budget, out=tmp_path / "lab")
    assert not (tmp_path / "lab").exists()


def test_explain_is_public() -> None:
    import paribus

    assert paribus.explain is flow.explain


def a_subject(like: list[RunResult], factor: str, values: tuple[float, float]) -> Subject:
    """Of a comparison of six seeds, of which the store has one run left."""
    lesson = make_comparison("lesson")
    arms = tuple(arm.model_copy(update={"value": v}) for arm, v in zip(lesson.arms, values, strict=True))
    comparison = lesson.model_copy(update={"factor": factor, "arms": arms})
    fields = Recipe(optimizer="sgd").as_fields()
    return Subject(default_program(), "c", fields, tuple(like), (), comparison, arms[0].name)


def test_fresh_seeds_are_none_of_the_comparison_s_though_its_runs_are_gone(like: list[RunResult]) -> None:
    subject = a_subject(like, "momentum", (0.0, 0.9))
    assert subject.comparison is not None
    assert subject.comparison.seeds == tuple(range(6))
    assert subject.fresh(3) == (6, 7, 8)


def test_a_factor_that_means_nothing_without_the_cause_is_not_compared_again(like: list[RunResult]) -> None:
    cause = a_change("optimizer", "sgd", "adam", "vanishing_gradient")
    assert a_subject(like, "momentum", (0.0, 0.9)).again(cause) is None


@pytest.mark.parametrize(
    ("called", "then"),
    [
        ("lesson", "lesson, optimizer=adam"),
        ("lesson, optimizer=sgd, epochs=4", "lesson, optimizer=adam, epochs=4"),
    ],
)
def test_a_comparison_without_its_cause_is_called_by_its_settings(
    like: list[RunResult], called: str, then: str
) -> None:
    subject = a_subject(like, "learning_rate", (0.001, 0.01))
    assert subject.comparison is not None
    named = dataclasses.replace(subject, comparison=subject.comparison.model_copy(update={"recipe_name": called}))
    design = named.again(a_change("optimizer", "sgd", "adam", "vanishing_gradient"))
    assert design is not None
    assert design.recipe_name == then


def test_how_long_an_epoch_takes_is_what_most_took(like: list[RunResult]) -> None:
    assert typical_epoch(like) == 2.0
