"""Rule: learning rate too low."""

from __future__ import annotations

from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import FULL_STEPS, LARGEST_UPDATE, USUAL_UPDATE, times, to_update
from paribus.diagnosis.findings.history import History, measured, middle
from paribus.diagnosis.findings.measures import SLOW, UPDATE_RATIO, relative_update
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.records.finding import Finding

MOVED = 0.05  # all updates over the weights: they are where they began


def detect(history: History) -> Finding | None:
    """The weights end about where they began, though the gradient is there: the steps are too short.

    The way is estimated from above: the steps taken, times the usual update of the layer in the middle.
    """
    moves = [middle(history.layer(name, relative_update)) for name in history.layers]
    known = [move for move in moves if move is not None and move > 0]
    if not known or len(history.steps) < 2 or history.outcome not in ("failed", "partly"):
        return None
    usual = median(known)
    way = usual * (history.last_step + 1)
    if usual >= SLOW or way >= MOVED:
        return None
    rates = history.network(lambda s: s.learning_rate)
    if rates and max(p.value for p in rates) >= rates[-1].value * USUAL_UPDATE / usual:
        return None  # a rate that was in the trace is as high as any that would be asked for
    evidence = measured("update_ratio", usual, SLOW), measured("way", way, MOVED)
    return history.finding("learning_rate_too_low", history.strength, *evidence)


RULE = Rule(
    name="learning_rate_too_low",
    label=mark("learning rate too low"),
    sentence=mark("Steps are so short that the weights end about where they began."),
    detect=detect,
    quantities=UPDATE_RATIO | {"way": Quantity(mark("all updates over weights"), "share")},
    refuted=f"updates of at least {SLOW:g} of the weights, or {MOVED:g} of them in all",
    changes=(
        *FULL_STEPS,
        to_update(USUAL_UPDATE),
        to_update(LARGEST_UPDATE),
        times(10),
        times(100),
        times(3),
    ),
    explains=frozenset({"undertraining", "labels_at_chance", "frozen_layer"}),
)
