"""Figures that are no table: for each arm a list, or a mapping from seed to figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from paribus.core.errors import Fault, FaultsError
from paribus.programs.metrics import metric_named
from paribus.records.given import Given, GivenArm
from paribus.records.program import Metric

Figures = Sequence[float | None] | Mapping[int, float | None]


def given_figures(figures: Mapping[str, Figures], metrics: Sequence[Metric], paired: bool | None) -> Given:
    """Plain figures by arm: mappings are paired by seed, lists by place where that is asked for."""
    metric = metrics[0] if metrics else metric_named("figure:max")
    faults = []
    if len(metrics) > 1:
        faults.append(Fault("figures without a table are of one metric", [m.name for m in metrics]))
    if len(figures) < 2:
        faults.append(Fault("there must be two arms or more", len(figures)))
    mapped = {isinstance(by_place, Mapping) for by_place in figures.values()}
    if len(mapped) > 1:
        faults.append(Fault("the arms must be lists, or mappings from seed to figure, all of them"))
    arms: dict[str, dict[int, float | None]] = {}
    for name, one in figures.items():
        if not isinstance(one, Iterable) or isinstance(one, str):
            faults.append(Fault("{arm} must be a list, or a mapping from seed to figure", one, arm=str(name)))
            continue
        if str(name) in arms:
            faults.append(Fault("two arms are called {arm}", arm=str(name)))
        by_seed = dict(one) if isinstance(one, Mapping) else dict(enumerate(one))
        faults += _faults_of(str(name), by_seed)
        arms[str(name)] = by_seed
    pairs = (mapped == {True} and paired is not False) or bool(paired)
    if mapped == {False} and paired and len(set(map(len, arms.values()))) > 1:
        faults.append(Fault("lists that are paired by place must be of one length", [len(of) for of in arms.values()]))
    if faults:
        raise FaultsError("what is judged", faults)
    return Given(
        arms={
            name: GivenArm(np.array(list(of), np.int64), {metric.name: np.array(list(map(_figure, of.values())))})
            for name, of in arms.items()
        },
        metrics=(metric,),
        paired=pairs,
    )


def _faults_of(arm: str, by_seed: Mapping[Any, Any]) -> list[Fault]:
    if not by_seed:
        return [Fault("{arm} must have a figure or more", arm=arm)]
    found = [
        Fault("{arm}: a seed must be a whole number below 2^63", seed, arm=arm)
        for seed in by_seed
        if not _is_whole(seed)
    ]
    return found + [
        Fault(
            "{arm}, seed {seed}: a figure must be a number, or None of a run that failed",
            value,
            arm=arm,
            seed=str(seed),
        )
        for seed, value in by_seed.items()
        if value is not None and not is_number(value)
    ]


def _figure(value: float | None) -> float:
    """NaN of a run that failed, infinite of one that diverged."""
    if value is None:
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.inf
    except OverflowError:  # a whole number beyond all floats
        return math.inf


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and -(2**63) <= int(value) < 2**63


def is_number(value: object) -> bool:
    """Whether it is a number of Python's or NumPy's."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
