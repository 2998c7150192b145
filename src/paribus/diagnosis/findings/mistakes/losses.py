"""Mistakes where the outputs meet the loss: what the one gives is not what the other wants."""

from __future__ import annotations

import math
from statistics import median

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.mistakes.mistake import (
    SYMPTOMS,
    certain,
    looks,
    losses_of,
    mistake,
    of_loop,
    where_it_harms,
)
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding
from paribus.records.loop_trace import IN_NATS, AnswersTrace, LossTrace

GROWN = 1.5  # entries of the loss for one of the output
BEYOND_REACH = 0.02  # share of targets that no output can be
LIKE_A_SUM = 0.5  # weight of the samples together, over their number
FEWEST_SUMMED = 4
MOST = 0.5  # of the looks
DIVIDED_TO = 0.1  # weight of a batch where a mean has 1, all batches of an update together
NUMBERS = ("squared", "absolute", "huber")


def pairs_of(history: History) -> list[tuple[LossTrace, AnswersTrace]]:
    """Losses of a known kind with the outputs that they are of."""
    known = losses_of(history)
    both = ((s.loop.loss, s.loop.answers) for s in looks(history))
    return [(loss, answers) for loss, answers in both if loss in known and loss is not None and answers is not None]


def _broadcast(history: History) -> Finding | None:
    """The loss compares each output with each target: it has far more entries than there are outputs."""
    grown = of_loop(history, lambda loop: loop.loss.growth if loop.loss else None)
    if not grown or min(p.value for p in grown) < GROWN:
        return None
    return history.finding(
        "target_broadcast", certain(history), measured("loss_entries", grown[-1].value, GROWN, DEFINITION)
    )


def _across(history: History) -> Finding | None:
    """The loss's softmax runs over the samples of the batch rather than over the classes."""
    along = of_loop(history, lambda loop: loop.loss.dimension if loop.loss else None)
    if not along or max(p.value for p in along) > 0:
        return None
    return history.finding("softmax_over_batch", certain(history), measured("dimension", 0, 1, DEFINITION))


def _no_logarithm(history: History) -> Finding | None:
    """The negative log likelihood takes logarithms of probabilities, and gets something else."""
    given = [s.loop.loss for s in looks(history) if s.loop.loss is not None]
    pairs = [pair for pair in pairs_of(history) if pair[0].kind == "nll"]
    if given and all(loss.likely is not None for loss in given):
        losses = given
    elif pairs and not any(answers.log for _, answers in pairs):
        losses = [loss for loss, _ in pairs]
    else:
        return None
    value = min((loss.value for loss in losses if loss.value is not None), default=0.0)
    return history.finding("logarithm_missing", certain(history), measured("loss", value, 0.0, DEFINITION))


def _given(history: History) -> list[tuple[LossTrace, AnswersTrace]]:
    """The losses with their outputs, where the loop itself makes them probabilities before the loss each time."""
    every = [(s.loop.loss, s.loop.answers) for s in looks(history) if s.loop.loss and s.loop.answers]
    return every if all(loss.given is not None for loss, _ in every) else []


def _twice(history: History) -> Finding | None:
    """The outputs are probabilities already, or are made so before the loss, which takes them for logits."""
    pairs = _given(history) or [pair for pair in pairs_of(history) if _is_twice(*pair)]
    if len(pairs) < max(1, len(pairs_of(history))):
        return None
    floor = _floor(pairs[-1][1], 1.0)
    lowest = min((loss.value for loss, _ in pairs if loss.value is not None), default=floor)
    evidence = measured("loss_floor", lowest, floor, DEFINITION)
    return history.finding("probabilities_as_logits", certain(history), evidence)


def _is_twice(loss: LossTrace, answers: AnswersTrace) -> bool:
    if loss.kind == "cross_entropy":
        return answers.distribution or answers.bound == "sigmoid"
    return loss.kind == "bce_logits" and answers.bound in ("sigmoid", "softmax")


def _floor(answers: AnswersTrace, reach: float) -> float:
    """The least that cross entropy can be with logits no further apart than `reach`."""
    others = (answers.classes or 2) - 1
    if others < 1:
        return math.log1p(math.exp(-reach))
    return math.log1p(others * math.exp(-reach))


