"""Maps made by hand, or judged from runs whose outcome is chosen: no training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from paribus.maps.cell_verdict import judged
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.programs.recipe.trained_criterion import trained
from paribus.records.design import Arm
from paribus.records.map import Axis, MapArm, MapCell, VerdictMap
from paribus.records.program import Fields
from tests.factories import make_comparison
from tests.synthetic_runs import Outcome, make_run

IMAGES = 12000


def a_cell(
    outcomes: Mapping[str, Sequence[Outcome]], at: tuple[float, ...] = (0.0,), *, look: int = 1, margin: float = 0.01
) -> MapCell:
    """Judged from a validation accuracy, `collapsed` or `diverged` for each arm and seed."""
    arms = []
    for place, (name, of_each) in enumerate(outcomes.items()):
        arm = Arm(name=name, value=name, fields=Recipe(activation=name, epochs=5).as_fields())
        arms.append((name, [_run(arm, seed, outcome, place) for seed, outcome in enumerate(of_each)]))
    return judged(at, arms, epochs=5, look=look, margin=margin, metric=RECIPE.steering.of_items(IMAGES))


def _run(arm, seed, outcome, place):
    """The validation accuracy as it was asked for, without a curve's noise."""
    run = make_run(arm, seed, outcome, place, test_count=200)
    if not isinstance(outcome, float):
        return run
    figures = {**run.record.figures, "val_accuracy": outcome, "val_loss": 1.0 - outcome}
    return replace(run, record=run.record.model_copy(update={"figures": figures, "trained": trained(figures)}))


BETTER: dict[str, list[Outcome]] = {"sigmoid": [0.90, 0.91, 0.90, 0.91], "relu": [0.95, 0.96, 0.95, 0.96]}
COUNTED: dict[str, list[Outcome]] = {"sigmoid": ["collapsed"] * 4, "relu": [0.95] * 4}
EQUAL: dict[str, list[Outcome]] = {"sigmoid": [0.950, 0.960, 0.955, 0.958], "relu": [0.951, 0.961, 0.957, 0.958]}
NEITHER: dict[str, list[Outcome]] = {"sigmoid": ["collapsed", "diverged"], "relu": ["collapsed", "collapsed"]}
OPEN: dict[str, list[Outcome]] = {"sigmoid": ["collapsed", 0.9, 0.9, 0.9], "relu": [0.9, 0.9, 0.9, 0.9]}


def a_map(*, axes: int = 2, complete: bool = True) -> VerdictMap:
    """A cell of every kind; with two axes also one that was not run."""
    values = ((0.0, 1e-3, 0.1), (1e-3, 1e-2)) if axes == 2 else ((0.0, 1e-3, 1e-2, 0.05, 0.1),)
    points = [(a, b) for a in values[0] for b in values[1]] if axes == 2 else [(a,) for a in values[0]]
    kinds = [BETTER, COUNTED, EQUAL, OPEN, NEITHER, None][: len(points)]
    cells = tuple(
        MapCell(at=at, state="open", epochs=5) if kind is None else a_cell(kind, at, look=0 if kind is NEITHER else 1)
        for at, kind in zip(points, kinds, strict=True)
    )
    fields = ("weight_decay", "learning_rate")
    return VerdictMap(
        id="map-activation-relu-sigmoid-over-weight_decay-1a2b3c4d",
        factor="activation",
        program=RECIPE,
        fields=Fields(LESSON.model_dump()),
        recipe_name="lesson",
        arms=(MapArm(name="sigmoid", value="sigmoid"), MapArm(name="relu", value="relu")),
        axes=tuple(Axis(field=field, values=of) for field, of in zip(fields, values, strict=False)),
        cells=cells,
        epochs=5,
        margin=0.01,
        alpha=0.041,
        seconds=61.5,
        complete=complete,
        runs=("one", "two"),
        environment=make_comparison("lesson").environment,
        command="paribus map activation=sigmoid,relu --over=weight_decay=0.0,0.001,0.1",
        created="2026-11-24T21:00:00+00:00",
        paribus="0.1.0",
    )
