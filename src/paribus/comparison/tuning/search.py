"""Finds each arm's best setting: makes the runs that the samplers ask for, and reads what they came to.

A try is first judged by how many of its runs trained, then by the mean of the steering metric over those: one that
brings half of its runs down is no good setting, however good the other half is.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from paribus.comparison.tuning.plan import Tuning, active
from paribus.comparison.tuning.ranges import as_number
from paribus.comparison.tuning.samplers import Proposes, Setting, sampler_for, whole_space
from paribus.core.errors import ParibusError
from paribus.records.design import Arm, Design
from paribus.records.events import Event, RunEnded, TryEnded, TuningEvent
from paribus.records.program import Fields, Metric
from paribus.records.run import RunResult
from paribus.records.tuned import Edge, End, Try, TunedArm, TunedField
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.program_protocol import Program
from paribus.runs.task import Task

Listener = Callable[[TuningEvent], None]
_FEWEST = 3  # values of a field among which an end can be told from a middle


@dataclass
class _Asked:
    """A setting whose runs are being made; no tasks where the program refuses it."""

    arm: str
    setting: Setting
    given: bool
    tasks: tuple[Task, ...] = ()


class Search:
    """All arms' searches. `on_event` hears of every try. `note`: is told which runs are needed, before any is made."""

    def __init__(
        self,
        design: Design,
        tuning: Tuning,
        runner: BudgetRunner,
        on_event: Listener,
        note: Callable[[list[str]], None],
    ) -> None:
        self._design, self._tuning, self._runner, self._tell, self._note = design, tuning, runner, on_event, note
        self._program, self._arms = runner.program, {arm.name: arm for arm in design.arms}
        self._seeds = tuning.seeds_beside(design.seeds)
        self._fields = {arm.name: active(tuning.fields, arm.fields, self._program) for arm in design.arms}
        self._proposes: Mapping[str, Proposes] = {name: self._sampler(arm) for name, arm in self._arms.items()}
        self._tries: dict[str, list[Try]] = {name: [] for name in self._arms}
        self._under_way: list[_Asked] = []
        self._ended: set[str] = set()
        self._told = 0
        self.run_ids: list[str] = []

    @property
    def total(self) -> int:
        """How many tries there are, at most."""
        return sum(tries_of(self._tuning, fields) for fields in self._fields.values())

    def run(self) -> tuple[TunedArm, ...]:
        """Make what runs it takes; gives each arm's tries and the best of them."""
        while asked := self._next():
            self._plan(asked)
            self._under_way = [one for one in asked if one.tasks]
            self._told += len(asked) - len(self._under_way)
            self._runner.make([task for one in asked for task in one.tasks], self._hear)
            for one in asked:  # in their order, whichever ended first
                found = self._came_to(one)
                self._tries[one.arm].append(found)
                self._proposes[one.arm].tell(one.setting, _gain(found, self._metric(one.arm)))
        return tuple(self._found(name) for name in self._arms)

    def _next(self) -> list[_Asked]:
        """What is tried next, the arms by turns."""
        proposed = {name: proposes.next() for name, proposes in self._proposes.items()}
        most = max(map(len, proposed.values()))
        return [
            _Asked(name, *settings[n]) for n in range(most) for name, settings in proposed.items() if n < len(settings)
        ]

    def _sampler(self, arm: Arm) -> Proposes:
        tuning, seed = self._tuning, self._design.seeds[0]
        return sampler_for(
            tuning.sampler, self._fields[arm.name], tuning.fields, arm.fields, tuning.tries, seed, self._program
        )

    def _plan(self, asked: Sequence[_Asked]) -> None:
        """Give each its runs, planned together so that all are made in one way."""
        known = {str(n): fields for n, one in enumerate(asked) if (fields := self._taken(one)) is not None}
        if not known:
            return
        plan = self._runner.plan(list(known.items()), self._seeds)
        for n, one in enumerate(asked):
            one.tasks = tuple(task for task in plan.tasks if task.arm == str(n))
        self.run_ids += [task.run_id for task in plan.tasks if task.run_id not in self.run_ids]
        self._note(self.run_ids)

    def _taken(self, one: _Asked) -> Fields | None:
        """The arm's fields with the setting; None where the program refuses it, or its data are too few."""
        with contextlib.suppress(ParibusError):
            fields = self._program.fields({**self._arms[one.arm].fields, **one.setting})
            arm = Arm(name=one.arm, value=one.arm, fields=fields)
            self._program.check(Design(program=self._program.info, arms=(arm,), seeds=self._seeds))
            return fields
        return None

    def _hear(self, event: Event) -> None:
        """Tell of each try whose last run has ended."""
        if isinstance(event, RunEnded):
            self._ended.add(event.run_id)
            for one in [asked for asked in self._under_way if {task.run_id for task in asked.tasks} <= self._ended]:
                self._under_way.remove(one)
                self._told += 1
                metric, found = self._metric(one.arm), self._came_to(one)
                told = TryEnded(arm=one.arm, number=self._told, total=self.total, metric=metric, found=found)
                self._tell(told)

    def _results(self, one: _Asked) -> list[RunResult]:
        found = (self._runner.store.result(task.run_id) for task in one.tasks)
        return [result for result in found if result is not None]

    def _came_to(self, one: _Asked) -> Try:
        metric, results = self._metric(one.arm), self._results(one)
        figures = [(_counts(result, metric, self._program), _figure(result, metric)) for result in results]
        counted = [value for counts, value in figures if counts and value is not None]
        scored = counted or [value for _, value in figures if value is not None]
        return Try(
            values=one.setting,
            given=one.given,
            runs=tuple(task.run_id for task in one.tasks),
            counted=len(counted),
            score=sum(scored) / len(scored) if scored else None,
        )

    def _metric(self, arm: str) -> Metric:
        return self._program.steering(self._arms[arm].fields)

    def _found(self, name: str) -> TunedArm:
        tries, metric = self._tries[name], self._metric(name)
        ranks = [_rank(one, metric) for one in tries]
        best = ranks.index(max(ranks))
        alike = [one for one, rank in zip(tries, ranks, strict=True) if rank == ranks[best]]
        fields = self._fields[name]
        return TunedArm(
            arm=name,
            fields=tuple(field.name for field in fields),
            tries=tuple(tries),
            best=best,
            whole=whole_space(fields, self._tuning.tries),
            edges=edges(fields, tries, alike, self._program) if tries[best].counted else (),
        )


