"""Mistakes in what a loop is given: numbers that are none, held-out data that are not like the training data."""

from __future__ import annotations

import math
from itertools import pairwise

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured, middle
from paribus.diagnosis.findings.measures import NO_VARIATION, input_size
from paribus.diagnosis.findings.mistakes.mistake import SYMPTOMS, certain, looks, losses_of, mistake, of_loop
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding, Strength
from paribus.records.loop_trace import OF_CLASSES

OTHER_SCALE, OTHER_PLACE = 3.0, 1.5  # of held-out inputs: their deviation, or how many deviations off their mean is
FAR_SCALE = 10.0
MET, MANY_MET, FEWEST_MET = 0.02, 0.5, 2.5  # share of the held-out samples that training met; how many of them
FEWEST_LOOKS = 4
DRIFTED, SLACK = 10.0, 0.9  # times that a deviation changes; how far it may go the other way in between
APART = 0.15  # training accuracy less held-out accuracy
LEAST_CLASSES, VARIED = 3, 0.8  # classes; entropy of the held-out labels, of as many equal ones
RENAMED_TO, RIGHT = 0.5, 0.5  # accuracy where each answer means what it is mostly given for; accuracy as it is, of that


def _not_finite(history: History) -> Finding | None:
    """Numbers that are not finite are in the training inputs, by themselves: the weights were sound before."""
    bad = [p for p in of_loop(history, lambda loop: loop.bad_inputs) if p.value > 0]
    if not bad:
        return None
    worst = max(p.value for p in bad)
    return history.finding(
        "inputs_not_finite", "strong", measured("bad_inputs", worst, 0.0, DEFINITION), first=bad[0].step
    )


def _held_out_scale(history: History) -> Finding | None:
    """Held-out inputs have another deviation, or another mean, than those that the network was trained on."""
    size, std = middle(history.network(input_size)), middle(history.network(lambda s: s.input_std))
    mean = middle(history.network(lambda s: s.input_mean))
    held_std = middle(of_loop(history, lambda loop: loop.held_std))
    held_mean = middle(of_loop(history, lambda loop: loop.held_mean))
    if size is None or std is None or mean is None or held_std is None or held_mean is None:
        return None
    if std <= NO_VARIATION * max(1.0, size) or held_std <= 0 or not all(map(math.isfinite, (std, held_std, held_mean))):
        return None
    scale, place = max(held_std / std, std / held_std), abs(held_mean - mean) / std
    if scale < OTHER_SCALE and place < OTHER_PLACE:
        return None
    strength: Strength = "strong" if scale >= FAR_SCALE or place >= FAR_SCALE else "moderate"
    evidence = (measured("held_out_scale", scale, OTHER_SCALE), measured("held_out_place", place, OTHER_PLACE))
    return history.finding("held_out_scale", strength, *evidence)


def _shared(history: History) -> Finding | None:
    """Held-out samples, number for number, were among the training samples."""
    met = of_loop(history, lambda loop: loop.shared)
    if not met or met[-1].value < MET:
        return None
    first = next(p.step for p in met if p.value > 0)
    return history.finding("held_out_shared", "moderate", measured("shared", met[-1].value, MET), first=first)


def _renamed(history: History) -> Finding | None:
    """The network tells the held-out classes apart, but under other names than their labels have."""
    outputs = [s.output for s in history.steps if s.output is not None and s.output.right is not None]
    if not outputs or not any(loss.kind in OF_CLASSES for loss in losses_of(history)):
        return None
    last = outputs[-1]
    accuracy, renamed, classes = last.right or 0.0, last.renamed or 0.0, last.classes or 0
    several = last.prior_entropy >= VARIED * math.log(LEAST_CLASSES)
    varied = several and last.predicted_entropy >= 0.5 * last.prior_entropy
    if classes < LEAST_CLASSES or not varied or renamed < RENAMED_TO or accuracy > RIGHT * renamed:
        return None
    evidence = measured("renamed", renamed, RENAMED_TO), measured("held_accuracy", accuracy, RIGHT * renamed)
    return history.finding("labels_renamed", "strong", *evidence)


def _drift(history: History) -> Finding | None:
    """The scale of the training inputs goes one way all the time, as of data that are changed again and again."""
    stds = [p.value for p in history.network(lambda s: s.input_std)]
    if not looks(history) or len(stds) < FEWEST_LOOKS or min(stds) <= 0:
        return None
    moved = max(stds[-1] / stds[0], stds[0] / stds[-1])
    slack = SLACK if stds[-1] > stds[0] else 1 / SLACK
    one_way = all((after > before * slack) == (slack < 1) for before, after in pairwise(stds))
    if moved < DRIFTED or not one_way:
        return None
    return history.finding(
        "inputs_drift", certain(history), measured("drift", moved, DRIFTED), first=history.first_step
    )


