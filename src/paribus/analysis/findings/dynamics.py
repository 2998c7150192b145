"""Findings about the course of training: divergence, the learning rate, its length, and what it learns by heart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from paribus.analysis.findings.history import (
    DEFINITION,
    MEASURED,
    History,
    Point,
    Series,
    at_start,
    later_half,
    middle,
    ratio,
)
from paribus.analysis.findings.measures import ALL_DEAD, DEAD, LU, losses_seen, relative_update
from paribus.values.findings import Evidence, Finding, Strength
from paribus.values.trace import StepTrace

GROWN = 3.0  # the last training loss over the first and the label entropy
SANE_START = 3.0  # first loss over the label entropy; above it the start is at fault, not the step
SPIKE = 2.0  # largest loss after an update over the first and the label entropy
AS_LARGE = 1.0  # an update as large as the weights that it changes
SLOW = 1e-4  # update over weights: a thousandth is usual
MOVED = 0.05  # all updates over the weights: they are where they began
PLAIN = 0.01  # how exactly an update is the rate times the gradient where that is all it is
UNFINISHED, STEEP, VERY_STEEP = 0.2, 0.03, 0.2  # loss left; its fall over the last doubling of steps; of the entropy
PARTING, PARTED = 2.0, 10.0  # growth of the answers' spread over the last doubling of steps, and over all
GAP, WIDE_GAP, VERY_WIDE_GAP = 0.05, 0.1, 0.3  # training accuracy less validation accuracy
RISE = 0.1  # validation loss over its least, as a share of the label entropy

_COHEN = "Cohen et al. 2021, sec. 2"


def divergence(history: History) -> Iterator[Finding]:
    """The loss stops being a finite number, or training ends far above where it began."""
    if history.broken:
        unsound = [s.step for s in history.steps if not _sound(s)]
        step = unsound[0] if unsound else history.last_step
        evidence = Evidence(quantity="unsound_steps", value=len(unsound), threshold=1, source=DEFINITION)
        yield history.finding("divergence", "strong", [evidence], first=step)
        return
    losses = history.network(lambda s: s.loss)
    if len(losses) < 2:
        return
    grown = ratio(losses[-1].value, max(losses[0].value, history.prior or 0.0))
    if grown is not None and grown > GROWN:
        evidence = Evidence(quantity="loss_growth", value=grown, threshold=GROWN, source=MEASURED)
        yield history.finding("divergence", history.strength, [evidence])


def _sound(step: StepTrace) -> bool:
    values = [step.loss, step.output.loss if step.output is not None else None]
    values += [v for layer in step.layers.values() for v in (layer.weight_norm, layer.gradient_norm)]
    return all(value is None or math.isfinite(value) for value in values)


def learning_rate_too_high(history: History) -> Iterator[Finding]:
    """From a sound start updates throw the loss far above where it was, are as large as the weights, or kill a layer.

    With plain gradient descent the loss goes up where the sharpness is above 2/η (Cohen et al. 2021). Where the trace
    has it, it is given as evidence; alone it means little, for training settles at that edge.
    """
    training = history.network(lambda s: s.loss) or losses_seen(history)
    if not training or (history.prior is not None and training[0].value > SANE_START * history.prior):
        return
    base = max(training[0].value, history.prior or 0.0)
    later = [p.value for p in training[1:]] + [m.train_loss for m in history.metrics if math.isfinite(m.train_loss)]
    spike = math.inf if history.broken else ratio(max(later, default=0.0), base) or 0.0
    lengths = history.network(_usual_update)
    longest = max((p.value for p in lengths), default=0.0)
    killed = max((_killed(history, name) for name in history.layers), default=0.0)
    if spike < SPIKE and longest < AS_LARGE and killed <= ALL_DEAD:
        return
    evidence = [Evidence(quantity="loss_spike", value=spike, threshold=SPIKE, source=MEASURED)]
    if lengths:
        evidence.append(Evidence(quantity="update_ratio", value=longest, threshold=AS_LARGE, source=MEASURED))
    if killed > ALL_DEAD:
        evidence.append(Evidence(quantity="killed", value=killed, threshold=ALL_DEAD, source=LU))
    sharpness = history.network(_sharpness_times_rate)
    if sharpness:
        most = max(p.value for p in sharpness)
        evidence.append(Evidence(quantity="sharpness_times_rate", value=most, threshold=2.0, source=_COHEN))
    yield history.finding("learning_rate_too_high", history.strength, evidence)


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
    plain = bool(known) and all(abs(update - due) <= PLAIN * due for update, due in known)
    return step.sharpness * rate if plain else None


def learning_rate_too_low(history: History) -> Iterator[Finding]:
    """The weights end about where they began, though the gradient is there: the steps are too short.

    The way is estimated from above: the steps taken, times the usual update of the layer in the middle.
    """
    moves = [middle(history.layer(name, relative_update)) for name in history.layers]
    known = [move for move in moves if move is not None and move > 0]
    if not known or len(history.steps) < 2 or history.outcome not in ("failed", "partly"):
        return
    usual = median(known)
    way = usual * (history.last_step + 1)
    if usual >= SLOW or way >= MOVED:
        return
    evidence = [
        Evidence(quantity="update_ratio", value=usual, threshold=SLOW, source=MEASURED),
        Evidence(quantity="way", value=way, threshold=MOVED, source=MEASURED),
    ]
    yield history.finding("learning_rate_too_low", history.strength, evidence)


def undertraining(history: History) -> Iterator[Finding]:
    """Training ends while the loss is high and still falls steeply, or while the answers have just begun to differ."""
    losses, prior = losses_seen(history), history.prior
    if prior is None or history.broken or history.learned is None or history.learned > 1 - UNFINISHED:
        return
    half = _half_way(losses)
    fall = (half[0].value - half[1].value) / prior / half[2] if half else 0.0
    if fall >= STEEP and losses[-1].value <= min(p.value for p in losses):
        strength: Strength = "moderate" if fall >= VERY_STEEP and history.outcome == "trained" else history.strength
        evidence = Evidence(quantity="loss_fall", value=fall, threshold=STEEP, source=MEASURED)
        yield history.finding("undertraining", strength, [evidence])
        return
    spreads = tuple(p for p in history.output(lambda o: o.spread) if p.value > 0)
    half = _half_way(spreads)
    growth = (half[1].value / half[0].value) ** (1 / half[2]) if half else 0.0
    if history.outcome == "failed" and growth >= PARTING and spreads[-1].value >= PARTED * spreads[0].value:
        evidence = Evidence(quantity="spread_growth", value=growth, threshold=PARTING, source=MEASURED)
        yield history.finding("undertraining", "strong", [evidence])


def _half_way(series: Series) -> tuple[Point, Point, float] | None:
    """The last point in the first half of the steps, the last of all, and how often steps doubled in between."""
    before = [p for p in series if 2 * (p.step + 1) <= series[-1].step + 1]
    return (before[-1], series[-1], math.log2((series[-1].step + 1) / (before[-1].step + 1))) if before else None


def overfitting(history: History) -> Iterator[Finding]:
    """Training goes on to fit the training samples better, and others no better or worse."""
    if not history.metrics or history.prior is None or history.broken:
        return
    last, best = history.metrics[-1], min(history.metrics, key=lambda m: m.val_loss)
    gap, rise = last.train_accuracy - last.val_accuracy, (last.val_loss - best.val_loss) / history.prior
    if gap < GAP or best.val_loss >= history.prior:
        return
    strength: Strength = "weak"
    if gap >= WIDE_GAP:
        strength = "strong" if gap >= VERY_WIDE_GAP else "moderate"
    evidence = [Evidence(quantity="accuracy_gap", value=gap, threshold=GAP, source=MEASURED)]
    if rise > 0:
        evidence.append(Evidence(quantity="val_loss_rise", value=rise, threshold=RISE, source=MEASURED))
    yield history.finding("overfitting", strength, evidence)
