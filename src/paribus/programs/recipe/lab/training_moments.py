"""What the page's lab is made from; the moments that it can show, which of them there is room for, and their story."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.records.trace import LayerTrace, StepTrace

Weights = Mapping[str, NDArray[Any]]

# Why there are no networks to show; `words_lab` has a sentence for each.
Absence = Literal[
    "none_finished",  # no seed with which every arm has a finished run
    "damaged",  # weights or answers that cannot be read, or are not what the record says
    "data",  # the data set is not on this machine, or has changed
    "several_data",  # the arms learned different data sets
    "own_model",  # the page does not know the network
    "misfit",  # the weights are not those of the recipe's network
    "large",  # the networks are too large for a page
]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Weights after `step` steps, by the names of the model's `state_dict`; `epoch`: the one that ended with it."""

    step: int
    epoch: int | None
    weights: Weights


@dataclass(frozen=True, eq=False)
class ArmMaterial:
    """One arm's run. `snapshots`: in order of their steps, last the weights that the run ended with; empty where the
    material is `absent`. `table`: [256] the network's input for each byte of an image. `predicted`: the classes that
    the run gave to the material's images, in order.
    """

    steps_per_epoch: int
    trace: tuple[StepTrace, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    table: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    predicted: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class LabMaterial:
    """The runs of one seed, an arm each in the comparison's order, and some test images.

    images: uint8 [n, channels, height, width]; labels and places: [n], an image's class and its number in the test set.
    typical: whether every arm went with this seed as most of its runs did. absent: why there are no networks; then
    there may be traces, and the rest is empty.
    """

    seed: int
    typical: bool
    arms: tuple[ArmMaterial, ...]
    images: NDArray[np.uint8]
    labels: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    absent: Absence | None = None


def nothing(seed: int, absent: Absence, arms: tuple[ArmMaterial, ...] = ()) -> LabMaterial:
    """The material where there are no networks to show."""
    return LabMaterial(seed, False, arms, np.zeros((0, 1, 1, 1), np.uint8), absent=absent)


_EARLY = 10.0  # steps: until then weights have hardly moved, and moments lie close together


@dataclass(frozen=True)
class Moment:
    """A moment in the words of all arms: after `epoch`, or within an epoch after `step` steps.

    `places`: of each arm, the place of the snapshot that shows it; None where there are no snapshots. A run that had
    ended by then shows its last one.
    """

    step: int
    epoch: int | None
    places: tuple[int, ...] | None = None

    def epochs_done(self, arm: ArmMaterial) -> float:
        """How many epochs an arm had done, fractions included."""
        return self.epoch if self.epoch is not None else self.step / arm.steps_per_epoch


def moments_of(arms: Sequence[ArmMaterial]) -> tuple[Moment, ...]:
    """All moments at which every arm has weights, in order; the last is the end of the longest run."""
    early = [{s.step: place for place, s in enumerate(arm.snapshots) if s.epoch is None} for arm in arms]
    epochs = [{s.epoch: place for place, s in enumerate(arm.snapshots) if s.epoch is not None} for arm in arms]
    last = tuple(len(arm.snapshots) - 1 for arm in arms)
    ends = [max(of) for of in epochs]
    found = [Moment(step, None, tuple(of[step] for of in early)) for step in sorted(set.intersection(*map(set, early)))]
    for epoch in sorted(set().union(*epochs)):
        # An arm may lack an epoch that another has only once its own run is over.
        if all(epoch in of or epoch > end for of, end in zip(epochs, ends, strict=True)):
            places = tuple(of.get(epoch, end) for of, end in zip(epochs, last, strict=True))
            found.append(Moment(max(_steps(arms, places)), epoch, places))
    return tuple(found)


def traced_moments(arms: Sequence[ArmMaterial], most: int = 24) -> tuple[Moment, ...]:
    """Moments that the probes of every arm saw, for where there are no weights to show."""
    if not arms or not all(arm.trace for arm in arms):
        return ()
    per_epoch = arms[0].steps_per_epoch
    if any(arm.steps_per_epoch != per_epoch for arm in arms):  # the same step is then another moment in each
        return ()
    steps = sorted(set.intersection(*({seen.step for seen in arm.trace} for arm in arms)))
    found = [Moment(s, s // per_epoch if s and s % per_epoch == 0 else None) for s in steps]
    kept = [moment for moment, _ in zip(by_importance(found), range(most), strict=False)]
    return tuple(sorted(kept, key=lambda m: m.step))


def by_importance(moments: Sequence[Moment]) -> Iterator[Moment]:
    """The last, the first, the end of the first epoch; then always the one farthest from those already given.

    Distances are of log(1 + step / 10): most is decided early, and late moments look alike.
    """
    left = list(moments)
    given: list[Moment] = []
    first_epoch = [moment for moment in moments if moment.epoch is not None][:1]
    for moment in [*moments[-1:], *moments[:1], *first_epoch]:
        if moment in left:
            left.remove(moment)
            given.append(moment)
            yield moment
    while left:
        far = max(left, key=lambda m: min(abs(_place(m) - _place(other)) for other in given))
        left.remove(far)
        given.append(far)
        yield far


def _steps(arms: Sequence[ArmMaterial], places: Sequence[int]) -> list[int]:
    return [arm.snapshots[place].step for arm, place in zip(arms, places, strict=True)]


def _place(moment: Moment) -> float:
    return math.log1p(moment.step / _EARLY)


MOST_POINTS = 120  # of a layer's course
FIGURES = ("weight_norm", "gradient_norm", "decay_pull", "slope", "dead", "saturated_low", "saturated_high")
COURSE = ("weight_norm", "gradient_norm", "decay_pull")


def story(arm: ArmMaterial, steps: Sequence[int]) -> dict[str, Any] | None:
    """What was seen in the arm's run; None where no probe looked.

    layers: their names, in the order of the forward pass. moments: for each of `steps` (how many were made by then),
    from the look of the probes that is nearest, the epochs `done` and by layer the numbers of `FIGURES`, None where
    there is none. course: `epochs` done, and by layer the numbers of `COURSE`, a list each. decoupled: whether weight
    decay acts beside the gradient.
    """
    if not arm.trace:
        return None
    seen = sorted(arm.trace, key=lambda s: s.step)
    layers = list(seen[0].layers)
    course = _thinned(seen)
    return {
        "layers": layers,
        "decoupled": bool(seen[0].decoupled),
        "moments": [_moment(_nearest(seen, step), layers, arm) for step in steps],
        "course": {
            "epochs": [_short(s.step / arm.steps_per_epoch) for s in course],
            "layers": {
                name: {figure: [_figure(s.layers.get(name), figure) for s in course] for figure in COURSE}
                for name in layers
            },
        },
    }


def _moment(seen: StepTrace, layers: Sequence[str], arm: ArmMaterial) -> dict[str, Any]:
    return {
        "done": _short(seen.step / arm.steps_per_epoch),
        "layers": {name: [_figure(seen.layers.get(name), figure) for figure in FIGURES] for name in layers},
    }


def _nearest(seen: Sequence[StepTrace], step: int) -> StepTrace:
    """The weights after `step` steps are those that step number `step`, counted from 0, began with."""
    return min(seen, key=lambda s: abs(s.step - step))


def _thinned(seen: Sequence[StepTrace]) -> Sequence[StepTrace]:
    """At most `MOST_POINTS` of them, evenly spaced, with the first and the last."""
    if len(seen) <= MOST_POINTS:
        return seen
    return [seen[round(i * (len(seen) - 1) / (MOST_POINTS - 1))] for i in range(MOST_POINTS)]


def _figure(layer: LayerTrace | None, name: str) -> float | None:
    return None if layer is None else _short(getattr(layer, name))


def _short(value: float | None) -> float | None:
    """Four digits; None for what no axis can show."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.4g}")
