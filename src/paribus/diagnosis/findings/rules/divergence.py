"""Rule: divergence."""

from __future__ import annotations

import math

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured, ratio
from paribus.diagnosis.findings.rule import STILL, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import USUAL_INPUTS, USUAL_START, times, to
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace

GROWN = 3.0  # the last training loss over the first and the label entropy


def detect(history: History) -> Finding | None:
    """The loss stops being a finite number, or training ends far above where it began."""
    if history.broken:
        unsound = [s.step for s in history.steps if not _sound(s)]
        step = unsound[0] if unsound else history.last_step
        return history.finding(
            "divergence", "strong", measured("unsound_steps", len(unsound), 1, DEFINITION), first=step
        )
    losses = history.network(history.training_loss)
    if len(losses) < 2:
        return None
    grown = ratio(losses[-1].value, max(losses[0].value, history.prior or 0.0))
    if grown is None or grown <= GROWN:
        return None
    return history.finding("divergence", history.strength, measured("loss_growth", grown, GROWN))


def _sound(step: StepTrace) -> bool:
    values = [step.loss, step.output.loss if step.output is not None else None]
    values += [v for layer in step.layers.values() for v in (layer.weight_norm, layer.gradient_norm)]
    return all(value is None or math.isfinite(value) for value in values)


RULE = Rule(
    name="divergence",
    label=mark("divergence"),
    sentence=mark("The training loss grows, or is no longer a finite number."),
    detect=detect,
    quantities={
        "unsound_steps": Quantity(mark("steps seen with numbers that are not finite")),
        "loss_growth": Quantity(mark("last loss over the first"), "times"),
    },
    refuted=f"finite losses, the last at most {GROWN:g} times the first",
    changes=(times(0.1), *USUAL_INPUTS, *USUAL_START, to("gradient_clip", 1.0)),
    explains=STILL,
)
