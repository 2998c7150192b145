"""The findings of several runs of one recipe, as one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from paribus.records.finding import Finding, Strength

_WEAKEST_FIRST: tuple[Strength, ...] = ("weak", "moderate", "strong")


def common(of_runs: Sequence[Sequence[Finding]]) -> tuple[Finding, ...]:
    """Findings that at least half of the runs show, strongest first, each as the run of median strength shows it."""
    seen: dict[str, list[Finding]] = defaultdict(list)
    for findings in of_runs:
        for finding in findings:
            seen[finding.name].append(finding)
    kept = []
    for found in seen.values():
        if 2 * len(found) >= len(of_runs):
            found.sort(key=lambda f: _WEAKEST_FIRST.index(f.strength))
            kept.append(found[len(found) // 2])
    return tuple(sorted(kept, key=lambda f: -_WEAKEST_FIRST.index(f.strength)))