def _no_probability(history: History) -> Finding | None:
    """The loss takes logarithms of the outputs, and they are no probabilities, or not of one class each."""
    pairs = pairs_of(history)
    wrong = [a for loss, a in pairs if _no_shares(loss, a)]
    if not wrong or len(wrong) < MOST * len(pairs):  # once all is said with certainty little can be read
        return None
    evidence = measured("least_output", min(a.low for a in wrong), 0.0, DEFINITION)
    return history.finding("no_probabilities", certain(history), evidence)


def _no_shares(loss: LossTrace, answers: AnswersTrace) -> bool:
    if answers.bound in ("relu", "tanh"):
        return False  # which is said of the bound
    return (loss.kind in ("shares", "likelihood") and answers.low < 0) or (
        loss.kind == "likelihood" and not answers.distribution
    )


def _bounded(history: History) -> Finding | None:
    """The outputs end in something that bounds them, and the loss or its targets ask for more."""
    name = "outputs_bounded"
    every = [s.loop.answers for s in looks(history) if s.loop.answers is not None]
    if every and all(a.bound == "softmax" and a.classes == 1 and a.low == a.high for a in every):
        return history.finding(name, "strong", measured("softmax_of", 1, 2, DEFINITION))
    over = [s.loop.loss.over for s in looks(history) if s.loop.loss is not None]
    if over and all(n == 1 for n in over):
        return history.finding(name, "strong", measured("softmax_of", 1, 2, DEFINITION))
    pairs = pairs_of(history)
    wanting = [a for loss, a in pairs if loss.kind in IN_NATS and loss.kind != "nll" and a.bound in ("tanh", "relu")]
    if wanting and len(wanting) == len(pairs):
        tanh = wanting[-1].bound == "tanh"
        strength = certain(history) if tanh else where_it_harms(history)
        floor = _floor(wanting[-1], 2.0) if tanh else math.log(2)
        return history.finding(name, strength, measured("largest_output", wanting[-1].high, floor, DEFINITION))
    numbers = [s.loop for s in looks(history) if s.loop.loss and s.loop.loss.kind in (*NUMBERS, "bce", "unknown")]
    out = [loop.answers.out_of_reach for loop in numbers if loop.answers and loop.answers.out_of_reach is not None]
    if not out or median(out) < BEYOND_REACH:
        return None
    return history.finding(name, certain(history), measured("out_of_reach", median(out), BEYOND_REACH, DEFINITION))


def _squared(history: History) -> Finding | None:
    """A squared error of probabilities: where the network is sure and wrong, no gradient is left."""
    pairs = pairs_of(history)
    found = [a for loss, a in pairs if loss.kind in ("squared", "absolute") and _are_probabilities(loss, a)]
    if not found or len(found) < len(pairs):
        return None
    evidence = measured("classes", found[-1].classes or 2, 1, DEFINITION)
    return history.finding("squared_error_of_probabilities", where_it_harms(history), evidence)


def _are_probabilities(loss: LossTrace, answers: AnswersTrace) -> bool:
    """A softmax of several classes, or a sigmoid whose targets are 0 and 1."""
    return (answers.distribution and (answers.classes or 0) > 1) or (answers.bound == "sigmoid" and bool(loss.bits))


def _summed(history: History) -> Finding | None:
    """The loss is a sum over the batch, with a learning rate for which that is too much."""
    known = [
        (loss.scale, loss.samples) for loss in losses_of(history) if loss.scale is not None and loss.samples is not None
    ]
    shares = [scale / samples for scale, samples in known if samples >= FEWEST_SUMMED]
    if not shares or median(shares) < LIKE_A_SUM or median(shares) > 100 or history.outcome == "trained":
        return None
    weight = median(scale for scale, _ in known)
    return history.finding("loss_is_a_sum", certain(history), measured("loss_weight", weight, LIKE_A_SUM, DEFINITION))


def _divided(history: History) -> Finding | None:
    """The loss is a mean that was divided again, and the network does not train."""
    seen = [s for s in looks(history) if s.loop.loss is not None and s.loop.loss.scale is not None and s.loop.updates]
    weights = [(s.loop.loss.scale or 0.0) * max(1.0, (s.step + 1) / s.loop.updates) for s in seen if s.loop.loss]
    if not weights or not losses_of(history) or median(weights) >= DIVIDED_TO or history.outcome == "trained":
        return None
    evidence = measured("loss_weight", median(weights), DIVIDED_TO, DEFINITION)
    return history.finding("loss_divided", certain(history), evidence)


