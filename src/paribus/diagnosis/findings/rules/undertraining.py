"""Rule: trained too briefly."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, Point, Series, measured
from paribus.diagnosis.findings.measures import MOVED, SLOW, WAY, losses_seen, usual_update
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import FULL_STEPS, SMALLER_BATCHES, as_long, times, to
from paribus.records.finding import Finding, Strength

UNFINISHED, STEEP, VERY_STEEP = 0.2, 0.03, 0.2  # loss left; its fall over the last doubling of steps; of the entropy
FEW = 60  # steps, in which next to nothing is learned
PARTING, PARTED = 2.0, 10.0  # growth of the answers' spread over the last doubling of steps, and over all


def detect(history: History) -> Finding | None:
    """Training ends while the loss is high and still falls steeply, or after few steps in which it fell at all.

    Or while the answers have just begun to differ.
    """
    losses, prior = losses_seen(history), history.prior
    if prior is None or history.broken or history.learned is None or history.learned > 1 - UNFINISHED:
        return None
    if history.of_loop and history.outcome == "trained":
        return None
    half = _half_way(losses)
    fall = (half[0].value - half[1].value) / prior / half[2] if half else 0.0
    if fall >= STEEP and losses[-1].value <= min(p.value for p in losses):
        strength: Strength = "moderate" if fall >= VERY_STEEP and history.outcome == "trained" else history.strength
        strength = "weak" if history.unread else strength
        return history.finding("undertraining", strength, measured("loss_fall", fall, STEEP))
    if _just_begun(history):
        way = usual_update(history) * (history.last_step + 1)
        return history.finding("undertraining", history.strength, measured("way", way, MOVED))
    if history.steps and history.last_step + 1 < FEW and fall > 0 and not history.of_loop:
        return history.finding("undertraining", history.strength, measured("steps", history.last_step + 1, FEW))
    spreads = tuple(p for p in history.output(lambda o: o.spread) if p.value > 0)
    half = _half_way(spreads)
    growth = (half[1].value / half[0].value) ** (1 / half[2]) if half else 0.0
    if history.outcome != "failed" or growth < PARTING or spreads[-1].value < PARTED * spreads[0].value:
        return None
    return history.finding("undertraining", "strong", measured("spread_growth", growth, PARTING))


def _just_begun(history: History) -> bool:
    """Steps of a usual length, so few that the weights are about where they began."""
    usual = usual_update(history)
    brief = usual >= SLOW and usual * (history.last_step + 1) < MOVED
    return brief and len(history.steps) > 2 and history.outcome in ("failed", "partly")


def _half_way(series: Series) -> tuple[Point, Point, float] | None:
    """The last point in the first half of the steps, the last of all, and how often steps doubled in between."""
    before = [p for p in series if 2 * (p.step + 1) <= series[-1].step + 1]
    return (before[-1], series[-1], math.log2((series[-1].step + 1) / (before[-1].step + 1))) if before else None


RULE = Rule(
    name="undertraining",
    label=mark("trained too briefly"),
    sentence=mark("Training ends while the network is still learning fast."),
    detect=detect,
    quantities=WAY
    | {
        "loss_fall": Quantity(
            mark("fall of the loss over the last doubling of steps, over the label entropy"), "share"
        ),
        "steps": Quantity(mark("steps of the whole training")),
        "spread_growth": Quantity(mark("growth of the answers' spread over the last doubling of steps"), "times"),
    },
    refuted=f"a loss that falls by less than {STEEP:g} label entropies over the last doubling of steps, and, in fewer "
    f"than {FEW} steps, one that does not fall",
    changes=(*FULL_STEPS, to("label_smoothing", 0.0), SMALLER_BATCHES, as_long(3), times(10)),
)
