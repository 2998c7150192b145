"""What rules of mistakes share: the loop's own part of a trace, and how strong a mistake is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from paribus.diagnosis.findings.history import History, Series, finite
from paribus.diagnosis.findings.rule import BAD_START, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import Move
from paribus.records.finding import Finding, Strength
from paribus.records.loop_trace import AnswersTrace, LoopTrace, LossTrace

# What a mistake brings about by itself.
SYMPTOMS = BAD_START | frozenset(
    {
        "collapse_to_zero",
        "noise_too_strong",
        "overfitting",
        "divergence",
        "constant_predictor",
    }
)


class Seen(NamedTuple):
    """A look at a loop."""

    step: int
    loop: LoopTrace


def looks(history: History) -> tuple[Seen, ...]:
    """All looks at the loop; none where the training is our own."""
    return tuple(Seen(s.step, s.loop) for s in history.steps if s.loop is not None)


def of_loop(history: History, of: Callable[[LoopTrace], float | bool | None]) -> Series:
    """A figure of the loop, step by step, where it is a finite number."""
    return finite((seen.step, of(seen.loop)) for seen in looks(history))


def losses_of(history: History) -> tuple[LossTrace, ...]:
    """What was read of the losses, where most of them were of a known kind: else what was read is a coincidence."""
    every = [s.loop.loss for s in looks(history) if s.loop.loss is not None and _is_sound(s.loop.loss)]
    known = tuple(loss for loss in every if loss.kind != "unknown")
    return known if 2 * len(known) >= len(every) else ()


def _is_sound(loss: LossTrace) -> bool:
    return loss.value is None or math.isfinite(loss.value)


def answers_figures(history: History, of: Callable[[AnswersTrace], float | None]) -> list[float]:
    """A figure of the training batches' outputs, look by look, where it is a finite number."""
    return [p.value for p in of_loop(history, lambda loop: of(loop.answers) if loop.answers else None)]


def certain(history: History) -> Strength:
    """Of what is a mistake whatever came of it."""
    return "strong" if history.outcome == "failed" else "moderate"


def where_it_harms(history: History) -> Strength:
    """Of what is a mistake only where the network does not train."""
    return "weak" if history.outcome == "trained" else certain(history)


def mistake(
    name: str,
    place: str,
    label: str,
    sentence: str,
    advice: str,
    detect: Callable[[History], Finding | None],
    quantities: Mapping[str, Quantity],
    refuted: str,
    explains: frozenset[str] = SYMPTOMS,
    changes: tuple[Move, ...] = (),
) -> Rule:
    """The rule of a mistake. changes: of a recipe's fields, where one undoes it."""
    return Rule(
        name=name,
        place=place,
        label=label,
        sentence=sentence,
        advice=advice,
        detect=detect,
        quantities=quantities,
        refuted=refuted,
        changes=changes,
        explains=explains,
        certain=True,
    )
