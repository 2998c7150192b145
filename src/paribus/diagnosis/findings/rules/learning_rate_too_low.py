"""Rule: learning rate too low."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, measured
from paribus.diagnosis.findings.measures import MOVED, SLOW, UPDATE_RATIO, WAY, usual_update
from paribus.diagnosis.findings.rule import Rule
from paribus.diagnosis.findings.what_to_try import FULL_STEPS, LARGEST_UPDATE, USUAL_UPDATE, times, to_update
from paribus.records.finding import Finding


def detect(history: History) -> Finding | None:
    """The weights end about where they began, though the gradient is there: the steps are too short.

    The way is estimated from above: the steps taken, times the usual update of the layer in the middle.
    """
    usual = usual_update(history)
    if not usual or len(history.steps) < 2 or history.outcome not in ("failed", "partly"):
        return None
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
    quantities=UPDATE_RATIO | WAY,
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
