"""The explanation's interventions as a view: what each changed, grouped by what it came to."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.presentation.interventions import KINDS, intervention_words
from paribus.presentation.labels import initial_capital
from paribus.presentation.translation import translator
from paribus.values.explanation import Explanation, Kind, Tested


@dataclass(frozen=True)
class InterventionRow:
    """One intervention that was run. Accuracies are fractions of validation images.

    `low`, `high`: the 95 % interval of the paired difference laid at `before`; None for one seed. `confirmed`: at full
    length, on fresh seeds; else in a short run.
    """

    change: str
    before: float
    after: float
    low: float | None
    high: float | None
    confirmed: bool
    length: str


@dataclass(frozen=True)
class InterventionGroup:
    """All interventions of one kind, those that won most first. `not_run`: how many more were not run at all."""

    kind: Kind
    title: str
    rows: tuple[InterventionRow, ...]
    not_run: int


def intervention_groups(explanation: Explanation, lang: str) -> tuple[InterventionGroup, ...]:
    """Groups in the order in which they are told, empty ones left out."""
    words = translator(lang)
    groups = []
    for kind, title in KINDS.items():
        tested = explanation.of(kind)
        rows = [row for one in tested if (row := _row(one, lang)) is not None]
        rows.sort(key=lambda row: (not row.confirmed, row.before - row.after))
        if tested:
            groups.append(InterventionGroup(kind, words.text(title), tuple(rows), len(tested) - len(rows)))
    return tuple(groups)


def _row(tested: Tested, lang: str) -> InterventionRow | None:
    seen = tested.confirmed or tested.screened
    if seen is None:
        return None
    words = translator(lang)
    epochs = words.plural("{n} epoch", "{n} epochs", seen.epochs)
    seeds = words.plural("{n} seed", "{n} seeds", len(seen.seeds))
    return InterventionRow(
        change=initial_capital(intervention_words(tested.intervention, words.lang)),
        before=seen.before,
        after=seen.after,
        low=None if seen.low is None else seen.before + seen.low,
        high=None if seen.high is None else seen.before + seen.high,
        confirmed=tested.confirmed is not None,
        length=f"{epochs}, {seeds}",
    )
