"""The runs of a try: both arms with one seed after another, made where they are missing."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from paribus.core.seeds import derive
from paribus.programs.command.meter import CPU, MEMORY, SECONDS
from paribus.records.program import Fields
from paribus.records.referee import Guard, Pair
from paribus.records.run import RunRecord
from paribus.runs.planning import tasks_for
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.task import Task
from paribus.runs.worker_count import usable_cores

BASELINE, CANDIDATE = "baseline", "candidate"
MEASURED = {"memory": MEMORY, "time": SECONDS, "cpu": CPU}

Arms = Mapping[str, tuple[Program, Fields]]
Listener = Callable[[str, int, RunRecord], None]  # arm, seed, what its run came to


def ignore(arm: str, seed: int, record: RunRecord) -> None:
    """Nobody listens."""


@dataclass
class Pairs:
    """Runs of both arms. side_by_side: whether which of them goes first is drawn for each pair.

    guards: what is measured of both. Where the arms need not be side by side the candidate goes first.
    """

    arms: Arms
    store: Store
    seeds: Sequence[int]
    workers: int = 1
    side_by_side: bool = True
    guards: Sequence[Guard] = ()
    listener: Listener = ignore

    def __post_init__(self) -> None:
        self.seconds = 0.0
        self.records: list[dict[str, RunRecord]] = []
        self._heard: set[str] = set()
        self._tasks: dict[str, list[Task]] = {name: [] for name in self.arms}

    def _plan(self, count: int) -> None:
        """The tasks of both arms up to the `count`-th seed: of sixty seeds mostly three are needed."""
        for name, (program, fields) in self.arms.items():
            there, seeds = self._tasks[name], self.seeds[len(self._tasks[name]) : count]
            if not seeds:
                continue
            how = program.how([fields], "auto", "auto", "off")
            how = replace(how, threads=max(1, usable_cores() // self.workers))
            tasks = tasks_for(program, program.info, [(name, fields)], seeds, self.store, how)
            there += [replace(task, brief=True) for task in tasks]

    def run(self, count: int, more: bool = False) -> list[Pair]:
        """The next pairs, so many of them. more: whether others may follow, until `let_go`."""
        first = len(self.records)
        last = min(first + count, len(self.seeds))
        following = range(last, min(last + 1, len(self.seeds)) if more else last)
        self._plan(max(last, following.stop))
        try:
            self._make(self._of(range(first, last)), self._of(following))
        except BaseException:
            self.let_go()
            raise
        return [self._pair(k) for k in range(first, last)]

    def _of(self, places: Iterable[int]) -> list[Task]:
        return [task for k in places for task in self._in_order(k)]

    def task(self, arm: str, k: int) -> Task:
        """The k-th run of an arm."""
        return self._tasks[arm][k]

    def _in_order(self, k: int) -> list[Task]:
        names = [CANDIDATE, BASELINE] if CANDIDATE in self.arms else [BASELINE]
        if self.side_by_side and derive(self.seeds[k], "referee/order") & 1:
            names.reverse()
        return [self._tasks[name][k] for name in names]

    def _make(self, tasks: Sequence[Task], following: Sequence[Task] = ()) -> None:
        """Make them. following: what may be next after them, which is prepared for meanwhile."""
        if self.workers == 1:
            missing = [task for task in tasks if self.store.ended(task.run_id) is None]
            for number, task in enumerate(missing, start=1):
                for after in [*missing, *following][number : number + 1]:
                    self.arms[after.arm][0].get_ready(after.fields)
                self.arms[task.arm][0].perform([task])
                self._hear(task)
        else:
            from paribus.runs.execute import execute

            execute(tasks, self.store, self.workers, lambda event: None)

    def let_go(self) -> None:
        """There will be no more runs: remove what was prepared for some."""
        for program, _ in self.arms.values():
            program.let_go()

    def _pair(self, k: int) -> Pair:
        found = {name: self._ended(tasks[k]) for name, tasks in self._tasks.items()}
        self.records.append(found)
        self.seconds += sum(seconds_of(record) for record in found.values())
        for tasks in self._tasks.values():
            self._hear(tasks[k])
        ratios = {guard.text: _ratio(found, MEASURED[guard.what]) for guard in self.guards}
        figures = {name: record.judged if record.failure is None else None for name, record in found.items()}
        return Pair(seed=self.seeds[k], baseline=figures[BASELINE], candidate=figures.get(CANDIDATE), ratios=ratios)

    def _hear(self, task: Task) -> None:
        """Tell of a run, once: as soon as it has ended, where runs are made one after another."""
        if task.run_id not in self._heard:
            self._heard.add(task.run_id)
            self.listener(task.arm, task.seed, self._ended(task))

    def _ended(self, task: Task) -> RunRecord:
        record = self.store.ended(task.run_id)
        assert record is not None, task.run_id
        return record

    def same_bits(self, k: int) -> bool:
        """Whether both runs of a pair gave the very same figures, all along."""
        (one, other) = (self._tasks[name][k].run_id for name in self._tasks)
        told = [
            {n: x for n, x in record.figures.items() if n not in MEASURED.values()}
            for record in self.records[k].values()
        ]
        curves = [[epoch.figures for epoch in self.store.epochs(name)] for name in (one, other)]
        return bool(told[0]) and told[0] == told[1] and curves[0] == curves[1]

    @property
    def pair_seconds(self) -> float | None:
        """What a pair took, in the median."""
        taken = [sum(map(seconds_of, found.values())) for found in self.records]
        return statistics.median(taken) if taken else None


def seconds_of(record: RunRecord) -> float:
    """What a run's own code took."""
    return record.figures.get(SECONDS, record.seconds)


def _ratio(found: Mapping[str, RunRecord], name: str) -> float | None:
    ours, theirs = (found[arm].figures.get(name) for arm in (CANDIDATE, BASELINE))
    return ours / theirs if ours and theirs else None
