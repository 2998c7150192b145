"""What a plan says before anything runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from paribus.cli.main import main
from paribus.comparison.compare import design_for, run_plan, sharing
from paribus.core.errors import ParibusError
from paribus.maps.grid import grid_for
from paribus.maps.run_map import plan_map
from paribus.programs.recipe import cost
from paribus.programs.recipe.data import DataSet, open_dataset
from paribus.programs.recipe.data.split import split
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import LESSON
from paribus.runs import estimating
from paribus.runs.planning import Settings, make_plan
from paribus.runs.registry import default_program
from paribus.runs.store import Store
from paribus.runs.task import How, Task
from tests.factories import make_comparison
from tests.runs.store_cases import new_record, write_run

TINY = {"train_size": 512, "validation_fraction": 0.02, "epochs": 1}


def test_the_disk_space_bounds_what_a_comparison_takes(tmp_path: Path, digits: Path) -> None:
    design = design_for("activation", ["relu", "tanh"], "lesson", {**TINY, "dataset": str(digits)}, 2, None, False)
    plan = make_plan(design, Settings(tmp_path, device="cpu", workers=1))
    run_plan(plan, 0.1)
    used = sum(path.stat().st_size for path in (tmp_path / "runs").rglob("*") if path.is_file())
    assert used <= plan.bytes < 10 * used, "the bound allows for an optimiser's moments and a long first epoch"


def test_a_class_share_that_only_a_later_seed_cannot_have_is_found_before_anything_runs() -> None:
    labels = open_dataset("mnist").train_labels
    zeros = [int((labels[split(len(labels), 0.2, seed)[0]] == 0).sum()) for seed in range(20)]
    bad = next(seed for seed in range(1, 20) if zeros[seed] < zeros[0])
    asked = {"validation_fraction": 0.2, "majority_fraction": 0.5, "train_size": 2 * zeros[0]}
    default_program().check(design_for("activation", ["relu", "tanh"], "lesson", asked, bad, None, False))
    with pytest.raises(ParibusError, match=f"class 0 would need {zeros[0]:,}, and there are {zeros[bad]:,}"):
        default_program().check(design_for("activation", ["relu", "tanh"], "lesson", asked, bad + 1, None, False))


def test_a_processor_s_time_is_no_estimate_for_another_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "trial", lambda recipe, kernel: 10.0)
    record = new_record(epochs=3)
    task = Task(
        store=str(tmp_path),
        run_id="to-do-s0",
        arm="relu",
        program=RECIPE,
        fields=record.fields.replace(epochs=4),
        seed=0,
        how=How(device="cuda", kernel="pytorch"),
        data_digest=record.data_digest,
        code_identity=record.code_identity,
    )

    def estimated(one: Task) -> float | None:
        return estimating.estimate([one], Store(tmp_path), 1, estimating.Paces(Store(tmp_path), default_program()))

    assert estimated(replace(task, how=How(kernel="pytorch"))) == 40 + estimating.STARTING_SECONDS
    assert estimated(task) is None
    write_run(tmp_path, record)  # 0.25 seconds an epoch, under the same code and device
    assert estimated(task) == 1 + estimating.STARTING_SECONDS


def test_the_longest_runs_start_first_and_like_ones_seed_by_seed(tmp_path: Path) -> None:
    """Twice the images take longer, and so do steps of 8 images; another activation is no reason."""
    order = []
    for factor, values in (
        ("train_size", [512, 2048]),
        ("batch_size", [64, 8]),
        ("conv_channels", [(6, 16), (24, 64)]),
        ("activation", ["relu", "gelu"]),
    ):
        settings = {name: value for name, value in TINY.items() if name != factor}
        design = design_for(factor, values, "lesson", settings, 2, None, False)
        tasks = make_plan(design, Settings(tmp_path, device="cpu")).tasks
        order.append([(task.arm, task.seed) for task in tasks])
    longer = [[("2048", 0), ("2048", 1), ("512", 0), ("512", 1)], [("8", 0), ("8", 1), ("64", 0), ("64", 1)]]
    assert order[:2] == longer
    assert [seed for _, seed in order[2]] == [0, 1, 0, 1]
    assert order[2][0][0] == order[2][1][0] != order[2][2][0]
    assert order[3] == [("relu", 0), ("gelu", 0), ("relu", 1), ("gelu", 1)]


def test_comparisons_that_share_seeds_are_known_by_name(tmp_path: Path) -> None:
    """Another first seed is another comparison with looks of its own; its runs may be the same."""
    store, fair = Store(tmp_path), make_comparison("fair")  # seeds 0 to 5
    mine = design_for("activation", ["sigmoid", "relu"], "fair", {}, 3, None, False, 4)
    alone = mine.id.removesuffix("-f4")
    for name in (alone, f"{alone}-f2", mine.id):  # the last made before
        store.save_comparison(fair.model_copy(update={"id": name}))
    first, second = fair.arms
    longer = [arm.model_copy(update={"fields": arm.fields.replace(epochs=9)}) for arm in (first, second)]
    for name, other in ((f"{alone}0", {"arms": tuple(longer)}), (f"{alone}1", {"confounded": True})):
        store.save_comparison(fair.model_copy(update={"id": name, **other}))
    (tmp_path / "comparisons" / f"{alone}-f5").mkdir()  # begun and not ended
    assert sharing(mine, store) == {alone: (4, 5), f"{alone}-f2": (4, 5)}
    assert sharing(design_for("activation", ["sigmoid", "relu"], "fair", {}, 3, None, False, 6), store) == {}
    assert sharing(mine, Store(tmp_path / "none")) == {}


def test_planning_opens_the_data_once_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opened them once a task, and started the server that forks the workers."""
    opened: list[str] = []

    def opening(name: str) -> DataSet:
        opened.append(name)
        return open_dataset(name)

    monkeypatch.setattr("paribus.programs.recipe.data.open_dataset", opening)
    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", lambda: pytest.fail("a server was started"))
    values = ["relu", "tanh", "sigmoid", "elu"]
    design = design_for("activation", values, "lesson", {}, 100, None, False)
    assert len(make_plan(design, Settings(tmp_path, device="cpu"), timed=False).tasks) == 400
    assert opened == ["mnist"]

    opened.clear()
    grid = grid_for("activation", values, {"weight_decay": [0.0, 0.1], "epochs": [1, 2]}, "lesson", {}, 8, None, 1.0)
    assert opened == ["mnist"]
    monkeypatch.setattr("paribus.maps.run_map.estimate", lambda todo, store, workers, paces: 1.0)
    plan_map(grid, Settings(tmp_path, device="cpu"))
    assert opened == ["mnist"]


@pytest.mark.parametrize(
    "words", [["compare", "activation=relu,tanh"], ["map", "activation=relu,tanh", "--over=epochs=1,2"]]
)
def test_a_dry_run_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr("paribus.programs.recipe.cost.trial", lambda recipe, kernel: 1.0)
    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", lambda: pytest.fail("a server was started"))
    with pytest.raises(SystemExit) as left:
        main([*words, "--dry-run", "--out", str(tmp_path / "lab"), "--json", "--quiet"])
    assert left.value.code == 0
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize("warm", [True, False])
def test_a_trial_is_a_workers_where_a_server_loads_torch_anyway(monkeypatch: pytest.MonkeyPatch, warm: bool) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(cost, "is_warm", lambda: warm)
    monkeypatch.setattr(cost, "called", lambda function, *args, modules: 2.0)
    monkeypatch.setattr(cost, "in_turn", lambda recipes, kernel, rounds, clock: [(1.0,)])
    assert cost.trial(LESSON, "pytorch") == (2.0 if warm else 1.0)
