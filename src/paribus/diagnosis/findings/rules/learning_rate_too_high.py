"""Rule: learning rate too high."""

from __future__ import annotations

import math
from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, at_start, later_half, measured, middle, ratio
from paribus.diagnosis.findings.measures import ALL_DEAD, DEAD, LU, UPDATE_RATIO, losses_seen, relative_update
from paribus.diagnosis.findings.rule import BLOCKED, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import LARGEST_UPDATE, at_most, times, to_update
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace

SANE_START = 3.0  # first loss over the label entropy; above it the start is at fault, not the step
SPIKE = 2.0  # largest loss after an update over the first and the label entropy
AS_LARGE = 1.0  # an update as large as the weights that it changes
PLAIN_GRADIENT = 0.01  # how exactly an update is the rate times the gradient where that is all it is
_COHEN = "Cohen et al. 2021, sec. 2"


def detect(history: History) -> Finding | None:
    """From a sound start updates throw the loss far above where it was, are as large as the weights, or kill a layer.

    With plain gradient descent the loss goes up where the sharpness is above 2/η (Cohen et al. 2021). Where the trace
    has it, it is given as evidence; alone it means little, for training settles at that edge.
    """
    training = history.network(history.training_loss) or losses_seen(history)
    if not training or (history.prior is not None and training[0].value > SANE_START * history.prior):
        return None
    base = max(training[0].value, history.prior or 0.0)
    by_epoch = [m.figures["train_loss"] for m in history.metrics if "train_loss" in m.figures]
    later = [p.value for p in training[1:]] + [loss for loss in by_epoch if math.isfinite(loss)]
    spike = math.inf if history.broken else ratio(max(later, default=0.0), base) or 0.0
    lengths = history.network(_usual_update)
    longest = max((p.value for p in lengths), default=0.0)
    killed = max((_killed(history, name) for name in history.layers), default=0.0)
    if spike < SPIKE and longest < AS_LARGE and killed <= ALL_DEAD:
        return None
    evidence = [measured("loss_spike", spike, SPIKE)]
    if lengths:
        evidence.append(measured("update_ratio", longest, AS_LARGE))
    if killed > ALL_DEAD:
        evidence.append(measured("killed", killed, ALL_DEAD, LU))
    sharpness = history.network(_sharpness_times_rate)
    if sharpness:
        most = max(p.value for p in sharpness)
        evidence.append(measured("sharpness_times_rate", most, 2.0, _COHEN))
    return history.finding("learning_rate_too_high", history.strength, *evidence)


def _killed(history: History, name: str) -> float:
    """Share of a layer's units that are dead in the end, where half of them lived at the start; else 0."""
    dead = history.layer(name, lambda layer, _: layer.dead)
    begun, ended = middle(at_start(dead)[:1]), middle(later_half(dead))
    return ended if begun is not None and ended is not None and begun < DEAD else 0.0


def _usual_update(step: StepTrace) -> float | None:
    """Update over weights of the layer in the middle: a single layer may begin with next to no weights."""
    moves = [relative_update(layer, step) for layer in step.layers.values()]
    known = [move for move in moves if move is not None]
    return median(known) if known else None


def _sharpness_times_rate(step: StepTrace) -> float | None:
    """Where updates are the rate times the gradient, and nothing else; 2 is the edge of stability."""
    rate = step.learning_rate
    if step.sharpness is None or not rate:
        return None
    made = [(layer.update_norm, rate * layer.gradient_norm) for layer in step.layers.values()]
    known = [(update, due) for update, due in made if update is not None]
    plain = bool(known) and all(abs(update - due) <= PLAIN_GRADIENT * due for update, due in known)
    return step.sharpness * rate if plain else None


RULE = Rule(
    name="learning_rate_too_high",
    label=mark("learning rate too high"),
    sentence=mark("Steps are so long that they undo what was learned, from a start that was sound."),
    detect=detect,
    quantities=UPDATE_RATIO
    | {
        "loss_spike": Quantity(mark("largest loss over the first"), "times"),
        "killed": Quantity(mark("share of units that died in training"), "share"),
        "sharpness_times_rate": Quantity(mark("sharpness times learning rate")),
    },
    refuted=f"a loss below {SPIKE:g} times its first, updates shorter than the weights, and no layer that dies",
    changes=(
        at_most("momentum", 0.9),
        times(0.1),
        times(1 / 3),
        times(0.01),
        to_update(LARGEST_UPDATE),
    ),
    explains=BLOCKED,
)
