"""Rule: class imbalance."""

from __future__ import annotations

import math
from statistics import mean

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, measured
from paribus.diagnosis.findings.measures import SMALLEST_BATCH, STEPS_SEEN
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import to
from paribus.records.finding import Finding, Strength

IMBALANCED, VERY_IMBALANCED, ONE_CLASS = 0.7, 0.3, 0.1  # label entropy over that of equally frequent classes


def detect(history: History) -> Finding | None:
    """The labels have far less entropy than equally frequent classes would: one class is most of the data."""
    entropy = _label_entropy(history)
    if entropy is None:
        return None
    classes = max((s.output.classes or 0 for s in history.steps if s.output is not None), default=0)
    balance = entropy / math.log(max(classes, 2))  # where the number is unknown, two is the least there can be
    if balance >= IMBALANCED:
        return None
    strength: Strength = "weak"
    if balance < VERY_IMBALANCED:
        strength = "strong" if balance < ONE_CLASS and history.outcome == "failed" else "moderate"
    return history.finding("class_imbalance", strength, measured("label_balance", balance, IMBALANCED))


def _label_entropy(history: History) -> float | None:
    """Of a loop's own labels where they were seen; else the more of the probe batch's and the training batches'.

    One sample of a rare class may miss either.
    """
    if history.labels_seen is not None or (history.of_loop and not history.of_classes):
        return history.labels_seen
    batches = history.network(lambda s: s.label_entropy if (s.batch_size or 0) >= SMALLEST_BATCH else None)
    known = [p.value for p in history.output(lambda o: o.prior_entropy)[:1]]
    if len(batches) >= STEPS_SEEN:
        known.append(mean(p.value for p in batches))
    return max(known, default=None)


RULE = Rule(
    name="class_imbalance",
    label=mark("class imbalance"),
    sentence=mark("One class makes up most of the labels."),
    detect=detect,
    quantities={"label_balance": Quantity(mark("label entropy over that of balanced classes"), "share")},
    refuted=f"a label entropy of at least {IMBALANCED:g} of that of balanced classes",
    changes=(to("majority_fraction", 0.0),),
    explains=frozenset({"labels_at_chance", "undertraining"}),
)
