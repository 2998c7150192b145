"""How many trials a budget has time for, by a clock that the test sets; what is refused before anything is run."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from paribus.api import explaining, laboratory
from paribus.api.estimating import STARTING_SECONDS
from paribus.api.explaining import explain
from paribus.api.laboratory import Laboratory
from paribus.api.planning import Settings
from paribus.api.searching import Subject, repaired, to_confirm
from paribus.experiment.store import Store
from paribus.matter.kernels import PLAIN, native_kernel
from paribus.values.errors import ParibusError
from paribus.values.explanation import Effect, Intervention
from paribus.values.recipe import Recipe
from paribus.values.records import RunResult
from tests.factories import make_comparison, make_design, make_results
from tests.presentation.explanations import a_change, an_effect

NOW = 1000.0


@pytest.fixture
def like() -> list[RunResult]:
    """A run whose epochs took 2 s each."""
    design = make_design("activation", ["sigmoid", "relu"], seeds=1)
    run = make_results(design, {"sigmoid": [0.9], "relu": [0.9]})["relu", 0]
    return [dataclasses.replace(run, metrics=tuple(m.model_copy(update={"seconds": 2.0}) for m in run.metrics))]


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory.time, "monotonic", lambda: NOW)


def lab(left: float | None, workers: int = 2) -> Laboratory:
    deadline = None if left is None else NOW + STARTING_SECONDS + left
    return Laboratory(Settings(Path("lab"), workers=workers), lambda event: None, deadline=deadline)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("left", "wanted", "epochs", "at_least", "fit"),
    [
        (None, 7, 1000, 1, 7),
        (30.0, 7, 3, 1, 7),  # 30 s on 2 workers: ten trials of 3 epochs of 2 s
        (30.0, 12, 3, 1, 10),
        (30.0, 12, 3, 11, 0),
        (2.9, 2, 3, 1, 0),
        (-5.0, 2, 1, 1, 0),
    ],
)
def test_what_fits(
    like: list[RunResult], left: float | None, wanted: int, epochs: int, at_least: int, fit: int
) -> None:
    one = lab(left)
    assert one.fitting(wanted, epochs, like, at_least) == fit
    assert one.left_out == (fit < wanted)


@pytest.mark.usefixtures("at_noon")
def test_twice_the_workers_do_twice_as_much(like: list[RunResult]) -> None:
    assert lab(30.0, workers=1).fitting(20, 3, like) == 5
    assert lab(30.0, workers=4).fitting(20, 3, like) == 20


@pytest.mark.usefixtures("at_noon")
def test_what_was_left_out_once_stays_said(like: list[RunResult]) -> None:
    one = lab(30.0)
    one.fitting(12, 3, like)
    one.fitting(1, 1, like)
    assert one.left_out


@pytest.mark.parametrize("budget", [0, -1.0, float("inf"), float("nan")])
def test_a_budget_is_a_time(tmp_path: Path, budget: float) -> None:
    with pytest.raises(ParibusError, match="budget must be a number of seconds greater than 0"):
        explain("lesson", budget=budget, out=tmp_path / "lab")
    assert not (tmp_path / "lab").exists()


def test_explain_is_public() -> None:
    import paribus

    assert paribus.explain is explaining.explain


def short(after: float) -> Effect:
    return an_effect(0.0, after, epochs=1, seeds=1, trained=(0, 1))


def test_a_head_start_of_another_change_keeps_no_suspected_cause_from_being_confirmed() -> None:
    suspected = a_change("initialisation", "zeros", "default", "symmetric_units")
    fast, good, poor = (a_change("initialisation", "zeros", to) for to in ("xavier", "he", "lecun"))
    assert confirmed({fast: 0.9, good: 0.85, suspected: 0.5, poor: 0.1}) == [suspected, fast]
    assert confirmed({fast: 0.9, good: 0.85, suspected: 0.01}) == [fast, good]
    assert confirmed({fast: 0.9, suspected: 0.8}) == [suspected, fast]


def a_subject(like: list[RunResult], factor: str, values: tuple[float, float]) -> Subject:
    """Of a comparison of six seeds, of which the store has one run left."""
    lesson = make_comparison("lesson")
    arms = tuple(arm.model_copy(update={"value": v}) for arm, v in zip(lesson.arms, values, strict=True))
    comparison = lesson.model_copy(update={"factor": factor, "arms": arms})
    return Subject("c", Recipe(optimizer="sgd"), tuple(like), (), comparison, arms[0].name)


def test_fresh_seeds_are_none_of_the_comparison_s_though_its_runs_are_gone(like: list[RunResult]) -> None:
    subject = a_subject(like, "momentum", (0.0, 0.9))
    assert subject.comparison is not None
    assert subject.comparison.seeds == tuple(range(6))
    assert subject.fresh(3) == range(6, 9)


def test_a_factor_that_means_nothing_without_the_cause_is_not_compared_again(like: list[RunResult]) -> None:
    cause = a_change("optimizer", "sgd", "adam", "vanishing_gradient")
    assert repaired(a_subject(like, "momentum", (0.0, 0.9)), cause, lab(None)) is None


def confirmed(reached: dict[Intervention, float]) -> list[Intervention]:
    return to_confirm([(intervention, short(after)) for intervention, after in reached.items()])


def test_screening_takes_the_unchanged_run_that_is_there_and_confirmation_pairs_on_one_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch normalisation runs on PyTorch's operations, the recipe by itself on a kernel of our own."""
    if native_kernel() is None:
        pytest.skip("no kernel of our own was built")
    recipe = Recipe(epochs=1)
    one = Laboratory(Settings(tmp_path, device="cpu", workers=1), lambda event: None)
    there = one._plan([("without", recipe)], [0]).tasks[0].run_id
    monkeypatch.setattr(Store, "ended", lambda store, name: name == there or None)
    kernels = {}
    for phase in ("screening", "confirming"):
        plan = one._pair(recipe, recipe.with_field("batch_norm", True), [0], 1, 1, phase)  # type: ignore[arg-type]
        kernels[phase] = {task.arm: task.kernel for task in plan.tasks}
    assert kernels["screening"] == {"without": native_kernel(), "with": PLAIN}
    assert kernels["confirming"] == {"without": PLAIN, "with": PLAIN}
