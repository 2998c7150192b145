"""What figures take from a comparison: its metrics and each run's curves."""

from __future__ import annotations

from paribus.presentation.labels import initial_capital
from paribus.presentation.measure import Measure
from paribus.programs.recipe.info import RECIPE
from paribus.values.comparison import ArmView, Comparison, RunView
from paribus.values.program import Label, Metric, ProgramInfo

_TRAINING = (
    Metric(name="train_accuracy", direction="max", unit="share", label=Label(en="training accuracy", ko="훈련 정확도")),
    Metric(name="train_loss", direction="min", unit="nats", label=Label(en="training loss", ko="훈련 손실")),
)


def program_of(shown: object) -> ProgramInfo:
    """The program of a comparison or of what a run is drawn from."""
    return RECIPE


def judged(comparison: Comparison) -> Metric:
    """The metric that the verdict is on."""
    return RECIPE.judging


def curve_metrics(comparison: Comparison) -> tuple[Metric, ...]:
    """The metrics that are known epoch by epoch, the leading one first."""
    return (RECIPE.steering, RECIPE.metric("val_loss"), *_TRAINING)


def curve(run: RunView, name: str) -> tuple[float, ...]:
    """A metric of a run, epoch by epoch from the first."""
    values: tuple[float, ...] = getattr(run, name)
    return values


def counted(arm: ArmView, run: RunView) -> bool:
    """Whether the arm's means count this run: where only some trained, those alone."""
    return arm.over == "all" or run.trained


def factor(metric: Metric) -> float:
    """From the metric's unit to what an axis of differences shows: a share's are percentage points."""
    return 100.0 if metric.unit == "share" else 1.0


def title_of(measure: Measure) -> str:
    """What the metric is called, with a capital."""
    return initial_capital(measure.label)


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
