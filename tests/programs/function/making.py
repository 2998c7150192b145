"""Runs of functions for tests, in this process's own children."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.comparison.fair_design import design_from_factor
from paribus.programs.function.program import FunctionProgram, function_program
from paribus.programs.metrics import metric_named
from paribus.records.run import RunResult
from paribus.runs.execute import execute
from paribus.runs.planning import Plan, Settings, make_plan
from paribus.runs.store import Store

Function = Callable[..., Any] | str


@dataclass(frozen=True)
class Made:
    """A plan, and what became of it."""

    plan: Plan
    store: Store

    @property
    def results(self) -> dict[tuple[str, int], RunResult]:
        """By the arm's name and the seed."""
        return {(task.arm, task.seed): self._result(task.run_id) for task in self.plan.tasks}

    @property
    def figures(self) -> dict[tuple[str, int], dict[str, float]]:
        return {key: result.record.figures for key, result in self.results.items()}

    @property
    def first(self) -> RunResult:
        return self.results[self.plan.tasks[0].arm, self.plan.tasks[0].seed]

    @property
    def folder(self) -> Path:
        return self.store.run_folder(self.plan.tasks[0].run_id)

    def _result(self, name: str) -> RunResult:
        result = self.store.result(name)
        assert result is not None
        return result


def as_program(function: Function, metric: str = "x:max", **more: Any) -> FunctionProgram:
    program = function_program(function, metrics=[metric_named(one) for one in metric.split(",")], **more)
    assert isinstance(program, FunctionProgram)
    return program


def planned(
    function: Function,
    store: Path,
    factor: str = "a",
    values: Sequence[object] = (1, 2),
    seeds: int = 1,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> Plan:
    program = as_program(function, **more)
    base = program.fields({factor: values[0], **(fields or {})})
    design = design_from_factor(program, factor, values, base, "", range(seeds))
    return make_plan(design, Settings(store, workers=1), program=program)


def make(function: Function, store: Path, *, pool: int = 0, **more: Any) -> Made:
    """All runs, in a pool of so many workers, or each in a child of this process."""
    plan = planned(function, store, **more)
    if pool:
        execute(plan.tasks, Store(store), pool, lambda event: None)
    else:
        with ThreadPoolExecutor(1) as threads:
            execute(plan.tasks, Store(store), 1, lambda event: None, threads)
    return Made(plan, Store(store))


def written(folder: Path, name: str, text: str) -> None:
    """A module of the user's own, as it is now: an earlier one is forgotten."""
    path = folder / f"{name.replace('.', '/')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    importlib.invalidate_caches()
    sys.modules.pop(name, None)
