"""Rule: too much noise."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, measured
from paribus.diagnosis.findings.measures import dropout, noise_gap
from paribus.diagnosis.findings.rule import Quantity, Rule
from paribus.diagnosis.findings.what_to_try import NO_DROPOUT, to
from paribus.records.finding import Finding

NOISY = 0.15  # loss with noise less loss without, as a share of the label entropy
DROWNED = 4.0  # power of dropout's noise over the signal's: probability 0.8
_SRIVASTAVA = "Srivastava et al. 2014, sec. 10; " + MEASURED


def detect(history: History) -> Finding | None:
    """The network does far worse on training batches, with noise inside it, than on others without.

    Dropout with probability p adds p/(1-p) times the signal's own power as noise (Srivastava et al. 2014, sec. 10): so
    much of it may leave nothing to learn from. Without dropout the gap is a matter of the labels.
    """
    p, gap = dropout(history), noise_gap(history)
    if history.broken or p == 0 or (p is None and history.of_loop):
        return None
    evidence = []
    if p is not None and 0 < p < 1 and p / (1 - p) >= DROWNED:
        evidence.append(measured("dropout_noise", p / (1 - p), DROWNED, _SRIVASTAVA))
    if gap is not None and gap >= NOISY:
        evidence.append(measured("noise_gap", gap, NOISY))
    return history.finding("noise_too_strong", history.strength, *evidence) if evidence else None


RULE = Rule(
    name="noise_too_strong",
    label=mark("too much noise"),
    sentence=mark("The noise of dropout is so strong that it hides what there is to learn."),
    detect=detect,
    quantities={
        "dropout_noise": Quantity(mark("power of dropout's noise over the signal's"), "times"),
        "noise_gap": Quantity(mark("loss with noise less loss without, over the label entropy"), "share"),
    },
    refuted="no dropout",
    changes=(NO_DROPOUT, to("label_noise", 0.0)),
    explains=frozenset({"labels_at_chance", "undertraining"}),
)
