"""The second program through plan, executor, store and resume."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from paribus.comparison.fair_design import design_from_factor
from paribus.core.errors import ComparisonError, ParibusError
from paribus.records.design import Design
from paribus.records.events import EpochDone, RunEnded
from paribus.runs.execute import execute
from paribus.runs.planning import Settings, make_plan
from paribus.runs.store import Store
from tests.programs import polynomial
from tests.programs.polynomial import FAULT, INFO, made_known


def design(factor: str = "ridge", values: tuple[object, ...] = (FAULT, 0.01), seeds: int = 3) -> Design:
    program = made_known()
    return design_from_factor(program, factor, values, program.fields({}), "polynomial", range(seeds))


def test_runs_are_planned_made_by_workers_and_read_back(tmp_path: Path) -> None:
    plan = make_plan(design(), Settings(tmp_path, workers=2))
    assert (len(plan.tasks), plan.finished, plan.data) == (6, 0, None)
    assert all(task.run_id.startswith("polynomial-") and task.run_id.endswith(f"-s{task.seed}") for task in plan.tasks)
    happened: list[object] = []
    execute(plan.tasks, Store(tmp_path), plan.workers, happened.append)
    assert [type(event) for event in happened].count(RunEnded) == 6
    assert sum(isinstance(event, EpochDone) and event.epochs == 12 for event in happened) == 6 * 12
    for task in plan.tasks:
        result = Store(tmp_path).result(task.run_id)
        assert result is not None
        record = result.record
        assert (record.program, record.fields, record.fields_digest) == (INFO, task.fields, task.fields.digest())
        assert (record.status, record.epochs_done, record.trained, result.items) == ("finished", 12, None, {})
        assert record.judged == record.figures["loss"] == result.epochs[-1].figures["loss"]
        assert (record.figures["loss"] > 0.5) == (task.fields["ridge"] == FAULT)
    again = make_plan(design(), Settings(tmp_path))
    assert (again.finished, {t.run_id for t in again.tasks}) == (6, {t.run_id for t in plan.tasks})


def test_figures_are_those_of_the_least_squares_fit(tmp_path: Path) -> None:
    """By NumPy's own solver, on the same points."""
    program = made_known()
    fields = program.fields({"ridge": 0.0, "steps": 400})
    one = design_from_factor(program, "degree", (3, 1), fields, "polynomial", [5])
    plan = make_plan(one, Settings(tmp_path, workers=1))
    execute(plan.tasks, Store(tmp_path), 1, lambda event: None)
    for task in plan.tasks:
        learn, judge = (polynomial._points(5, count, name) for count, name in ((64, "learn"), (256, "judge")))
        best = np.polynomial.legendre.legfit(*learn, task.fields["degree"])
        expected = np.mean((np.polynomial.legendre.legval(judge[0], best) - judge[1]) ** 2)
        record = Store(tmp_path).record(task.run_id)
        assert record is not None
        assert math.isclose(record.figures["loss"], expected, rel_tol=1e-6)


KILLED = """
import os, signal, sys
from pathlib import Path
from paribus.runs.engines.worker import perform_together
from paribus.runs.planning import Settings, make_plan
from tests.programs import polynomial
from tests.programs.test_polynomial_runs import design
polynomial.after_step = lambda step: os.kill(os.getpid(), signal.SIGKILL) if step == 5 else None
perform_together(make_plan(design(), Settings(Path(sys.argv[1]))).tasks[:1])
"""


def test_a_killed_run_goes_on_where_it_was_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed")], check=False)
    assert died.returncode == -signal.SIGKILL
    plan = make_plan(design(), Settings(tmp_path / "killed", workers=1))
    first = next(task for task in plan.tasks if Store(tmp_path / "killed").has_run(task.run_id))
    assert (plan.resumed, len(Store(tmp_path / "killed").epochs(first.run_id))) == (1, 5)
    execute([first], Store(tmp_path / "killed"), 1, lambda event: None)
    whole = make_plan(design(), Settings(tmp_path / "whole", workers=1))
    execute([t for t in whole.tasks if t.run_id == first.run_id], Store(tmp_path / "whole"), 1, lambda event: None)
    results = [Store(tmp_path / name).result(first.run_id) for name in ("killed", "whole")]
    assert results[0] is not None
    assert results[1] is not None
    assert results[0].record.figures == results[1].record.figures
    assert [e.figures for e in results[0].epochs] == [e.figures for e in results[1].epochs]


def test_another_identity_makes_other_runs_and_a_worker_of_another_code_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(design(), Settings(tmp_path))
    monkeypatch.setattr(polynomial.Polynomial, "identity", lambda self, fields, how: "q" * 64)
    other = make_plan(design(), Settings(tmp_path))
    assert {t.run_id for t in plan.tasks} & {t.run_id for t in other.tasks} == set()
    with pytest.raises(ParibusError, match="are not those of the plan"):
        made_known().perform(plan.tasks[:1])


def test_a_figure_that_is_not_finite_is_a_run_that_diverged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polynomial, "_loss", lambda weights, x, y: math.inf)
    plan = make_plan(design(), Settings(tmp_path))
    assert made_known().perform(plan.tasks[:1]) == ("diverged",)
    record = Store(tmp_path).record(plan.tasks[0].run_id)
    assert record is not None
    assert (record.trained, record.judged) == (None, math.inf)


def test_faults_are_told_at_once_and_what_may_not_be_compared_is_refused() -> None:
    program = made_known()
    with pytest.raises(ParibusError) as caught:
        program.fields({"degree": 99, "ridge": -1.0, "colour": "red"})
    assert len(caught.value.faults) == 3
    with pytest.raises(ComparisonError, match="must be a field of the polynomial"):
        design("degre")
    with pytest.raises(ParibusError, match="the same value twice"):
        design("degree", (3, 3))


def test_a_store_is_read_without_the_program_s_code(tmp_path: Path) -> None:
    plan = make_plan(design(seeds=1), Settings(tmp_path, workers=1))
    execute(plan.tasks, Store(tmp_path), 1, lambda event: None)
    code = (
        "import json, sys; from pathlib import Path; from paribus.runs.store import Store; "
        f"store = Store(Path({str(tmp_path)!r})); found = [store.result(r.id) for r in store.runs()]; "
        "print(json.dumps([[r.record.figures['loss'], len(r.epochs)] for r in found])); "
        "sys.exit(any(name.startswith('tests') for name in sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=os.sep, text=True)
    figures = {r.figures["loss"] for r in Store(tmp_path).runs()}
    assert {loss for loss, epochs in json.loads(told.stdout)} == figures
