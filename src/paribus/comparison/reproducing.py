"""A comparison that somebody sent, made again here: where its figures differ, and whether that is within seed noise."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from paribus.comparison.compare import run_plan
from paribus.core.errors import ParibusError
from paribus.records.comparison import ArmView, Comparison, RunView
from paribus.records.design import Arm, Design
from paribus.records.events import Event
from paribus.results import ComparisonResult
from paribus.runs.planning import Plan, Settings, check_settings, make_plan
from paribus.runs.registry import program_of
from paribus.runs.store import Store
from paribus.runs.store.bundles import comparison_of, unpack
from paribus.runs.trust import refuse_code

SENT, MADE = "sent", "made"  # below the folder of a reproduction: the store that came, and that of the runs made here


@dataclass(frozen=True)
class AgainRun:
    """One run then and now: the figure that is judged, None where there is none. same: whether weights or, for want of
    them, all figures are equal in every bit.
    """

    arm: str
    seed: int
    then: float | None
    now: float | None
    same: bool


@dataclass(frozen=True)
class AgainArm:
    """An arm's mean then and now. within: whether it is inside the interval of then; None where there was none."""

    name: str
    then: float | None
    now: float | None
    within: bool | None


@dataclass(frozen=True)
class Reproduction:
    """What came of making a comparison again."""

    sent: Comparison
    made: Comparison
    runs: tuple[AgainRun, ...]
    arms: tuple[AgainArm, ...]

    @property
    def same(self) -> bool:
        """Whether every run is the same in every bit."""
        return all(run.same for run in self.runs)


def opened(bundle: Path, folder: Path) -> ComparisonResult:
    """The comparison of a bundle, in a store of its own below the folder. Runs nothing of it."""
    store = Store(folder / SENT)
    name = comparison_of(bundle)
    if not (store.comparison_folder(name) / "comparison.json").is_file():  # else an earlier command opened it
        unpack(bundle, store.root)
    return ComparisonResult(store.load_comparison(name), store)


def planned(sent: ComparisonResult, how: Settings, trust: bool) -> Plan:
    """The runs that make it again. Raises ParibusError where it names code, unless that is trusted."""
    c = sent.comparison
    refuse_code(sent, trust)
    if c.factorial is not None or c.datasets is not None or c.tuned_fields:
        raise ParibusError(
            "{name}: what is made again is a comparison of one factor on one data set; its own command makes this one "
            "again: {command}",
            name=c.id,
            command=c.command,
        )
    program = program_of(c.program)
    check_settings(how, program)
    design = Design(
        program=c.program,
        factor=c.factor,
        arms=tuple(Arm(name=arm.name, value=arm.value, fields=arm.fields) for arm in c.arms),
        seeds=c.seeds,
        recipe_name=c.recipe_name,
        confounded=c.confounded,
        differences=c.differences,
        baseline=c.baseline,
        rule="second" if c.rule == "anytime" else c.rule,
        id=c.id,
    )
    return make_plan(design, how, program=program)


def reproduced(
    sent: ComparisonResult, plan: Plan, on_event: Callable[[Event], None], executor: Executor | None = None
) -> Reproduction:
    """Make the runs, and hold them against those that were sent."""
    c = sent.comparison
    made = run_plan(plan, c.margin * c.metric.scale, on_event, executor)
    pairs = list(zip(c.arms, made.comparison.arms, strict=True))
    runs = [
        _run(arm.name, then, now, sent.store, made.store, c.metric.name)
        for arm, again in pairs
        for then in arm.runs
        for now in again.runs
        if then.seed == now.seed
    ]
    return Reproduction(c, made.comparison, tuple(runs), tuple(_arm(then, now, c.metric.name) for then, now in pairs))


def _run(arm: str, then: RunView, now: RunView, sent: Store, made: Store, metric: str) -> AgainRun:
    before, after = sent.record(then.id), made.record(now.id)
    weights = before is not None and after is not None and before.weights_digest is not None
    if before is not None and after is not None and weights:
        same = before.weights_digest == after.weights_digest
    else:
        same = then.figures == now.figures
    return AgainRun(arm, then.seed, then.figures.get(metric), now.figures.get(metric), same)


def _arm(then: ArmView, now: ArmView, metric: str) -> AgainArm:
    before, after = then.figures.get(metric), now.figures.get(metric)
    within = None
    if before is not None and after is not None and before.low is not None and before.high is not None:
        within = before.low <= after.mean <= before.high
    means = [None if one is None else one.mean for one in (before, after)]
    return AgainArm(then.name, means[0], means[1], within)
