"""What a recipe's run ends with: when it counts as trained, and what is wrong with what it left."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.core.messages import Message
from paribus.records.run import RunRecord

FIGURES = ("val_loss", "val_accuracy", "test_loss", "test_accuracy", "test_count", "prior_entropy", "output_spread")

# A run trained if its loss is this share below the best constant predictor's, and its output follows its input.
TRAINED_LOSS_SHARE = 0.05
TRAINED_SPREAD = 1e-3

CONSTANT = "constant_"  # before figures of always answering the mean of the training targets
VALUES = "values"  # what a run keeps of test rows whose targets are numbers


def trained(figures: Mapping[str, float]) -> bool:
    """Whether a finished run trained: validation loss 5 % below the label prior's entropy, an output that varies.

    figures: prior_entropy, entropy in nats of the label frequencies of the validation set, which is the loss of the
    best constant predictor; output_spread, standard deviation over validation images of a class's predicted
    probability, averaged over classes, 0 for a network that ignores its input.
    """
    known = [figures.get(name) for name in ("val_loss", "prior_entropy", "output_spread")]
    loss, prior, spread = (math.nan if value is None else value for value in known)
    return loss < prior * (1 - TRAINED_LOSS_SHARE) and spread > TRAINED_SPREAD


def figures_missing(record: RunRecord, items: Collection[str]) -> Message | None:
    """Which figures a finished run should have besides those that steer and are judged, or None."""
    needed = ["val_loss", "test_loss", "test_count", *([] if VALUES in items else ["prior_entropy"]), "output_spread"]
    missing = [name for name in needed if name not in record.figures]
    return Message("a finished run has {names}", names=missing) if missing else None


def answers_fault(record: RunRecord, items: Mapping[str, NDArray[Any]]) -> Message | None:
    """What is wrong with the answers to the test set, or None.

    items: classes, int64 [images], the predicted ones; probabilities, float32 [images, classes]. Where targets are
    numbers, values, float32 [rows, ...].
    """
    if set(items) == {VALUES}:
        values, wanted = items[VALUES], record.figures["test_count"]
        if values.dtype == np.float32 and len(values) == wanted:
            return None
        return Message(
            "must answer the {count:g} of the test set that the record counts, in float32; got {shape!q} of {first}",
            count=wanted,
            shape=values.shape,
            first=str(values.dtype),
        )
    if set(items) != {"classes", "probabilities"}:
        return Message("must hold the arrays classes and probabilities")
    classes, probabilities, count = items["classes"], items["probabilities"], record.figures["test_count"]
    if classes.dtype != np.int64 or probabilities.dtype != np.float32:
        return Message(
            "classes must be int64 and probabilities float32; got {first} and {second}",
            first=str(classes.dtype),
            second=str(probabilities.dtype),
        )
    if classes.shape != (count,) or probabilities.ndim != 2 or len(probabilities) != count:
        return Message(
            "must answer the {count:g} of the test set that the record counts; got classes of shape {answers!q} and "
            "probabilities of shape {probabilities!q}",
            count=count,
            answers=classes.shape,
            probabilities=probabilities.shape,
        )
    if classes.size and not 0 <= classes.min() <= classes.max() < probabilities.shape[1]:
        return Message(
            "classes must be from 0 to {most}; got {low} to {high}",
            most=probabilities.shape[1] - 1,
            low=int(classes.min()),
            high=int(classes.max()),
        )
    if not ((probabilities >= 0) & (probabilities <= 1.001)).all():  # also where one is NaN
        return Message("probabilities must be from 0 to 1")
    return None
