"""What a rule is: one record in one file of `rules/`, with all that anybody says of its finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from paribus.diagnosis.findings.history import History
from paribus.diagnosis.findings.what_to_try import Move
from paribus.records.finding import Finding


@dataclass(frozen=True)
class Quantity:
    """One number of a trace. `label`: what people call it, a message id; `unit`: a share is written in percent."""

    label: str
    unit: Literal["", "share", "times"] = ""


# What comes with a network that does not train, whatever the reason.
STILL = frozenset({"learning_rate_too_low", "labels_at_chance", "frozen_layer", "undertraining", "gradient_zero"})
BLOCKED = STILL | {"saturation_low", "saturation_high", "dead_units", "exploding_gradient"}
BAD_START = BLOCKED | {"vanishing_gradient", "learning_rate_too_high"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One symptom or cause that a trace may show. Its thresholds, with their sources, stand in the file beside it.

    Args:
        name: of its finding, as JSON has it.
        label: what people call the finding: a message id, as is all that is said here.
        sentence: what it says of a network; `{layers}` are those that it concerns.
        detect: the finding, where a run's history shows it; it knows no recipe, layer or data set.
        quantities: what its evidence measures; ratios and shares, so that they mean the same for any data set and
            network.
        refuted: the numbers under which it is not so.
        place: the part of a training step whose line in somebody's own loop is to be looked at: `forward`, `loss`,
            `backward`, `optimizer`, `step` or `evaluation`; empty where no line is.
        refutes: whether a history has other numbers with which it cannot be so: what was detected is then not told.
        changes: those that would remove its mechanism, the most telling first. Settings that have no need to be there
            come before those that need another value: a harmless one restores nothing where it is taken away.
        explains: findings that it brings about by itself: left out where it is as strong. No rule explains itself in a
            round.
        advice: what to do about it, where that is no change of a field.
        certain: it is read off directly, rather than by what follows from it: named before symptoms that are stronger,
            and what it explains is left out however strong.
    """

    name: str
    label: str
    sentence: str
    detect: Callable[[History], Finding | None]
    quantities: Mapping[str, Quantity]
    refuted: str
    changes: tuple[Move, ...]
    explains: frozenset[str] = frozenset()
    advice: str = ""
    certain: bool = False
    place: str = ""
    refutes: Callable[[History], bool] = lambda history: False
