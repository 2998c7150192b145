"""From runs to the comparison: every figure that terminal, report, web page and JSON show is made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from paribus.comparison.anytime.rule import RULE, anytime_pairs, states_of
from paribus.comparison.anytime.sequential import ERROR
from paribus.comparison.arm_results import ArmRuns, arm_of, arm_view, as_precise_as, run_view, without_astray
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.editions import CURRENT
from paribus.comparison.decision_rule.editions import edition as edition_named
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS, look_level
from paribus.comparison.factorial.effects import factorial_of
from paribus.comparison.pair_verdicts import pair_views
from paribus.core.errors import ComparisonError, Fault
from paribus.core.messages import Message
from paribus.records.comparison import ArmView, Comparison, PairView
from paribus.records.datasets import Datasets
from paribus.records.design import Design
from paribus.records.factorial import Cell, Factor, Factorial
from paribus.records.program import Metric, ProgramInfo
from paribus.records.run import Environment, RunResult

Key = tuple[str, int]  # an arm's name and a seed


def compare(
    design: Design,
    results: Mapping[Key, RunResult],
    *,
    evidence: Mapping[str, Any] | None = None,
    margin: float = rule.DEFAULT_MARGIN,
    look: int = 1,
    paired: bool = True,
    most: int | None = None,
    command: str,
    created: str,
    paribus_version: str,
) -> Comparison:
    """The comparison of all arms of `design`, with a verdict for each pair.

    results: a run for each (arm name, seed), none of them still running; its `items` may say, under the name of the
    metric that is judged, which items it got right. evidence: what the program's own sections will show. margin: in the
    unit of that metric. look: which look at these arms this is, from 1 to 3. paired: whether runs with one seed are
    compared with each other. most: how many pairs there might be, of a comparison that grew pair by pair: arms that
    were settled early then have fewer runs. Raises ComparisonError, with all faults, where runs are missing or not
    done.
    """
    level, program = look_level(look), design.program
    refuse(faults(design, results, program.judging, margin, growing=most is not None))
    arms = arms_of(design, results)
    found = judged(
        arms,
        program,
        margin=margin,
        look=look,
        paired=paired,
        baseline=design.baseline,
        crossed=_crossed(design) if design.factors else None,
        edition=design.rule,
    )
    if most is not None:
        states = states_of(arms, program, margin, most, design.baseline)
        found, level = found._replace(pairs=anytime_pairs(found.pairs, states)), ERROR
    return Comparison(
        id=design.id,
        program=program,
        metric=found.metric,
        factor=design.factor,
        recipe_name=design.recipe_name,
        confounded=design.confounded,
        differences=design.differences,
        seeds=design.seeds,
        margin=margin,
        paired=paired,
        baseline=design.baseline,
        look=look,
        looks_allowed=len(LOOK_LEVELS),
        alpha=level,
        rule=design.rule if most is None else RULE,
        arms=found.arms,
        pairs=found.pairs,
        other_pairs=found.other_pairs,
        factorial=found.factorial,
        evidence=None if evidence is None else dict(evidence),
        environment=_environment(results.values()),
        command=command,
        created=created,
        paribus=paribus_version,
    )


def arms_of(design: Design, results: Mapping[Key, RunResult]) -> list[ArmRuns]:
    """The arms with what runs of theirs there are, in the order of the seeds."""
    program = design.program
    known = {arm.name: [seed for seed in design.seeds if (arm.name, seed) in results] for arm in design.arms}
    return [
        arm_of(
            arm.name,
            arm.value,
            arm.fields,
            [run_view(results[arm.name, seed], program.metrics) for seed in known[arm.name]],
            program.metrics,
            tuple(results[arm.name, seed].items.get(program.judged) for seed in known[arm.name]),
        )
        for arm in design.arms
    ]


class Judged(NamedTuple):
    """The metric as precise as its figures, the arms' views, and every pair with its verdict."""

    metric: Metric
    arms: tuple[ArmView, ...]
    pairs: tuple[PairView, ...]
    other_pairs: tuple[PairView, ...]
    factorial: Factorial | None = None
    datasets: Datasets | None = None


