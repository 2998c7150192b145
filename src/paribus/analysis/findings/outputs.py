"""Findings about labels and answers: a constant answer, labels that teach nothing, unbalanced or sorted classes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import mean, median

from paribus.analysis.findings.history import DEFINITION, MEASURED, History, later_half, middle
from paribus.analysis.findings.measures import dropout, losses_seen, noise_gap, relative_update, sensitivity
from paribus.values.findings import Evidence, Finding, Strength
from paribus.values.trace import StepTrace

CONSTANT = 0.01  # spread of the answers, as a share of the spread of perfect answers
AT_PRIOR = 0.05  # how far from the label entropy the loss of a constant predictor may be, as a share of it
FELT, FAR = 1e-3, 0.3  # sensitivity, of the label entropy; all updates over the weights
WRONG_LABELS = 0.15  # accuracy on other samples less that on training samples
SURPRISED = 0.05  # loss of training batches less that of other samples, with the same weights, of the label entropy
MEMORISED = 0.2  # share of the label entropy that the training loss has lost
IMBALANCED, VERY_IMBALANCED, ONE_CLASS = 0.7, 0.3, 0.1  # label entropy over that of equally frequent classes
ALIKE = 0.3  # label entropy of a batch over what a batch of that size can have
SMALLEST_BATCH = 8  # smaller batches have few classes in any order
STEPS_SEEN = 3  # labels of fewer batches say too little

_ZHANG = "Zhang et al. 2017, sec. 2; " + MEASURED


def constant_predictor(history: History) -> Iterator[Finding]:
    """At the end the network answers every input alike, and is no better than the frequencies of the labels."""
    start = None
    for step in history.steps:
        output = step.output
        constant = output is not None and output.spread < CONSTANT * perfect_spread(output.prior_entropy)
        if output is not None:
            start = (step.step if start is None else start) if constant else None
    last = next((s.output for s in reversed(history.steps) if s.output is not None), None)
    if start is None or last is None or start == history.last_step or history.outcome not in ("failed", "partly"):
        return
    evidence = [
        Evidence(
            quantity="output_spread",
            value=last.spread,
            threshold=CONSTANT * perfect_spread(last.prior_entropy),
            source=MEASURED,
        ),
        Evidence(quantity="loss", value=last.loss, threshold=last.prior_entropy, source=DEFINITION),
    ]
    yield history.finding("constant_predictor", history.strength, evidence, first=start)


def perfect_spread(prior_entropy: float) -> float:
    """Deviation of a class's probability under perfect answers, for exp(entropy) equally frequent classes."""
    if not 0 < prior_entropy < math.inf:
        return 0.0
    share = math.exp(-prior_entropy)
    return math.sqrt(share * (1 - share))


def labels_at_chance(history: History) -> Iterator[Finding]:
    """Gradients are there and the weights travel, but nothing that is learned holds for other samples.

    Memorised where the training loss falls all the same (Zhang et al. 2017), not learnable where it does not. Where
    only some labels are wrong the network learns the others, and training batches go on to surprise it.
    """
    prior, losses = history.prior, losses_seen(history)
    if prior is None or history.broken or len(losses) < 2:
        return
    surprise = _surprise(history)
    if surprise >= WRONG_LABELS and (noise_gap(history) or 0.0) >= SURPRISED and dropout(history) == 0:
        evidence = [Evidence(quantity="surprise", value=surprise, threshold=WRONG_LABELS, source=MEASURED)]
        strength: Strength = "strong" if history.outcome == "failed" else "moderate"
        yield history.finding("labels_at_chance", strength, evidence)
        return
    if history.outcome != "failed" or min(p.value for p in losses) < (1 - AT_PRIOR) * prior:
        return
    training = history.network(lambda s: s.loss)
    end = history.metrics[-1].train_loss if history.metrics else middle(training[-3:])
    memorised = end is not None and end < (1 - MEMORISED) * prior
    if end is None or not (memorised or _travels(history, prior)):
        return
    evidence = [
        Evidence(quantity="val_loss", value=losses[-1].value, threshold=prior, source=_ZHANG),
        Evidence(quantity="train_loss", value=end, threshold=(1 - MEMORISED) * prior, source=_ZHANG),
    ]
    yield history.finding("labels_at_chance", "strong", evidence)


def _surprise(history: History) -> float:
    """Validation accuracy over training accuracy, the usual epoch's but for the first, whose mean begins at chance."""
    gaps = [m.val_accuracy - m.train_accuracy for m in history.metrics[1:]]
    return median(gaps) if gaps else 0.0


def _travels(history: History, prior: float) -> bool:
    """Whether each layer's weights matter to the loss, and the usual layer has gone some way."""
    felt = [middle(later_half(history.layer(name, sensitivity))) for name in history.layers]
    moves = [middle(later_half(history.layer(name, relative_update))) for name in history.layers]
    if not felt or any(f is None or f < FELT * prior for f in felt) or any(m is None for m in moves):
        return False
    return median(m for m in moves if m is not None) * (history.last_step + 1) >= FAR


def class_imbalance(history: History) -> Iterator[Finding]:
    """The labels have far less entropy than equally frequent classes would: one class is most of the data."""
    entropy = _label_entropy(history)
    if entropy is None:
        return
    classes = max((s.output.classes or 0 for s in history.steps if s.output is not None), default=0)
    balance = entropy / math.log(max(classes, 2))  # where the number is unknown, two is the least there can be
    if balance >= IMBALANCED:
        return
    strength: Strength = "weak"
    if balance < VERY_IMBALANCED:
        strength = "strong" if balance < ONE_CLASS and history.outcome == "failed" else "moderate"
    evidence = Evidence(quantity="label_balance", value=balance, threshold=IMBALANCED, source=MEASURED)
    yield history.finding("class_imbalance", strength, [evidence])


def _label_entropy(history: History) -> float | None:
    """Of the probe batch, or of training batches where that is more: one sample of a rare class may miss either."""
    batches = history.network(lambda s: s.label_entropy if (s.batch_size or 0) >= SMALLEST_BATCH else None)
    known = [p.value for p in history.output(lambda o: o.prior_entropy)[:1]]
    if len(batches) >= STEPS_SEEN:
        known.append(mean(p.value for p in batches))
    return max(known, default=None)


def batch_order(history: History) -> Iterator[Finding]:
    """Batches have far fewer classes than the data: each step unlearns what other classes taught."""
    prior = history.output(lambda o: o.prior_entropy)
    mixed = history.network(lambda s: _mixture(s, prior[0].value if prior else 0.0))
    if len(mixed) < STEPS_SEEN or mean(p.value for p in mixed) >= ALIKE:
        return
    strength = history.strength if history.outcome != "trained" else "moderate"
    value = mean(p.value for p in mixed)
    evidence = Evidence(quantity="batch_mixture", value=value, threshold=ALIKE, source=MEASURED)
    yield history.finding("batch_order", strength, [evidence])


def _mixture(step: StepTrace, prior: float) -> float | None:
    """A batch's label entropy over the most that it could have; None where that says nothing."""
    size = step.batch_size or SMALLEST_BATCH
    most = min(prior, math.log(size))
    if step.label_entropy is None or size < SMALLEST_BATCH or most < math.log(2) / 2:
        return None
    return step.label_entropy / most
