"""Mistakes in targets: numbers that are far from what a network or its loss is made for."""

from __future__ import annotations

from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, MEASURED, History, measured
from paribus.diagnosis.findings.mistakes.losses import BEYOND_REACH, NUMBERS, pairs_of
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS, certain, losses_of, mistake
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding

LARGE, SMALL = 30.0, 0.01  # root mean square and deviation of targets, where usual ones have about 1


def _beyond(history: History) -> Finding | None:
    """Cross entropy of yes or no, with targets beyond 0 and 1: it has no least value."""
    out = [a.out_of_reach or 0.0 for loss, a in pairs_of(history) if loss.kind == "bce_logits"]
    if not out or median(out) < BEYOND_REACH:
        return None
    evidence = measured("beyond", median(out), BEYOND_REACH, DEFINITION)
    return history.finding("targets_beyond_one", certain(history), evidence)


def _not_scaled(history: History) -> Finding | None:
    """Targets far from the size of first answers and of learning rates' steps, and the network does not get there."""
    losses = [loss for loss in losses_of(history) if loss.kind in NUMBERS]
    if 2 * len(losses) < len(losses_of(history)):
        return None
    sizes = [loss.target_size for loss in losses if loss.target_size is not None]
    deviations = [loss.target_std for loss in losses if loss.target_std is not None]
    if not sizes or not deviations or history.outcome not in ("failed", "partly"):
        return None
    size, deviation = median(sizes), median(deviations)
    if size > LARGE:
        evidence = measured("target_size", size, LARGE, MEASURED)
    elif 0 < deviation < SMALL:
        evidence = measured("target_deviation", deviation, SMALL, MEASURED)
    else:
        return None
    return history.finding("targets_not_scaled", certain(history), evidence)


BEYOND = mistake(
    "targets_beyond_one",
    "loss",
    mark("targets beyond 0 and 1"),
    mark("The loss takes targets for probabilities, and some lie beyond 0 and 1: it has no least value."),
    mark("Bring the targets to 0 and 1: divide masks by 255, and let labels of two classes be 0 and 1."),
    _beyond,
    {"beyond": Quantity(mark("share of the targets beyond 0 and 1"), "share")},
    f"less than {BEYOND_REACH:g} of the targets beyond 0 and 1",
)
NOT_SCALED = mistake(
    "targets_not_scaled",
    "loss",
    mark("targets not scaled"),
    mark(
        "The targets are numbers far from mean 0 and deviation 1, which first weights and learning rates are made for."
    ),
    mark("Standardise the targets by the training part, and turn answers back afterwards."),
    _not_scaled,
    {
        "target_size": Quantity(mark("root mean square of the targets")),
        "target_deviation": Quantity(mark("deviation of the targets")),
    },
    f"targets of root mean square up to {LARGE:g} and deviation from {SMALL:g}, or a network that trains",
    explains=SYMPTOMS | {"no_activation"},
)
