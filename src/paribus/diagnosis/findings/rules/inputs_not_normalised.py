"""Rule: inputs not normalised."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, measured, middle
from paribus.diagnosis.findings.measures import NO_VARIATION, entered_size, entered_std
from paribus.diagnosis.findings.rule import BAD_START, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_INPUTS
from paribus.records.finding import Finding

LARGE, SMALL = 10.0, 0.05  # root mean square and deviation of inputs, where normalised ones have 1
_LECUN = "LeCun et al. 1998, sec. 4.3; " + MEASURED


def detect(history: History) -> Finding | None:
    """Inputs far from mean 0 and deviation 1, for which first weights and learning rates are made.

    Of a loop, where it can be seen, what enters the first layer with weights: a network may scale its inputs itself.
    """
    size, std = middle(history.network(entered_size)), middle(history.network(entered_std))
    if size is None or std is None or std <= NO_VARIATION * max(1.0, size):
        return None
    if size > LARGE:
        evidence = measured("input_rms", size, LARGE, _LECUN)
    elif std < SMALL:
        evidence = measured("input_std", std, SMALL, _LECUN)
    else:
        return None
    return history.finding("inputs_not_normalised", history.strength, evidence)


RULE = Rule(
    name="inputs_not_normalised",
    label=mark("inputs not normalised"),
    sentence=mark(
        "The inputs are far from mean 0 and deviation 1, which first weights and learning rates are made for."
    ),
    detect=detect,
    quantities={
        "input_rms": Quantity(mark("root mean square of the inputs")),
        "input_std": Quantity(mark("deviation of the inputs")),
    },
    refuted=f"inputs of root mean square up to {LARGE:g} and deviation from {SMALL:g}",
    changes=USUAL_INPUTS,
    explains=BAD_START,
)
