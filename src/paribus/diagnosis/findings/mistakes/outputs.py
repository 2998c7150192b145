"""Mistakes in a network: layers that it does not know, rows that see each other, a softmax in the middle."""

from __future__ import annotations

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import DEFINITION, History, measured
from paribus.diagnosis.findings.mistakes.mistake import (
    SYMPTOMS,
    answers_figures,
    certain,
    looks,
    mistake,
    where_it_harms,
)
from paribus.diagnosis.findings.rule import Quantity
from paribus.records.finding import Finding

STRAIGHT = 1e-4  # how far from straight answers are by rounding, of their deviation
MIXED = 0.01  # how far rows answer otherwise without the others, of the answers' deviation


def _unregistered(history: History) -> Finding | None:
    """The outputs are made from tensors with gradients that are no parameters of the model, nor of an optimiser."""
    names = tuple(dict.fromkeys(name for seen in looks(history) for name in seen.loop.unregistered))
    if not names:
        return None
    evidence = measured("unregistered", len(names), 0, DEFINITION)
    return history.finding("layers_not_registered", certain(history), evidence, layers=names)


def _mixed(history: History) -> Finding | None:
    """In evaluation mode, rows answer otherwise where other rows of their batch are left out."""
    seen = answers_figures(history, lambda answers: answers.dependence)
    if not seen or min(seen) < MIXED:
        return None
    return history.finding("rows_mixed", certain(history), measured("dependence", min(seen), MIXED))


def _ahead(history: History) -> Finding | None:
    """Each target is a sign of the input, the next one or its own, and the answers change with it."""
    seen = answers_figures(history, lambda answers: answers.ahead)
    if not seen or min(seen) < MIXED:
        return None
    return history.finding("answer_in_input", "strong", measured("ahead", min(seen), MIXED))


def _crossed(history: History) -> Finding | None:
    """Attention whose weights sum to 1 along another dimension than the one over which values are averaged."""
    seen = answers_figures(history, lambda answers: answers.crossed)
    if not seen or min(seen) < 1:
        return None
    return history.finding("attention_crossed", certain(history), measured("crossed", min(seen), 0, DEFINITION))


def _straight(history: History) -> Finding | None:
    """Several layers, and the answers are a straight line of the inputs: together they are no more than one layer."""
    seen = answers_figures(history, lambda answers: answers.bent)
    bends = any(layer.slope is not None for s in history.steps for layer in s.layers.values())
    if not seen or max(seen) > STRAIGHT or bends or len(history.layers) < 2:
        return None
    return history.finding("no_activation", where_it_harms(history), measured("bent", max(seen), STRAIGHT, DEFINITION))


def _squeezed(history: History) -> Finding | None:
    """A layer's inputs are a softmax: all of them together are 1, and hardly a gradient passes."""
    layers = tuple(dict.fromkeys(name for seen in looks(history) for name in seen.loop.squeezed))
    if not layers:
        return None
    evidence = measured("squeezed", len(layers), 0, DEFINITION)
    return history.finding("softmax_between_layers", certain(history), evidence, layers=layers)


UNREGISTERED = mistake(
    "layers_not_registered",
    "forward",
    mark("layers that the model does not know"),
    mark("The model computes with {layers}, which is no parameter of it, so that no optimiser trains it."),
    mark("Put layers into nn.ModuleList or nn.ModuleDict rather than a list, and tensors into nn.Parameter."),
    _unregistered,
    {"unregistered": Quantity(mark("tensors with gradients that are no parameters"))},
    "outputs that are made from the model's parameters alone",
)
ROWS_MIXED = mistake(
    "rows_mixed",
    "forward",
    mark("answers that depend on other samples"),
    mark("What the network answers to a sample depends on which others are in its batch, in evaluation mode too."),
    mark(
        "Look for a softmax, a mean or a normalisation over the first dimension, for a view that moves rows, "
        "and for attention that takes the first dimension for time (batch_first)."
    ),
    _mixed,
    {"dependence": Quantity(mark("change of the answers without the other rows, over their deviation"), "share")},
    f"answers that change by less than {MIXED:g} of their deviation where half of the rows are left out",
    explains=SYMPTOMS | {"probabilities_as_logits", "outputs_bounded"},
)
AHEAD = mistake(
    "answer_in_input",
    "forward",
    mark("answer in the input"),
    mark("The targets are signs of the input, and the network sees them: it copies rather than foretells."),
    mark("Give attention a causal mask, and convolutions padding on the left alone; shift targets by one."),
    _ahead,
    {"ahead": Quantity(mark("change of the answers with the signs that are asked for, over their deviation"), "share")},
    f"answers that change by less than {MIXED:g} of their deviation with the signs that are asked for",
    explains=frozenset({"overfitting"}),
)
CROSSED = mistake(
    "attention_crossed",
    "forward",
    mark("attention's softmax along the wrong dimension"),
    mark("Weights of a softmax are multiplied with values along another dimension than that in which they sum to 1."),
    mark("Let the softmax of attention run over the keys, the last dimension: softmax(dim=-1)."),
    _crossed,
    {"crossed": Quantity(mark("products with a softmax along another dimension"))},
    "a softmax along the dimension that is summed",
)
STRAIGHT_LINE = mistake(
    "no_activation",
    "forward",
    mark("no activation between layers"),
    mark(
        "The answers are a straight line of the inputs: without activations between them, layers are no more than one."
    ),
    mark("Put an activation such as ReLU between layers."),
    _straight,
    {"bent": Quantity(mark("distance of the answers from a straight line, over their deviation"), "share")},
    f"answers that are more than {STRAIGHT:g} of their deviation off a straight line, or a single layer",
    explains=frozenset({"undertraining", "labels_at_chance"}),
)
SQUEEZED = mistake(
    "softmax_between_layers",
    "forward",
    mark("softmax between layers"),
    mark(
        "A softmax stands before {layers}: numbers that sum to 1 over all units are small, and so are their gradients."
    ),
    mark("Use an activation such as ReLU between layers; a softmax belongs at the end, or inside the loss."),
    _squeezed,
    {"squeezed": Quantity(mark("layers whose inputs are a softmax"))},
    "no layer whose inputs are a softmax",
)