def _same(history: History) -> Finding | None:
    """Every batch that was looked at is the same one, and what is learned of it does not hold for held-out samples."""
    same = of_loop(history, lambda loop: loop.same)
    if len(same) < FEWEST_LOOKS or min(p.value for p in same) < 1:
        return None
    last = next((s for s in reversed(history.steps) if s.output is not None and s.loop and s.loop.loss), None)
    if last is None or last.output is None or last.loop is None or last.loop.loss is None:
        return None
    right, held = last.loop.loss.right, last.output.right
    if right is None or held is None or right - held < APART:
        return None
    evidence = measured("same", 1.0, 0.0, DEFINITION), measured("accuracy_gap", right - held, APART)
    return history.finding("same_batch", certain(history), *evidence)


NOT_FINITE = mistake(
    "inputs_not_finite",
    "forward",
    mark("inputs that are no numbers"),
    mark("Training inputs have entries that are NaN or infinite."),
    mark(
        "Look for missing values and divisions by zero in what prepares the inputs; leave those rows out or fill them."
    ),
    _not_finite,
    {"bad_inputs": Quantity(mark("share of rows with numbers that are not finite"), "share")},
    "inputs that are finite in every batch looked at",
)
DRIFT = mistake(
    "inputs_drift",
    "forward",
    mark("inputs whose scale drifts"),
    mark("The training inputs get larger and larger, or smaller and smaller, as training goes on."),
    mark(
        "Look for data that are normalised in place, in each epoch or each batch anew; normalise once, before the loop."
    ),
    _drift,
    {"drift": Quantity(mark("deviation of the inputs at the end against the start"), "times")},
    f"inputs whose deviation at the end is within {DRIFTED:g} times that at the start",
    explains=SYMPTOMS | {"held_out_scale"},
)
SAME = mistake(
    "same_batch",
    "forward",
    mark("the same batch each time"),
    mark("Each step is made with the same batch, and what is learned of it does not hold for other samples."),
    mark("Look for next(iter(loader)) in the loop, which begins anew each time; go through the loader with for."),
    _same,
    {
        "same": Quantity(mark("share of looks at the batch of the look before"), "share"),
        "accuracy_gap": Quantity(mark("training accuracy less validation accuracy"), "share"),
    },
    f"another batch at any look, or a training accuracy less than {APART:g} above the held-out accuracy",
)
HELD_OUT_SCALE = mistake(
    "held_out_scale",
    "evaluation",
    mark("held-out inputs prepared otherwise"),
    mark("The held-out inputs have another scale or another mean than those that the network is trained on."),
    mark("Prepare held-out inputs as the training inputs, with the mean and the deviation of the training set."),
    _held_out_scale,
    {
        "held_out_scale": Quantity(mark("deviation of the held-out inputs against the training ones"), "times"),
        "held_out_place": Quantity(mark("distance of the two means, in deviations of the training inputs")),
    },
    f"held-out inputs whose deviation is within {OTHER_SCALE:g} times that of the training inputs, and whose mean is "
    f"within {OTHER_PLACE:g} deviations of theirs",
    explains=frozenset({"labels_at_chance", "overfitting", "constant_predictor", "noise_too_strong", "dead_units"})
    | {"saturation_low", "saturation_high", "undertraining"},
)
SHARED = mistake(
    "held_out_shared",
    "evaluation",
    mark("held-out samples among the training samples"),
    mark("Samples that are held out, number for number, are also trained on: what is measured on them is no test."),
    mark("Split before anything is drawn or repeated, and train on the training part alone."),
    _shared,
    {"shared": Quantity(mark("share of the held-out samples met in training batches"), "share")},
    f"less than {MET:g} of the held-out samples met in training batches",
    explains=frozenset(),
)
RENAMED = mistake(
    "labels_renamed",
    "evaluation",
    mark("held-out labels that mean something else"),
    mark("The network tells the held-out classes apart, but calls them otherwise than their labels do."),
    mark("Make labels of both parts by one table of class names; look for labels that begin at 1 in one part."),
    _renamed,
    {
        "renamed": Quantity(mark("held-out accuracy if each answer meant its most frequent class"), "share"),
        "held_accuracy": Quantity(mark("held-out accuracy"), "share"),
    },
    f"a held-out accuracy above {RIGHT:g} of what it is with the answers renamed",
)
