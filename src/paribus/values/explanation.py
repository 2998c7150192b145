"""The explanation: findings whose interventions were run. What restores training, what does not, what was not tried."""

from __future__ import annotations

from typing import Literal

from paribus.values.comparison import Comparison, FieldValue
from paribus.values.findings import Finding, FindingName
from paribus.values.recipe import Recipe
from paribus.values.records import Frozen

EXPLANATION_SCHEMA = 1

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
    one seed. `explained_before`, `explained_after`: share of the label prior's entropy that the validation loss is
    below it, from 0 to 1, which is fair to any balance of classes; `explained_low`: lower end of the interval of its
    difference. `trained_before`, `trained_after`: how many of the runs trained.
    """

    epochs: int
    seeds: tuple[int, ...]
    before: float
    after: float
    low: float | None
    high: float | None
    explained_before: float
    explained_after: float
    explained_low: float | None
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


class Symptoms(Frozen):
    """What the rules saw in at least half of an arm's runs. `arm`: its name; empty for a recipe by itself."""

    arm: str
    seeds: tuple[int, ...]
    findings: tuple[Finding, ...]


class Spent(Frozen):
    """What the explanation took. `allowed`: seconds, None for no limit; `complete`: nothing was left out for it."""

    allowed: float | None
    seconds: float
    complete: bool


class Explanation(Frozen):
    """Why `recipe` trains badly, as far as that was tested. `subject` names the comparison, run or recipe.

    `arm`: the arm of the comparison that is explained; empty for a recipe by itself. `repaired`: the comparison made
    again, on fresh seeds, with the first cause removed from both arms; None without a cause or a comparison.
    """

    schema_number: int = EXPLANATION_SCHEMA
    subject: str
    arm: str
    recipe: Recipe
    symptoms: tuple[Symptoms, ...]
    tested: tuple[Tested, ...]
    repaired: Comparison | None
    spent: Spent

    def of(self, kind: Kind) -> tuple[Tested, ...]:
        """The interventions that turned out to be of one kind."""
        return tuple(tested for tested in self.tested if tested.kind == kind)
