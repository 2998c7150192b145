"""Findings about what goes in: inputs of an unusual size, inputs that are all the same, noise inside the network."""

from __future__ import annotations

import math
from collections.abc import Iterator

from paribus.analysis.findings.history import DEFINITION, MEASURED, History, middle
from paribus.analysis.findings.measures import dropout, noise_gap
from paribus.values.findings import Evidence, Finding
from paribus.values.trace import StepTrace

LARGE, SMALL = 10.0, 0.05  # root mean square and deviation of inputs, where normalised ones have 1
NO_VARIATION = 1e-6  # deviation over the largest of mean and 1
NOISY = 0.15  # loss with noise less loss without, as a share of the label entropy
DROWNED = 4.0  # power of dropout's noise over the signal's: probability 0.8

_SRIVASTAVA = "Srivastava et al. 2014, sec. 10; " + MEASURED
_LECUN = "LeCun et al. 1998, sec. 4.3; " + MEASURED


def inputs_not_normalised(history: History) -> Iterator[Finding]:
    """Inputs far from mean 0 and deviation 1, for which first weights and learning rates are made."""
    sizes = history.network(lambda s: None if s.input_std is None else math.hypot(s.input_mean or 0.0, s.input_std))
    size, std = middle(sizes), middle(history.network(lambda s: s.input_std))
    if size is None or std is None or std <= NO_VARIATION * max(1.0, size):
        return
    if size > LARGE:
        evidence = Evidence(quantity="input_rms", value=size, threshold=LARGE, source=_LECUN)
    elif std < SMALL:
        evidence = Evidence(quantity="input_std", value=std, threshold=SMALL, source=_LECUN)
    else:
        return
    yield history.finding("inputs_not_normalised", history.strength, [evidence])


def inputs_constant(history: History) -> Iterator[Finding]:
    """Every input is the same number: there is nothing to tell classes apart by."""
    variation = history.network(_variation)
    if variation and max(p.value for p in variation) <= NO_VARIATION:
        value = max(p.value for p in variation)
        evidence = Evidence(quantity="input_variation", value=value, threshold=NO_VARIATION, source=DEFINITION)
        yield history.finding("inputs_constant", "strong", [evidence])


def _variation(step: StepTrace) -> float | None:
    return None if step.input_std is None else step.input_std / max(1.0, abs(step.input_mean or 0.0))


def noise_too_strong(history: History) -> Iterator[Finding]:
    """The network does far worse on training batches, with noise inside it, than on others without.

    Dropout with probability p adds p/(1-p) times the signal's own power as noise (Srivastava et al. 2014, sec. 10): so
    much of it may leave nothing to learn from. Without dropout the gap is a matter of the labels.
    """
    p, gap = dropout(history), noise_gap(history)
    if history.broken or p == 0:
        return
    evidence = []
    if p is not None and 0 < p < 1 and p / (1 - p) >= DROWNED:
        evidence.append(Evidence(quantity="dropout_noise", value=p / (1 - p), threshold=DROWNED, source=_SRIVASTAVA))
    if gap is not None and gap >= NOISY:
        evidence.append(Evidence(quantity="noise_gap", value=gap, threshold=NOISY, source=MEASURED))
    if evidence:
        yield history.finding("noise_too_strong", history.strength, evidence)
