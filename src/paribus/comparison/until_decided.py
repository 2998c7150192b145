"""A comparison that grows pair by pair until it is decided: which runs are still needed, and when it ends."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from statistics import median

import numpy as np

from paribus.comparison.arms import ArmRuns
from paribus.comparison.evalues import moments, paths
from paribus.comparison.from_runs import arms_of
from paribus.comparison.sequential import ERROR, SequentialState, judge_pairs
from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.core.seeds import generator
from paribus.records.answers import Answer, Answers, Anytime
from paribus.records.comparison import Design, PairView
from paribus.records.program import Metric
from paribus.records.run import RunResult
from paribus.runs.store import Store
from paribus.runs.task import Task

MOST_SEEDS = 30
LEAST_SEEDS, LARGEST_MOST = 2, 1000

Results = Mapping[tuple[str, int], RunResult]


@dataclass(frozen=True)
class Until:
    """When to stop at the latest. most: pairs of runs; budget: seconds for new runs; None for no bound."""

    most: int = MOST_SEEDS
    budget: float | None = None


def until_of(most: int | None, budget: float | None) -> Until:
    """The two as given. Raises FaultsError where nothing could be concluded with them."""
    errors = ErrorCollector("the comparison")
    with errors:
        if most is not None and not (isinstance(most, int) and LEAST_SEEDS <= most <= LARGEST_MOST):
            fault = Fault(
                "max_seeds must be from {least} to {limit:,}, since a single pair decides nothing",
                most, least=LEAST_SEEDS, limit=LARGEST_MOST,
            )  # fmt: skip
            raise FaultsError("the comparison", [fault])
    with errors:
        if budget is not None and not 0 < budget < math.inf:
            raise ParibusError(
                "budget must be a number of seconds greater than 0, or {none} for no bound", none="None", got=budget
            )
    errors.raise_all()
    return Until(MOST_SEEDS if most is None else most, budget)


def share_of(error: float, arms: int) -> float:
    """What each pair of so many arms gets of the error: the same share, so that each can stop by itself."""
    return error / math.comb(arms, 2)


def state_of(a: ArmRuns, b: ArmRuns, metric: Metric, margin: float, error: float, most: int) -> SequentialState:
    """What the pairs say that are complete, in the order of the seeds. Runs without seeds pair by place."""
    n = min(len(a.runs), len(b.runs))
    figures = [
        np.where(arm.columns.counted[:n], arm.columns.figures[metric.name][:n], np.nan) for arm in (a, b)
    ]
    return judge_pairs(np.stack(figures, axis=-1), metric, margin, error, most)


def ended_at(a: ArmRuns, b: ArmRuns, metric: Metric, margin: float, error: float, most: int, known: int = 0) -> int | None:
    """After how many pairs it ends, decided or hopeless; None where it goes on. known: so many do not end it."""
    ...
