"""What figures take from a comparison: its metrics, each run's curves, and figures in the words of a metric's unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paribus.presentation.labels import initial_capital, metric_label
from paribus.presentation.numbers import loss, percent, points, signed, signed_points
from paribus.presentation.translation import Words
from paribus.values.comparison import ArmView, Comparison, RunView
from paribus.values.explanation import Explanation

CURVES = ("val_accuracy", "val_loss", "train_accuracy", "train_loss")  # the leading one first, others beside it


@dataclass(frozen=True)
class Measure:
    """A metric as figures show it: a share in per cent and its differences in percentage points, or its own unit."""

    name: str
    unit: str
    direction: Literal["min", "max"] = "max"

    @property
    def is_share(self) -> bool:
        """Whether it is a fraction."""
        return self.unit == "share"

    @property
    def factor(self) -> float:
        """From the metric's unit to what an axis of differences shows."""
        return 100.0 if self.is_share else 1.0

    def label(self, words: Words) -> str:
        """What it is called inside a sentence."""
        return metric_label(self.name, words.lang)

    def title(self, words: Words) -> str:
        """The same with a capital."""
        return initial_capital(self.label(words))

    def text(self, value: float, words: Words, places: int = 3) -> str:
        """A figure in words; `places` of a percentage, or of the number itself."""
        return percent(value, words.lang, places) if self.is_share else loss(value, places)

    def difference(self, value: float | None, places: int) -> str:
        """A difference with its sign, without its unit."""
        return signed_points(value, places) if self.is_share else signed(value, places + 2)

    def bound(self, value: float | None, places: int) -> str:
        """The end of a difference's interval."""
        return points(value, places) if self.is_share else signed(value, places + 2)

    def difference_unit(self, words: Words) -> str:
        """What differences are in."""
        return words.text("percentage points") if self.is_share else self.unit


def judged(comparison: Comparison) -> Measure:
    """The metric that the verdict is on."""
    return Measure("test_accuracy", "share")


def steering(explanation: Explanation) -> Measure:
    """The metric that interventions are measured in."""
    metric = explanation.program.steering
    return Measure(metric.name, metric.unit, metric.direction)


def curve_measures(comparison: Comparison) -> tuple[Measure, ...]:
    """The metrics that are known epoch by epoch, the leading one first."""
    return tuple(
        Measure(name, "share" if name.endswith("accuracy") else "nats", "max" if name.endswith("accuracy") else "min")
        for name in CURVES
    )


def curve(run: RunView, name: str) -> tuple[float, ...]:
    """A metric of a run, epoch by epoch from the first."""
    values: tuple[float, ...] = getattr(run, name)
    return values


def counted(arm: ArmView, run: RunView) -> bool:
    """Whether the arm's means count this run: where only some trained, those alone."""
    return arm.over == "all" or run.trained


def reference(comparison: Comparison, name: str) -> float | None:
    """What ignoring the input reaches in a metric; None where arms differ in it, or nobody knows."""
    if not one_prior(comparison):
        return None
    if name.endswith("loss"):
        return comparison.prior_entropy
    return guessed_share(len(comparison.class_names), comparison.arms[0].recipe.majority_fraction)


def one_prior(comparison: Comparison) -> bool:
    """Whether all arms have the classes in the same shares: where not, no one line is what guessing reaches."""
    return len({(arm.recipe.dataset, arm.recipe.majority_fraction) for arm in comparison.arms}) == 1


def guessed_share(classes: int, share: float) -> float | None:
    """How often always naming the most frequent class is right: 0 as the majority's `share` leaves all about equal.

    None where the classes are not known.
    """
    if classes < 2:
        return None
    return max(share, (1 - share) / (classes - 1)) if share > 0 else 1 / classes
