"""Functions run: figures, curves, seeds, streams, files, and nothing that goes from one run to the next."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import paribus as pb
from paribus.core.errors import ParibusError
from paribus.core.seeds import generator
from paribus.programs.function import run_context
from tests.programs.function import without_torch
from tests.programs.function.making import make, planned

COUNTED: list[int] = []


def drawn(seed: int, *, a: int = 1) -> dict[str, float]:
    print("drawing", a)
    return {"x": a, "python": random.random(), "numpy": np.random.rand(), "torch": float(torch.rand(()))}


def test_global_generators_are_those_of_the_seed_so_arms_are_paired(tmp_path: Path) -> None:
    made = make(drawn, tmp_path, seeds=2)
    for (arm, seed), found in made.figures.items():
        assert found["x"] == float(arm)
        assert found["python"] == random.Random(seed).random()
        assert found["numpy"] == np.random.RandomState(seed).rand()
        assert found["torch"] == float(torch.rand((), generator=torch.Generator().manual_seed(seed)))
    assert {result.record.status for result in made.results.values()} == {"finished"}
    assert (made.folder / "output.txt").read_text() == "drawing 1\n"
    assert made.first.record.seconds > 0


def leaky(seed: int, *, a: int = 1) -> dict[str, float]:
    COUNTED.append(a)
    np.linalg.mine = len(COUNTED)  # type: ignore[attr-defined]
    random.seed(0)
    return {"x": len(COUNTED)}


def test_nothing_goes_from_one_run_to_the_next(tmp_path: Path) -> None:
    made = make(leaky, tmp_path, seeds=3)
    assert {found["x"] for found in made.figures.values()} == {1}
    assert COUNTED == []
    assert not hasattr(np.linalg, "mine")


def test_figures_are_the_same_on_any_number_of_workers(tmp_path: Path) -> None:
    alone = make(without_torch.drawn, tmp_path / "one", seeds=3)
    together = make("tests.programs.function.without_torch:drawn", tmp_path / "two", seeds=3, pool=2)
    assert alone.figures == together.figures
    assert [t.run_id for t in alone.plan.tasks] == [t.run_id for t in together.plan.tasks]


def curve(seed: int, *, a: int = 1) -> Iterator[dict[str, float]]:
    for epoch in range(4):
        row = {"x": epoch * a, "loss": (epoch - 1) ** 2, "label": "text", "grad": np.float32(0.5)}
        yield row if epoch < 3 else {"loss": torch.tensor(4.0, requires_grad=True), "grad": float("nan")}  # type: ignore[misc]


def test_rows_are_a_curve_and_the_last_that_has_the_metric_is_the_figure(tmp_path: Path) -> None:
    made = make(curve, tmp_path)
    assert [epoch.figures.get("x") for epoch in made.first.epochs] == [0, 1, 2, None]
    assert made.first.record.figures == {"x": 2.0, "loss": 4.0}  # a figure that is no number is none
    assert (made.first.record.status, made.first.record.epochs_done) == ("finished", 4)


def test_the_best_row_is_the_one_that_steers_best(tmp_path: Path) -> None:
    made = make(curve, tmp_path, metric="x,loss:min", steers="loss", at="best")
    assert made.first.record.figures == {"x": 1.0, "loss": 0.0, "grad": 0.5}


def long_curve(seed: int, *, a: int = 1) -> Iterator[dict[str, float]]:
    for step in range(25):
        yield {"x": step, "loss": abs(step - 12)}


def test_of_a_very_long_curve_the_beginning_is_kept_and_the_end_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paribus.programs.function.running.MOST_EPOCHS", 10)
    made = make(long_curve, tmp_path / "last")
    assert (len(made.first.epochs), made.first.record.figures["x"]) == (10, 24)
    best = make(long_curve, tmp_path / "best", metric="x,loss:min", steers="loss", at="best")
    assert best.first.record.figures == {"x": 12.0, "loss": 0.0}


def ended_with(seed: int, *, a: int = 1) -> Iterator[float]:
    yield 1.0
    yield 2.0
    return {"x": 7, "y": 1}


def bare(seed: int, /, *, a: int = 1) -> Any:
    return np.float32(a / 2)


def test_one_number_is_the_metric_and_a_generator_may_return_its_figures(tmp_path: Path) -> None:
    assert make(ended_with, tmp_path).first.record.figures == {"x": 7.0, "y": 1.0}
    assert make(bare, tmp_path).first.record.figures == {"x": 0.5}


class Trainer:
    """A callable object that keeps what it was made with."""

    def __init__(self, add: float) -> None:
        self.add, self.calls = add, 0

    def __call__(self, seed: int, *, a: int = 1) -> dict[str, float]:
        self.calls += 1
        return {"x": a + self.add + 100 * (self.calls - 1)}

    def method(self, seed: int, *, a: int = 1) -> dict[str, float]:
        return {"x": a * self.add}


def test_objects_methods_partials_lambdas_and_closures_reach_the_workers(tmp_path: Path) -> None:
    trainer, factor = Trainer(0.5), 10
    functions = {
        1.5: trainer,
        0.5: trainer.method,
        2.0: functools.partial(drawn, a=2),
        11.0: lambda seed, a=1: {"x": a + factor},
    }
    for number, (x, function) in enumerate(functions.items()):
        made = make(function, tmp_path / str(number), seeds=2, pool=2 if number == 3 else 0, values=(1, 5))
        assert made.first.record.figures["x"] == (1 if number == 2 else x)
        assert made.results["1", 1].record.figures["x"] == (1 if number == 2 else x)


def streamed(seed: int, *, a: int = 1) -> dict[str, float]:
    if a == 2:
        pb.stream("other").random(100)
        np.random.rand(100)
    first = pb.stream("split").random()
    return {
        "x": first,
        "next": pb.stream("split").random(),
        "torch": float(torch.rand((), generator=pb.stream("split", torch=True))),
    }


def test_streams_are_paired_whatever_else_is_drawn(tmp_path: Path) -> None:
    made = make(streamed, tmp_path, seeds=2)
    for seed in (0, 1):
        assert made.figures["1", seed] == made.figures["2", seed]
        assert made.figures["1", seed]["x"] == generator(seed, "stream/split").random()
    assert made.figures["1", 0] != made.figures["1", 1]
    with pytest.raises(ParibusError, match="here there is no run"):
        pb.stream("split")


def saving(seed: int, *, a: int = 1) -> dict[str, float]:
    Path(pb.run_folder() / "model.txt").write_text(f"{a}")
    out = Path("made_here.txt")
    out.write_text("weights")
    kept = pb.save(out)
    return {"x": a, "kept": kept.exists(), "n": len(kept.read_text())}


def test_files_are_kept_with_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = make(saving, tmp_path / "lab")
    assert sorted(path.name for path in (made.folder / "files").iterdir()) == ["made_here.txt", "model.txt"]
    assert made.first.record.figures == {"x": 1.0, "n": 7.0}


def test_under_spawn_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows and macOS: a lambda whose process starts with nothing."""
    from paribus.programs.function import run_process

    monkeypatch.setattr(run_process.made_in_process, "__defaults__", ("spawn",))
    factor = 3.0
    made = make(lambda seed, a=1: {"x": a * factor + np.random.rand()}, tmp_path, values=(1, 2))
    assert made.first.record.figures["x"] == 3.0 + np.random.RandomState(0).rand()


def test_many_seeds_of_one_factor_are_planned_without_running_anything(tmp_path: Path) -> None:
    def never(seed: int, *, a: int = 1) -> None:
        raise AssertionError

    plan = planned(never, tmp_path, seeds=50)
    assert len({task.run_id for task in plan.tasks}) == 100
    assert not run_context._running