BROADCAST = mistake(
    "target_broadcast",
    "loss",
    mark("targets broadcast against the outputs"),
    mark("The loss compares every output with every target of the batch: their shapes differ, and one was spread out."),
    mark("Give outputs and targets one shape: targets.view_as(outputs), or outputs.squeeze(1)."),
    _broadcast,
    {"loss_entries": Quantity(mark("entries of the loss for one output"), "times")},
    f"a loss of less than {GROWN:g} entries for one output",
)
ACROSS_BATCH = mistake(
    "softmax_over_batch",
    "loss",
    mark("softmax over the batch"),
    mark("The loss takes its softmax over the samples of the batch rather than over the classes."),
    mark("Let the softmax run over the classes: dim=1 of [samples, classes]."),
    _across,
    {"dimension": Quantity(mark("dimension of the loss's softmax"))},
    "a softmax of the loss over the classes",
)
NO_LOGARITHM = mistake(
    "logarithm_missing",
    "loss",
    mark("log likelihood of what is no logarithm"),
    mark("The loss takes the outputs for logarithms of probabilities, and they are none."),
    mark("End the network in log_softmax, or give logits to cross entropy."),
    _no_logarithm,
    {"loss": Quantity(mark("loss"))},
    "outputs whose exponentials sum to 1",
)
NO_PROBABILITY = mistake(
    "no_probabilities",
    "loss",
    mark("logarithms of what is no probability"),
    mark("The loss takes the outputs for probabilities of the classes, and they are none."),
    mark("Give logits to cross entropy, which has softmax and logarithm inside; or end the network in a softmax."),
    _no_probability,
    {"least_output": Quantity(mark("least output"))},
    "outputs from 0 up that sum to 1, or are divided by their sum",
)
TWICE = mistake(
    "probabilities_as_logits",
    "loss",
    mark("probabilities where the loss wants logits"),
    mark(
        "The outputs are probabilities already, and the loss takes them for logits: it cannot fall below a floor far "
        "from 0, and its gradients are small."
    ),
    mark("Leave out the softmax or sigmoid at the end; cross entropy and BCEWithLogits have it inside."),
    _twice,
    {"loss_floor": Quantity(mark("lowest loss, and the floor that it cannot pass"))},
    "outputs beyond 0 and 1, or a loss of probabilities",
)
BOUNDED = mistake(
    "outputs_bounded",
    "loss",
    mark("outputs that cannot reach the targets"),
    mark("The network or its loss ends in an activation that bounds the outputs, and more is asked for."),
    mark("Leave out the activation at the end, or bring the targets into its range."),
    _bounded,
    {
        "largest_output": Quantity(mark("largest output")),
        "out_of_reach": Quantity(mark("share of the targets that no output can be"), "share"),
        "softmax_of": Quantity(mark("units that the softmax at the end runs over")),
    },
    "outputs without a bound, or targets within it",
)
SQUARED = mistake(
    "squared_error_of_probabilities",
    "loss",
    mark("squared error of probabilities"),
    mark(
        "The loss is a squared or absolute error of probabilities: where the network is sure and wrong, it hardly "
        "learns."
    ),
    mark("Use cross entropy, of logits."),
    _squared,
    {"classes": Quantity(mark("classes"))},
    "outputs that are no probabilities, or a loss of likelihoods",
)
DIVIDED = mistake(
    "loss_divided",
    "loss",
    mark("loss divided again"),
    mark("The loss weighs a batch far less than a mean does, so that gradients are as many times smaller."),
    mark("A mean is divided by the number of samples already: leave out what divides it again."),
    _divided,
    {"loss_weight": Quantity(mark("weight of a batch in the loss, where a mean has 1"))},
    f"a loss that weighs a batch at least {DIVIDED_TO:g} times as much as a mean, or a network that trains",
)
SUMMED = mistake(
    "loss_is_a_sum",
    "loss",
    mark("loss summed over the batch"),
    mark("The loss is a sum over the batch, so that gradients are as many times larger as there are samples."),
    mark("Use the mean (reduction='mean'), or divide the learning rate by the batch size."),
    _summed,
    {"loss_weight": Quantity(mark("weight of a batch in the loss, where a mean has 1"))},
    "a loss that weighs all samples together less than half their number, or a network that trains",
    explains=SYMPTOMS,
)
