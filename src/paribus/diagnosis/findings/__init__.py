"""Findings: from a trace to named symptoms and causes, by rules that know no recipe, layer or data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS
from paribus.diagnosis.findings.rule import Rule
from paribus.diagnosis.findings.rules import RULES
from paribus.records.finding import Finding
from paribus.records.program import Epoch
from paribus.records.trace import StepTrace

HARMLESS = SYMPTOMS | {"frozen_layer"}


def findings_of(trace: Sequence[StepTrace], metrics: Sequence[Epoch] = ()) -> tuple[Finding, ...]:
    """What the rules see in a run, the strongest first, causes before what follows from them.

    `trace` in any order; fields that are None, NaN or infinite leave the rules that need them silent. `metrics` are
    those of the same run.
    """
    if not trace:
        return ()
    history = History.of(trace, metrics)
    rules = (*MISTAKES.values(), *RULES.values())
    detected = ((rule, rule.detect(history)) for rule in rules)
    found = [
        finding.model_copy(update={"place": history.place(rule.place)})
        for rule, finding in detected
        if finding is not None and not rule.refutes(history)
    ]
    if history.of_loop and history.outcome == "trained":  # a symptom that did no harm is no news of a loop
        found = [finding for finding in found if finding.strength != "weak" or finding.name not in HARMLESS]
    kept = [finding for finding in found if not any(_explains(cause, finding) for cause in found)]
    return tuple(sorted(kept, key=lambda finding: (not _is_certain(finding), finding.rank)))


def rule_of(name: str) -> Rule | None:
    """The rule that a finding is of; None for one that no rule has any more."""
    return RULES.get(name) or MISTAKES.get(name)


def _is_certain(finding: Finding) -> bool:
    rule = rule_of(finding.name)
    return rule is not None and rule.certain and finding.strength != "weak"


def _explains(cause: Finding, finding: Finding) -> bool:
    rule = rule_of(cause.name)
    told = rule is not None and finding.name in rule.explains and cause.name != finding.name
    if cause.strength == "weak" and finding.name == "frozen_layer":
        return False  # some dead units let gradients through: weights that stay exactly as they are have another cause
    return told and (_is_certain(cause) or cause.rank <= finding.rank)


def common(of_runs: Sequence[Sequence[Finding]]) -> tuple[Finding, ...]:
    """Findings that at least half of the runs show, strongest first, each as the run of median strength shows it."""
    seen: dict[str, list[Finding]] = defaultdict(list)
    for findings in of_runs:
        for finding in findings:
            seen[finding.name].append(finding)
    often = [sorted(found, key=lambda f: -f.rank) for found in seen.values() if 2 * len(found) >= len(of_runs)]
    return tuple(sorted((found[len(found) // 2] for found in often), key=lambda f: f.rank))
