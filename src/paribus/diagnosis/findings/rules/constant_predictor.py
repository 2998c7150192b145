"""Rule: constant predictor."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import PLAIN, as_long, times
from paribus.records.finding import Finding

CONSTANT = 0.01  # spread of the answers, as a share of the spread of perfect answers


def detect(history: History) -> Finding | None:
    """At the end the network answers every input alike, and is no better than the frequencies of the labels."""
    start = None
    for step in history.steps:
        output = step.output
        constant = output is not None and output.spread < CONSTANT * perfect_spread(output.prior_entropy)
        if output is not None:
            start = (step.step if start is None else start) if constant else None
    last = next((s.output for s in reversed(history.steps) if s.output is not None), None)
    if start is None or last is None or start == history.last_step or history.outcome not in ("failed", "partly"):
        return None
    evidence = [
        measured("output_spread", last.spread, CONSTANT * perfect_spread(last.prior_entropy)),
        measured("loss", last.loss, last.prior_entropy, DEFINITION),
    ]
    return history.finding("constant_predictor", history.strength, *evidence, first=start)


def perfect_spread(prior_entropy: float) -> float:
    """Deviation of a class's probability under perfect answers, for exp(entropy) equally frequent classes."""
    if not 0 < prior_entropy < math.inf:
        return 0.0
    share = math.exp(-prior_entropy)
    return math.sqrt(share * (1 - share))


RULE = Rule(
    name="constant_predictor",
    label=mark("constant predictor"),
    sentence=mark("The network answers every input alike, and is no better than the frequencies of the labels."),
    detect=detect,
    quantities={"output_spread": Quantity(mark("spread of the answers")), "loss": Quantity(mark("loss"))},
    refuted=f"answers that differ by at least {CONSTANT:g} of the spread of perfect ones",
    # It is a symptom of many causes.
    changes=(*PLAIN, as_long(3), times(10), times(0.1)),  # a symptom of many causes,
)
