"""Rule: constant inputs."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.measures import NO_VARIATION
from paribus.diagnosis.findings.rule import BAD_START, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_INPUTS
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace


def detect(history: History) -> Finding | None:
    """Every input is the same number: there is nothing to tell classes apart by."""
    most = max((p.value for p in history.network(_variation)), default=math.inf)
    means = [p.value for p in history.network(lambda s: s.input_mean)]
    if most > NO_VARIATION or (means and max(means) - min(means) > NO_VARIATION * max(1.0, *map(abs, means))):
        return None  # each batch alike, but not all batches
    return history.finding("inputs_constant", "strong", measured("input_variation", most, NO_VARIATION, DEFINITION))


def _variation(step: StepTrace) -> float | None:
    return None if step.input_std is None else step.input_std / max(1.0, abs(step.input_mean or 0.0))


RULE = Rule(
    name="inputs_constant",
    label=mark("constant inputs"),
    sentence=mark("Every input is the same, so that there is nothing to tell classes apart by."),
    detect=detect,
    quantities={"input_variation": Quantity(mark("deviation of the inputs over their size"))},
    refuted=f"inputs whose deviation is above {NO_VARIATION:g} of their size",
    changes=USUAL_INPUTS[::-1],
    explains=BAD_START,
)
