"""The cheapest spoilt recipes are explained rightly, healthy ones show nothing; `benchmarks/diagnosis.py` runs all."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from paribus.diagnosis.findings import findings_of
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.records.design import Arm, Design
from paribus.runs.execute import execute
from paribus.runs.planning import Settings, make_plan
from paribus.runs.store import Store
from tests.diagnosis.cases import HEALTHY, SABOTAGED, Case

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "diagnosis.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [*sys.path])  # the script adds to it
    spec = importlib.util.spec_from_file_location("diagnosis", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "diagnosis", module)  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_the_suite_is_as_wide_as_it_says() -> None:
    assert len(SABOTAGED) >= 24
    assert len(HEALTHY) >= 8
    recipes = [case.recipe() for case in SABOTAGED]
    assert len({recipe.activation for recipe in recipes}) >= 4
    assert len({recipe.optimizer for recipe in recipes}) >= 3
    assert len({case.name for case in (*SABOTAGED, *HEALTHY)}) == len(SABOTAGED) + len(HEALTHY)
    assert all(field in Recipe.model_fields for case in SABOTAGED for field in case.named)
    assert all(case.named for case in SABOTAGED)
    assert not any(case.named for case in HEALTHY)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in SABOTAGED if case.fast], ids=lambda case: case.name)
def test_the_sabotage_is_named(case: Case, benchmark: ModuleType, digits: Path, tmp_path: Path) -> None:
    """On a quarter of the data, with half of the steps an epoch and half of the epochs."""
    smaller = dataclasses.replace(case, settings={**case.settings, "train_size": 1600, "batch_size": 32, "epochs": 2})
    answer = benchmark.answer(smaller, str(digits), tmp_path)
    assert answer.right, benchmark.line(answer)


def above_weak(cases: Sequence[Case], dataset: Path, out: Path) -> dict[str, list[str]]:
    """By recipe: what is found above weak, on a quarter of the data in batches of a quarter, in as many steps."""
    fewer = {"train_size": 1600, "batch_size": 16}
    recipes = {case.name: Case(case.name, {**case.settings, **fewer}).recipe(str(dataset)) for case in cases}
    arms = tuple(Arm(name=name, value=name, fields=recipe.as_fields()) for name, recipe in recipes.items())
    design = Design(program=RECIPE, arms=arms, seeds=(0,))
    plan, store = make_plan(design, Settings(out)), Store(out)
    execute(plan.tasks, store, plan.workers, lambda event: None)
    found = {
        task.arm: findings_of(store.open_run(task.run_id).trace(), store.epochs(task.run_id)) for task in plan.tasks
    }
    assert len(found) == len(cases)
    return {name: above for name, seen in found.items() if (above := [f.name for f in seen if f.strength != "weak"])}


@pytest.mark.slow
def test_healthy_recipes_show_nothing_above_weak(digits: Path, tmp_path: Path) -> None:
    assert above_weak(HEALTHY[::4], digits, tmp_path) == {}


@pytest.mark.exhaustive
def test_no_healthy_recipe_shows_anything_above_weak(digits: Path, tmp_path: Path) -> None:
    assert above_weak(HEALTHY, digits, tmp_path) == {}


def an_answer(benchmark: ModuleType, true: tuple[str, ...], named: tuple[str, ...], *findings: str) -> object:
    pointed = tuple("dead_units" for _ in named)
    return benchmark.Answer("a case", "mnist", true, named, pointed, findings, 1.0)


def test_what_counts_as_right(benchmark: ModuleType) -> None:
    two = ("epochs", "learning_rate")
    assert an_answer(benchmark, two, ("learning_rate",), "strong undertraining").right
    assert not an_answer(benchmark, two, ("init_gain", "epochs")).right
    assert not an_answer(benchmark, two, ()).right
    assert not an_answer(benchmark, two, ("epochs+dropout",)).right
    assert an_answer(benchmark, (), ()).right
    assert not an_answer(benchmark, (), (), "moderate dead_units").right
    assert not an_answer(benchmark, (), ("dropout",)).right


def test_the_matrix_and_the_summary(benchmark: ModuleType) -> None:
    answers = [
        an_answer(benchmark, ("epochs", "learning_rate"), ("learning_rate",)),  # either is right: on the diagonal
        an_answer(benchmark, ("epochs",), ("epochs",)),
        an_answer(benchmark, ("dropout",), ("bias_value", "dropout")),
        an_answer(benchmark, ("dropout",), ()),
    ]
    assert benchmark.matrix(answers) == [
        "| spoilt \\ named | epochs | dropout | bias_value | nothing |",
        "| --- | --- | --- | --- | --- |",
        "| epochs | 2 |  |  |  |",
        "| dropout |  |  | 1 | 1 |",
    ]
    healthy = [an_answer(benchmark, (), ()), an_answer(benchmark, (), ("dropout",))]
    text = benchmark.summary(answers, healthy)
    assert text.startswith("Named rightly: 2 of 4 spoilt recipes.")
    assert text.endswith("1 of 2 healthy ones.")
    assert benchmark.line(answers[2]).endswith("| bias_value (dead_units), dropout (dead_units) | nothing | NO |")
