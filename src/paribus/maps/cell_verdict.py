"""One cell of a map: judged by the decision rule, and what it needs next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.statistics import fisher_p, t_ends
from paribus.records.map import CellArm, CellPair, MapCell
from paribus.records.program import FieldValue, Metric
from paribus.records.run import RunResult

PROBING = 2  # seeds that tell whether any arm trains at all, before anything is compared
FEWEST = 4  # an arm with which Fisher's exact test can tell "all" from "none" at the first look: p = 0.029
DEFAULT_SEEDS = 8
DEFAULT_MARGIN = 0.01  # a map is coarser than a comparison


@dataclass(frozen=True)
class Step:
    """What a cell is run with: seeds an arm, epochs a run, and which look at it that is; 0 is none yet."""

    seeds: int
    epochs: int
    look: int


def looks(most: int) -> tuple[int, ...]:
    """The numbers of seeds at which a cell is looked at, the last of them `most`; no more than the rule allows."""
    return tuple(sorted({min(count, most) for count in (FEWEST, 2 * FEWEST, most)}))


def alpha(most: int) -> float:
    """The level that all looks at one cell share, at most."""
    return sum(look_level(look) for look in range(1, len(looks(most)) + 1))


def first_step(most: int, epochs: int) -> Step:
    """How a cell begins."""
    return Step(PROBING, epochs, 0) if most > PROBING else Step(most, epochs, 1)


def next_step(cell: MapCell, most: int, whole: int) -> Step | None:
    """What a cell needs next; None where it is decided, or all its seeds were spent.

    Where no run trained, two seeds an arm are run once more for the `whole` number of epochs, before it is said that
    neither trains. Nothing was compared until then, so that is no look. A cell that no further run can decide is open.
    """
    if cell.state in ("better", "equal"):
        return None
    if cell.state == "neither_trains":
        return Step(min(PROBING, most), whole, 0) if cell.epochs < whole else None
    if not _can_be_decided(cell, most):
        return None
    for look, seeds in enumerate(looks(most), start=1):
        if seeds > len(cell.seeds) or look > cell.look:
            return Step(seeds, cell.epochs, look)
    return None


def _can_be_decided(cell: MapCell, most: int) -> bool:
    """Whether there are outcomes of the runs still allowed with which the rule would decide the cell.

    Where a run did not train, counts decide from then on: at best, for an arm, all its further runs train and none of
    the other's. Holm's correction is left out, which only makes p larger.
    """
    arms = cell.arms
    if all(arm.counted == arm.runs for arm in arms):
        return True
    return any(all(_can_win(a, b, cell.look, most) for b in arms if b is not a) for a in arms)


def _can_win(a: CellArm, b: CellArm, look: int, most: int) -> bool:
    if a.counted == a.runs and b.counted == b.runs:
        return True
    left = [(number, seeds) for number, seeds in enumerate(looks(most), start=1) if number > look and seeds >= a.runs]
    best = [(seeds, a.counted + seeds - a.runs, look_level(number)) for number, seeds in left]
    return any(counted > b.counted and fisher_p(counted, b.counted, seeds) <= level for seeds, counted, level in best)


def ended(cell: MapCell, whole: int) -> MapCell:
    """The cell as the map has it: without runs of the `whole` number of epochs, that neither trains is open."""
    short = cell.state == "neither_trains" and cell.epochs < whole
    return cell.model_copy(update={"state": "open"}) if short else cell


def judged(
    at: tuple[FieldValue, ...],
    arms: Sequence[tuple[str, Sequence[RunResult]]],
    *,
    epochs: int,
    look: int,
    margin: float,
    metric: Metric,
) -> MapCell:
    """The cell from its runs, an arm's in the order of the seeds: the decision rule on the steering metric at the end.

    `metric`: with as many items as the runs had. `look` 0 establishes nothing, except that no run trained.
    """
    names = [name for name, _ in arms]
    told = any(run.record.trained is not None for _, runs in arms for run in runs)
    counted = np.array([[_counts(run) for run in runs] for _, runs in arms])
    values = np.array([[_at_the_end(run, metric) for run in runs] for _, runs in arms])
    pairs = _pairs(names, counted, values, look=look, margin=margin, metric=metric)
    winner = next((name for name in names if _beats_all(name, pairs)), None)
    if not counted.any():
        state = "neither_trains"
    elif winner is not None:
        state = "better"
    else:
        state = "equal" if all(pair.verdict == "equal" for pair in pairs) else "open"
    return MapCell(
        at=at,
        state=state,
        winner=winner,
        epochs=epochs,
        seeds=tuple(run.record.seed for run in arms[0][1]),
        look=look,
        arms=tuple(_arm(name, c, v, told) for name, c, v in zip(names, counted, values, strict=True)),
        pairs=pairs,
    )


def _counts(run: RunResult) -> bool:
    """Whether it trained; where that means nothing to the program, whether it came to an end."""
    return run.record.status == "finished" if run.record.trained is None else run.record.trained


def _at_the_end(run: RunResult, metric: Metric) -> float:
    """The run's figure; 0 for one that came to none, which does not count."""
    value = run.record.figures.get(metric.name)
    return value if value is not None and np.isfinite(value) else 0.0


def _beats_all(name: str, pairs: Sequence[CellPair]) -> bool:
    mine = [pair for pair in pairs if name in (pair.a, pair.b)]
    return all(pair.verdict == ("a_better" if pair.a == name else "b_better") for pair in mine)


def _arm(name: str, counted: NDArray[np.bool_], values: NDArray[np.float64], told: bool) -> CellArm:
    count = int(counted.sum())
    over = counted if 0 < count < len(counted) else np.ones_like(counted)
    trained, mean = count if told else None, float(values[over].mean())
    return CellArm(name=name, runs=len(counted), counted=count, trained=trained, value=mean)


def _pairs(
    names: Sequence[str],
    counted: NDArray[np.bool_],
    values: NDArray[np.float64],
    *,
    look: int,
    margin: float,
    metric: Metric,
) -> tuple[CellPair, ...]:
    """All pairs, a before b; counted and values are [arms, seeds]."""
    places = list(combinations(range(len(names)), 2))
    first, second = [a for a, _ in places], [b for _, b in places]
    differences = values[second] - values[first]
    evidence = rule.evidence(differences, counted[first], counted[second], margin=margin, metric=metric)
    decision = rule.decide(evidence, look_level(look) if look else 0.0)
    found = []
    for i, (a, b) in enumerate(places):
        both = counted[[a, b]].all(axis=0)
        comparable = bool(both.all()) or str(decision.figure.verdict[i]) in ("a_better", "b_better")
        low, high = t_ends(differences[i][both], rule.rounding_variance(metric)) if comparable else (None, None)
        found.append(
            CellPair(
                a=names[a],
                b=names[b],
                difference=float(differences[i][both].mean()) if comparable else None,
                low=low,
                high=high,
                p=None if np.isnan(decision.p_holm[i]) else float(decision.p_holm[i]),
                verdict=str(decision.verdict[i]),
                reason=str(decision.reason[i]),
            )
        )
    return tuple(found)
