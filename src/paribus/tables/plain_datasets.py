"""Figures that are no table, by data set: for each arm a mapping from the data set to its figures, or to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from paribus.core.errors import Fault, FaultsError
from paribus.records.given import Given, GivenArm
from paribus.records.program import Metric
from paribus.tables.by_dataset import merged, on_datasets
from paribus.tables.plain import given_figures, is_number


def figures_by_dataset(figures: Mapping[str, Any], metrics: Sequence[Metric], paired: bool | None) -> Given:
    """As `given_figures` reads those of one data set."""
    faults = [
        Fault("{arm} must be a mapping from data set to figures", of, arm=str(arm))
        for arm, of in figures.items()
        if not isinstance(of, Mapping) or not of
    ]
    if len(figures) < 2:
        faults.append(Fault("there must be two arms or more", len(figures)))
    if faults:
        raise FaultsError("what is judged", faults)
    by_name = {str(arm): {str(name): _listed(of) for name, of in by.items()} for arm, by in figures.items()}
    names = dict.fromkeys(name for by in by_name.values() for name in by)
    given: Given | None = None
    datasets: dict[str, dict[str, GivenArm]] = {}
    for name in names:
        own = {arm: by[name] for arm, by in by_name.items() if name in by}
        missing = {arm: next(iter(own.values())) for arm in by_name if arm not in own}  # two arms are needed to read
        found = given_figures({**own, **missing}, metrics, paired)
        datasets[name] = {arm: found.arms[arm] for arm in by_name if arm in own}
        given = found if given is None else replace(given, paired=given.paired and found.paired)
    if given is None:
        raise FaultsError("what is judged", [Fault("there must be two data sets or more", 0)])
    whole = on_datasets(given, datasets, "")
    return replace(whole, arms={arm: merged(datasets)[arm] for arm in by_name})


def _listed(of: Any) -> Any:
    """One figure as a list of one."""
    return [of] if of is None or is_number(of) else of
