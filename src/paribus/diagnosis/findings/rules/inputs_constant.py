"""Rule: constant inputs."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.core.messages import mark
from paribus.diagnosis.findings.changes import USUAL_INPUTS
from paribus.diagnosis.findings.history import DEFINITION, History
from paribus.diagnosis.findings.measures import NO_VARIATION
from paribus.diagnosis.findings.rule import BAD_START, Quantity, Rule
from paribus.records.finding import Evidence, Finding
from paribus.records.trace import StepTrace


def detect(history: History) -> Iterator[Finding]:
    """Every input is the same number: there is nothing to tell classes apart by."""
    variation = history.network(_variation)
    if variation and max(p.value for p in variation) <= NO_VARIATION:
        value = max(p.value for p in variation)
        evidence = Evidence(quantity="input_variation", value=value, threshold=NO_VARIATION, source=DEFINITION)
        yield history.finding("inputs_constant", "strong", [evidence])


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