class Crossed(NamedTuple):
    """Two factors, and the arms as their cells."""

    factors: tuple[Factor, Factor]
    cells: tuple[Cell, ...]


def _crossed(design: Design) -> Crossed:
    first, second = design.factors
    levels = product(first.values, second.values)
    cells = tuple(Cell(arm=arm.name, levels=both) for arm, both in zip(design.arms, levels, strict=True))
    return Crossed((first, second), cells)


def judged(
    arms: Sequence[ArmRuns],
    program: ProgramInfo,
    *,
    margin: float,
    look: int,
    paired: bool,
    claim_all: bool = False,
    baseline: str = "",
    crossed: Crossed | None = None,
    edition: str = CURRENT,
) -> Judged:
    """The arms judged by the program's metric, and by its others: described, or all of them claimed at once.

    `crossed`: the effects of two factors in place of pairs.
    """
    name = program.judged
    arms = without_astray(arms, name)
    counted = next((len(found) for arm in arms for found in arm.items if found is not None), None)
    metric = as_precise_as(program.judging.of_items(counted), arms)
    others = [as_precise_as(other, arms) for other in program.metrics if other.name != name]
    others = [other for other in others if any((~np.isnan(arm.columns.figures[other.name])).any() for arm in arms)]
    metrics = [metric if each.name == name else each for each in program.metrics]
    views = tuple(arm_view(arm, metrics) for arm in arms)
    if crossed is not None:
        found = factorial_of(*crossed, arms, metric, look_level(look), edition_named(edition).PLAIN)
        return Judged(metric, views, (), (), found)
    how = (look, paired, baseline, edition)
    if claim_all:
        pairs = pair_views(arms, [metric, *others], margin, *how)
    else:
        pairs = pair_views(arms, [metric], margin, *how)
        pairs += tuple(pair for other in others for pair in pair_views(arms, [other], None, *how))
    own = len(pairs) // (1 + len(others))
    return Judged(metric, views, pairs[:own], pairs[own:])


def _environment(results: Iterable[RunResult]) -> Environment:
    """The environment of the run that started last: of the command that made this comparison, if it ran any."""
    return max((result.record for result in results), key=lambda record: record.started).environment


def faults(
    design: Design, results: Mapping[Key, RunResult], metric: Metric, margin: float, growing: bool = False
) -> list[Message]:
    """Why these runs cannot be compared; nothing where they can. growing: runs may be missing."""
    found = []
    if len(design.arms) < 2:
        found.append(Message("a comparison has at least two arms; got {count}", count=len(design.arms)))
    if not design.seeds:
        found.append(Message("a comparison has at least one seed; got none"))
    if metric.unit == "share" and not 0 <= margin <= 1:
        found.append(Fault("margin must be a fraction from 0 to 1", margin).message)
    elif not 0 <= margin < float("inf"):
        found.append(Fault("{field} must be at least {limit}", margin, field="margin", limit=0).message)
    for arm in design.arms:
        for seed in design.seeds:
            result = results.get((arm.name, seed))
            if not (growing and result is None) and (fault := _run_fault(result)):
                found.append(Message("arm {name}, seed {seed}: {fault}", name=arm.name, seed=seed, fault=fault))
    return found


def refuse(found: Sequence[Message]) -> None:
    """Raise ComparisonError where there are faults, with all of them."""
    if found:
        raise ComparisonError("these runs cannot be compared:\n{listed:lines}", listed=found)


def _run_fault(result: RunResult | None) -> Message | None:
    if result is None:
        return Message("the run is missing")
    if result.record.status == "running":
        return Message("run {name} must be finished or diverged; it is still running", name=result.record.id)
    return None
