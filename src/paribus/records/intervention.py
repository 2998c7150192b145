"""An intervention: what is changed to test a suspected cause, what its runs came to, and what it turned out to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import model_validator

from paribus.core.frozen import Frozen
from paribus.records.program import FieldValue

# What an intervention turned out to be; see `diagnosis.judgement` for the rules.
Kind = Literal["cause", "remedy", "contributing", "ruled_out", "no_effect_seen", "not_established"]


# What points at a change of a program that shows nothing of its inside: the field is not at its default. The mechanism
# by which it acts is not measured then, and whoever tells of the cause says so.
OFF_DEFAULT = "off_default"


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
    finding: str | None


class Effect(Frozen):
    """Runs without and with an intervention, paired by seed, in the unit of the steering metric.

    `before`, `after`: means over `seeds`; `low`, `high`: t interval at 95 % of the mean paired difference, None for
    one seed. `explained_before`, `explained_after`: what the program counts deficits in, more of it being better;
    `explained_low`: lower end of the interval of its difference. `trained_before`, `trained_after`: how many of the
    runs trained; None where that means nothing to the program. `runs_before`, `runs_after`: their ids, in the order of
    `seeds`; none in an explanation of an earlier version. `idle`: in none of the runs with it did anything come up that
    it would change, so that it was not run at all.
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
    trained_before: int | None
    trained_after: int | None
    runs_before: tuple[str, ...] = ()
    runs_after: tuple[str, ...] = ()
    idle: bool = False

    @property
    def all_train(self) -> bool:
        """Whether every run trains with it, and none without."""
        return self.trained_before == 0 and self.trained_after == len(self.seeds)


class LearningCurve(Frozen):
    """How an intervention's runs learned: the steering metric after each epoch, from the first, means over seeds.

    `before`, `after`: without the change and with it; of one length.
    """

    before: tuple[float, ...]
    after: tuple[float, ...]


class Tested(Frozen):
    """An intervention and what came of it.

    `screened`: short runs that chose what to confirm; `confirmed`: at full length on fresh seeds. None where not run.
    `stored`: whole runs that were there already and did better with it; None where none did, or none are there.
    Ruled out is only what was confirmed.
    """

    intervention: Intervention
    kind: Kind
    screened: Effect | None = None
    confirmed: Effect | None = None
    stored: Effect | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_what_was_confirmed(cls, values: Any) -> Any:
        """Earlier versions called ruled out what a short run on one seed had not helped."""
        if isinstance(values, dict) and values.get("kind") == "ruled_out" and values.get("confirmed") is None:
            return {**values, "kind": "no_effect_seen"}
        return values


class Placebo(Frozen):
    """What changes nothing that matters: the same fields with other seeds, beside those that were confirmed on.

    `kind`: what it would be called by the rules for interventions if a symptom pointed at it. `effect`: its pairs have
    not one seed; `seeds` are those of the runs before.
    """

    kind: Kind
    effect: Effect


def first_cause(tested: Sequence[Tested]) -> Intervention | None:
    """The first of them that turned out to be a cause."""
    return next((one.intervention for one in tested if one.kind == "cause"), None)
