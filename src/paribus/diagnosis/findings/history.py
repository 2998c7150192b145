"""A run's trace as the rules ask for it: series of finite numbers, and how far the network got."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Literal, NamedTuple, TypeVar

from paribus.records.finding import Evidence, Finding, Strength
from paribus.records.loop_trace import IN_NATS, OF_CLASSES, LossTrace
from paribus.records.program import Epoch
from paribus.records.trace import LayerTrace, OutputTrace, StepTrace

# Where thresholds come from, for those that no paper states.
MEASURED = "python benchmarks/findings.py"
DEFINITION = "by definition"

# A network whose loss is less than this share below the best constant predictor's has not learned; below the second
# share it has learned in part.
FAILED, PARTLY = 0.1, 0.5
# The first steps, which show what the initialisation and the inputs do before training changes them.
START = 10

ENOUGH_LABELS = 3  # batches
T = TypeVar("T")
Outcome = Literal["failed", "partly", "trained", "unknown"]


class Point(NamedTuple):
    """A number at a step."""

    step: int
    value: float


Series = tuple[Point, ...]
S = TypeVar("S", Point, StepTrace)


# Where the line of a part of a training step is not known, that of another leads there.
_NEXT_TO: Mapping[str, tuple[str, ...]] = {
    "loss": ("backward", "forward"),
    "backward": ("step",),
    "optimizer": ("step", "backward"),
    "step": ("backward",),
    "evaluation": ("forward",),
}


@dataclass(frozen=True)
class History:
    """A trace in the order of its steps, with the epochs' metrics. Numbers missing or not finite are left out."""

    steps: tuple[StepTrace, ...]
    metrics: tuple[Epoch, ...] = ()

    @staticmethod
    def of(trace: Sequence[StepTrace], metrics: Sequence[Epoch] = ()) -> History:
        """The history of a run; its steps may come in any order."""
        return History(tuple(sorted(trace, key=lambda s: s.step)), tuple(sorted(metrics, key=lambda m: m.epoch)))

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, in the order of the forward pass."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.layers))

    @property
    def first_step(self) -> int:
        """The first step that was seen; 0 for an empty trace."""
        return self.steps[0].step if self.steps else 0

    @property
    def last_step(self) -> int:
        """The last step that was seen; 0 for an empty trace."""
        return self.steps[-1].step if self.steps else 0

    def layer(self, name: str, of: Callable[[LayerTrace, StepTrace], float | None]) -> Series:
        """What `of` says of one layer, step by step."""
        return finite((s.step, of(s.layers[name], s)) for s in self.steps if name in s.layers)

    def network(self, of: Callable[[StepTrace], float | None]) -> Series:
        """What `of` says of whole steps."""
        return finite((s.step, of(s)) for s in self.steps)

    def output(self, of: Callable[[OutputTrace], float | None]) -> Series:
        """What `of` says of the answers to the probe batch."""
        return finite((s.step, of(s.output)) for s in self.steps if s.output is not None)

    @cached_property
    def prior(self) -> float | None:
        """Entropy in nats of the probe batch's labels, else the largest of a training batch; None if unknown or 0."""
        known = [p.value for p in self.output(lambda o: o.prior_entropy) if p.value > 0]
        if self.unit != "nats":
            return self._constant
        known = known or [value for value in [self._constant] if value]
        known = known or [p.value for p in self.network(lambda s: s.label_entropy) if p.value > 0]
        return max(known, default=None)

    @cached_property
    def unit(self) -> Literal["nats", "own"]:
        """What losses are in: nats, or what a loss of the user's own is in, as squared errors are."""
        kinds = [loss.kind for loss in self._losses]
        if not kinds:
            return "own" if self._of_numbers else "nats"
        usual = max(set(kinds), key=kinds.count)
        if usual == "unknown":
            return "nats" if any(s.output is not None for s in self.steps) else "own"
        return "nats" if usual in IN_NATS else "own"

    @property
    def _of_numbers(self) -> bool:
        """Whether every look saw targets that are no classes: their losses are squares of whatever they are in."""
        seen = [step for step in self.steps if step.loss is not None]
        return bool(seen) and all(step.output is None and step.label_entropy is None for step in seen)

    @cached_property
    def _losses(self) -> tuple[LossTrace, ...]:
        """What was seen of a loop's losses."""
        return tuple(s.loop.loss for s in self.steps if s.loop is not None and s.loop.loss is not None)

    @cached_property
    def unread(self) -> bool:
        """Whether a loop's loss is of a kind that is not known, such as that of an adversary: it may have no end."""
        return self.unit == "own" and all(loss.kind == "unknown" for loss in self._losses)

    @cached_property
    def of_classes(self) -> bool:
        """Whether a loop's loss was seen to be of classes, at any look."""
        return any(loss.kind in OF_CLASSES for loss in self._losses)

    @cached_property
    def _constant(self) -> float | None:
        """The loss of the best constant answer to a loop's targets; of a loss that is not read, the first one."""
        known = [loss.constant for loss in self._losses if loss.constant is not None]
        if known:
            return known[-1] if known[-1] > 0 else None
        seen = [loss.value for loss in self._losses] or [step.loss for step in self.steps]
        first = [value for value in seen if value is not None and 0 < value < math.inf][:1]
        return first[0] if first and self.unit == "own" else None

    @cached_property
    def of_loop(self) -> bool:
        """Whether it is of a training loop that is not our own."""
        return any(s.loop is not None for s in self.steps)

    @property
    def labels_seen(self) -> float | None:
        """Entropy in nats of the classes that a loop was seen to train on; None where they were not seen."""
        known = [loss.constant for loss in self._losses if loss.kind in OF_CLASSES and loss.constant is not None]
        return known[-1] if len(known) >= ENOUGH_LABELS else None

    def training_loss(self, step: StepTrace) -> float | None:
        """A training batch's loss as a mean over samples, in the unit of `prior`; None where it is in another."""
        loss = step.loop.loss if step.loop is not None else None
        if loss is None or (loss.kind == "unknown" and self.unit == "own"):
            return step.loss if loss is None else loss.value
        return loss.value if (loss.kind in IN_NATS) == (self.unit == "nats") and loss.kind != "unknown" else None

    @cached_property
    def learned(self) -> float | None:
        """The share of the label entropy that the network's answers take away, at the end of the trace.

        0 for the best constant predictor, 1 for perfect answers; below 0 for worse than constant. On the probe batch,
        else the validation set, else the last training batches. None where losses or labels are unknown.
        """
        losses = [p.value for p in self.output(lambda o: o.loss)[-1:]] if self.unit == "nats" else []
        losses = losses or [m.figures["val_loss"] for m in self.metrics[-1:] if "val_loss" in m.figures]
        losses = losses or [p.value for p in self.network(self.training_loss)[-3:]]
        return 1 - median(losses) / self.prior if losses and self.prior else None

    @cached_property
    def broken(self) -> bool:
        """Whether any loss was NaN or infinite."""
        seen = [s.loss for s in self.steps] + [s.output.loss for s in self.steps if s.output is not None]
        seen += [m.figures[name] for m in self.metrics for name in ("train_loss", "val_loss") if name in m.figures]
        seen += [loss.value for loss in self._losses]
        return any(loss is not None and not math.isfinite(loss) for loss in seen)

    @cached_property
    def outcome(self) -> Outcome:
        """How far the network got by the end."""
        if self.broken:
            return "failed"
        if self.learned is None:
            return "unknown"
        if self.learned < FAILED:
            return "failed"
        return "partly" if self.learned < PARTLY else "trained"

    @cached_property
    def held_accuracy(self) -> float | None:
        """Accuracy on the probe batch at the end of the trace; None where the probe did not look."""
        known = self.output(lambda o: o.right)
        return known[-1].value if known else None

    @cached_property
    def beyond_chance(self) -> bool:
        """Whether held-out samples are answered rightly twice as often as by the best constant answer, or nearly so."""
        priors = self.output(lambda o: o.prior_entropy)
        if self.held_accuracy is None or not priors:
            return False
        chance = math.exp(-max(priors[-1].value, 0.0))
        return self.held_accuracy > min(2 * chance, (1 + chance) / 2)

    @cached_property
    def still(self) -> frozenset[str]:
        """Layers whose weights no update that was seen changed."""
        moves = {name: self.layer(name, lambda layer, _: layer.update_norm) for name in self.layers}
        return frozenset(name for name, series in moves.items() if series and max(p.value for p in series) == 0)

    def place(self, part: str) -> str:
        """The line of somebody's own loop that does a part of a training step, or does what comes next to it."""
        known = {name: line for step in self.steps if step.loop is not None for name, line in step.loop.places.items()}
        return next((known[name] for name in (part, *_NEXT_TO.get(part, ())) if name in known), "")

    @property
    def strength(self) -> Strength:
        """How strong a harmful symptom is: as strong as the harm that there was. Weak where that is unknown."""
        return "strong" if self.outcome == "failed" else "moderate" if self.outcome == "partly" else "weak"

    def finding(
        self, name: str, strength: Strength, *evidence: Evidence, layers: Iterable[str] = (), first: int | None = None
    ) -> Finding:
        """A finding to the end of the trace, from its first step or the one that is given."""
        return Finding(
            name=name,
            strength=strength,
            layers=tuple(layers),
            first_step=self.first_step if first is None else first,
            last_step=self.last_step,
            evidence=evidence,
        )


def finite(points: Iterable[tuple[int, float | None]]) -> Series:
    """The points whose value is a finite number."""
    return tuple(Point(step, value) for step, value in points if value is not None and math.isfinite(value))


def middle(series: Series) -> float | None:
    """The median of a series' values; None for an empty one."""
    return median(p.value for p in series) if series else None


def at_start(series: tuple[S, ...]) -> tuple[S, ...]:
    """Those of the first steps."""
    return tuple(p for p in series if p.step < START)


def later_half(series: tuple[T, ...]) -> tuple[T, ...]:
    """The later half of a series, the middle one included."""
    return series[len(series) // 2 :]


def measured(quantity: str, value: float, threshold: float, source: str = MEASURED) -> Evidence:
    """A number that speaks for a finding."""
    return Evidence(quantity=quantity, value=value, threshold=threshold, source=source)


def ratio(above: float | None, below: float | None) -> float | None:
    """A quotient; None where a part is missing or the divisor is not positive."""
    return above / below if above is not None and below is not None and below > 0 else None