def tries_of(tuning: Tuning, fields: Sequence[TunedField]) -> int:
    """How many tries an arm has in which these fields do something."""
    return round(min(tuning.tries, math.prod(field.count for field in fields)))


def edges(
    fields: Sequence[TunedField], tries: Sequence[Try], best: Sequence[Try], program: Program
) -> tuple[Edge, ...]:
    """Where the best lies at an end of what was tried, and the range could be wider there.

    best: those tries that are as good as the best one. A range that ends where the field itself does is as wide as can
    be.
    """
    found = []
    for field in fields:
        tried = {as_number(one.values[field.name]) for one in tries if one.runs}
        at = {as_number(one.values[field.name]) for one in best}
        numbers = {number for number in tried if number is not None}
        if len(at) > 1 or None in tried or len(numbers) < _FEWEST:
            continue
        limits, value = program.specifications[field.name].limits, at.pop()
        ends: dict[End, tuple[float, float | None]] = {
            "low": (min(numbers), limits.get("at_least")),
            "high": (max(numbers), limits.get("at_most")),
        }
        ranges = {"low": field.low, "high": field.high} if not field.choices else {end: e[0] for end, e in ends.items()}
        found += [
            Edge(field=field.name, end=end)
            for end, (outermost, limit) in ends.items()
            if value == outermost and (limit is None or ranges[end] != limit)
        ]
    return tuple(found)


def _counts(result: RunResult, metric: Metric, program: Program) -> bool:
    """Whether the run came to its end, and trained by what that means now."""
    ended = result.record.status == "finished" and _figure(result, metric) is not None
    return ended and program.trained(result.record.figures) is not False


def _figure(result: RunResult, metric: Metric) -> float | None:
    value = result.record.figures.get(metric.name)
    if value is None and result.epochs:
        value = result.epochs[-1].figures.get(metric.name)
    return value if value is not None and math.isfinite(value) else None


def _gain(one: Try, metric: Metric) -> float:
    """As a sampler is told of it: more is better."""
    return metric.gain(0.0, one.score) if one.worked and one.score is not None else -math.inf


def _rank(one: Try, metric: Metric) -> tuple[float, float]:
    share = one.counted / len(one.runs) if one.runs else -1.0
    return share, -math.inf if one.score is None else metric.gain(0.0, one.score)
