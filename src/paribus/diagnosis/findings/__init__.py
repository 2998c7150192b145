"""Findings: from a trace to named symptoms and causes, by rules that know no recipe, layer or data set."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.rules import RULES
from paribus.records.finding import Finding, Strength
from paribus.records.program import Epoch
from paribus.records.trace import StepTrace

_RANK: dict[Strength, int] = {"strong": 0, "moderate": 1, "weak": 2}


def findings_of(trace: Sequence[StepTrace], metrics: Sequence[Epoch] = ()) -> tuple[Finding, ...]:
    """What the rules see in a run, the strongest first, causes before what follows from them.

    `trace` in any order; fields that are None, NaN or infinite leave the rules that need them silent. `metrics` are
    those of the same run.
    """
    if not trace:
        return ()
    history = History.of(trace, metrics)
    found = [finding for rule in RULES.values() for finding in rule.detect(history)]
    kept = [finding for finding in found if not any(_explains(cause, finding) for cause in found)]
    return tuple(sorted(kept, key=lambda finding: _RANK[finding.strength]))


def _explains(cause: Finding, finding: Finding) -> bool:
    return (
        cause.name != finding.name
        and finding.name in RULES[cause.name].explains
        and _RANK[cause.strength] <= _RANK[finding.strength]
    )
