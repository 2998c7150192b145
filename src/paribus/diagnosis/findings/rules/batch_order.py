"""Rule: batches sorted by class."""

from __future__ import annotations

import math
from statistics import mean

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import History, measured
from paribus.diagnosis.findings.measures import SMALLEST_BATCH, STEPS_SEEN
from paribus.diagnosis.findings.rule import BLOCKED, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import SHUFFLED
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace

ALIKE = 0.3  # label entropy of a batch over what a batch of that size can have


def detect(history: History) -> Finding | None:
    """Batches have far fewer classes than the data: each step unlearns what other classes taught."""
    known = [p.value for p in history.output(lambda o: o.prior_entropy)[:1]]
    known += [value for value in [history.labels_seen] if value is not None]  # few classes in all are no order
    mixed = history.network(lambda s: _mixture(s, min(known, default=0.0)))
    if len(mixed) < STEPS_SEEN or mean(p.value for p in mixed) >= ALIKE:
        return None
    strength = history.strength if history.outcome != "trained" else "moderate"
    value = mean(p.value for p in mixed)
    return history.finding("batch_order", strength, measured("batch_mixture", value, ALIKE))


def _mixture(step: StepTrace, prior: float) -> float | None:
    """A batch's label entropy over the most that it could have; None where that says nothing."""
    size = step.batch_size or SMALLEST_BATCH
    most = min(prior, math.log(size))
    if step.label_entropy is None or size < SMALLEST_BATCH or most < math.log(2) / 2:
        return None
    return step.label_entropy / most


RULE = Rule(
    name="batch_order",
    label=mark("batches sorted by class"),
    sentence=mark("Each batch has far fewer classes than the data, so that a step unlearns what others taught."),
    detect=detect,
    quantities={"batch_mixture": Quantity(mark("label entropy of a batch over the most possible"), "share")},
    refuted=f"batches with at least {ALIKE:g} of the label entropy that they can have",
    changes=(SHUFFLED,),
    explains=BLOCKED | {"overfitting", "learning_rate_too_high", "noise_too_strong"},
)
