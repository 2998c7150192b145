"""The explanation: findings whose interventions were run. What restores training, what does not, what was not tried."""

from __future__ import annotations

from typing import Literal

from paribus.values.comparison import FieldValue
from paribus.values.findings import FindingName
from paribus.values.records import Frozen

# What an intervention turned out to be; see `analysis.judgement` for the rules.
Kind = Literal["cause", "remedy", "contributing", "ruled_out", "not_established"]


class Change(Frozen):
    """One recipe field, from one value to another."""

    factor: str
    before: FieldValue
    after: FieldValue


class Intervention(Frozen):
    """What is changed on purpose to test a suspected cause: one field; two, where no single one restores training.

    `finding`: the symptom whose mechanism the change would remove; None where the change was tried without a symptom
    that points at it.
    """

    changes: tuple[Change, ...]
    finding: FindingName | None


class Effect(Frozen):
    """Runs without and with an intervention, paired by seed. Accuracies are fractions of validation images.

    `before`, `after`: means over `seeds`; `low`, `high`: t interval at 95 % of the mean paired difference, None for
    one seed. `trained_before`, `trained_after`: how many of the runs trained.
    """

    epochs: int
    seeds: tuple[int, ...]
    before: float
    after: float
    low: float | None
    high: float | None
    trained_before: int
    trained_after: int


class Tested(Frozen):
    """An intervention and what came of it.

    `screened`: short runs that chose what to confirm; `confirmed`: at full length on fresh seeds. None where not run.
    """

    intervention: Intervention
    kind: Kind
    screened: Effect | None = None
    confirmed: Effect | None = None
