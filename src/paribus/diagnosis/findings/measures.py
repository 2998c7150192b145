"""What several rules measure on a trace."""

from __future__ import annotations

import math
from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, Series, later_half, middle, ratio
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.trace import LayerTrace, StepTrace

# Share of units that no sample of the probe batch moves: as good as a narrower layer; next to no gradient passes.
DEAD, ALL_DEAD = 0.5, 0.9
LU = "Lu et al. 2020, sec. 1; " + MEASURED
FLAT = 0.5  # share of outputs at flat ends
SLOW = 1e-4  # update over weights: a thousandth is usual
MOVED = 0.05  # all updates over the weights: they are about where they began
NO_VARIATION = 1e-6  # deviation of the inputs over the largest of mean and 1
SMALLEST_BATCH = 8  # smaller batches have few classes in any order
STEPS_SEEN = 3  # labels of fewer batches say too little
_MOST_WEIGHT = 1.5  # of a sample in a loss
_FEWEST = 4  # steps from which a median says something about noise

# Evidence of more than one rule, with what people call it.
UPDATE_RATIO = {"update_ratio": Quantity(mark("update over weights, a step"), "share")}
WAY = {"way": Quantity(mark("all updates over weights"), "share")}
SENSITIVITY = {
    "sensitivity": Quantity(mark("change of the loss for weights changed by their size, over the label entropy"))
}


def sensitivity(layer: LayerTrace, step: StepTrace) -> float:
    """‖w‖‖∇L‖, nats: the most that the loss changes, to first order, for weights changed by their own size."""
    return layer.weight_norm * layer.gradient_norm / weight_of_loss(step)


def weight_of_loss(step: StepTrace) -> float:
    """What a loss weighs all samples together with: 1 for a mean, their number for a sum.

    More than that is a scaled loss, of half precision, whose gradients are scaled back before the step.
    """
    loss = step.loop.loss if step.loop is not None else None
    if loss is None or loss.scale is None or loss.samples is None:
        return 1.0
    return loss.scale if 1 < loss.scale <= _MOST_WEIGHT * loss.samples else 1.0


def relative_update(layer: LayerTrace, step: StepTrace) -> float | None:
    """Length of an update over that of the weights before it."""
    return ratio(layer.update_norm, layer.weight_norm)


def usual_update(history: History) -> float:
    """Of an update over the weights, for the layer in the middle; 0 where no layer was seen to move."""
    moves = [middle(history.layer(name, relative_update)) for name in history.layers]
    return median([move for move in moves if move] or [0.0])


def flat_share(layer: LayerTrace, step: StepTrace) -> float | None:
    """Share of outputs at a flat end, low or high; None for an activation without."""
    parts = [part for part in (layer.saturated_low, layer.saturated_high) if part is not None]
    return sum(parts) if parts else None


def input_size(step: StepTrace) -> float | None:
    """Root mean square of a training batch's inputs."""
    return None if step.input_std is None else math.hypot(step.input_mean or 0.0, step.input_std)


def entered_std(step: StepTrace) -> float | None:
    """Deviation of what enters the first layer with weights, where that was seen; else of the inputs."""
    return step.input_std if step.loop is None or step.loop.entered_std is None else step.loop.entered_std


def entered_size(step: StepTrace) -> float | None:
    """Its root mean square."""
    if step.loop is None or step.loop.entered_std is None:
        return input_size(step)
    return math.hypot(step.loop.entered_mean or 0.0, step.loop.entered_std)


def losses_seen(history: History) -> Series:
    """Losses on the probe batch where it was looked at, else on training batches, nats."""
    held_out = history.output(lambda o: o.loss) if history.unit == "nats" else ()
    return held_out or history.network(history.training_loss)


def noise_gap(history: History) -> float | None:
    """Loss of training batches less that of the probe batch, later in training, as a share of the label entropy.

    At each step both are of the same weights. The one has dropout's noise and the training set's wrong labels.
    """
    prior = history.prior
    if prior is None:
        return None
    if history.unit != "nats":
        return None
    gaps = history.network(lambda s: _gap(history.training_loss(s), s, prior))
    return middle(later_half(gaps)) if len(gaps) >= _FEWEST else None


def _gap(loss: float | None, step: StepTrace, prior: float) -> float | None:
    return None if loss is None or step.output is None else (loss - step.output.loss) / prior


def dropout(history: History) -> float | None:
    """The largest probability of dropout; None where it is not known."""
    return max((p.value for p in history.network(lambda s: s.dropout)), default=None)
