"""`pb.lesson.check`: runs a student's code on small inputs, and says in one sentence what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.lesson.result import Check
from paribus.words.translation import translator

STEPS = (
    "data",
    "model_1",
    "model_2",
    "models",
    "train_epoch",
    "test",
    "training",
    "adam",
    "adamw",
    "he",
    "sizes",
    "said",
)
ACTIVATIONS = {"model_1": "sigmoid", "model_2": "relu"}
_TAKES = {"data": 3, "models": 2}  # how many things a step's check takes, where it is not one


def check(step: str, *built: Any, strict: bool = False, lang: str = "en") -> Check:
    """Run what the student built on small inputs, and say what is wrong, the fault that matters most first.

    Never reads the code's text. Random state, and networks that the code can reach, are afterwards as they were.

    Args:
        step: `data` (the loaders for training, validation and test, or a function of a seed that gives them),
            `model_1` and `model_2` (a class each), `models` (one network of each class), `train_epoch`, `test` and
            `training` (a function each); of the lesson on decay `adam` and `adamw`, of that on
            first weights `he` and `sizes` (a function each); of that on causes `said` (predictions by case).
        built: what the step is about.
        strict: raise an AssertionError with the sentence where something is wrong, as graders want it.
        lang: `en` or `ko`.

    Returns:
        The result: shows itself, `ok`, `faults`.

    Raises:
        ParibusError: there is no such step, or it is about another number of things.
        AssertionError: something is wrong, and `strict`.
    """
    translator(lang)  # refuses a language that there is not
    if step not in STEPS:
        raise ParibusError("step must be one of {choices}", choices=STEPS, got=step, hint=nearest(step, STEPS))
    wanted = 1 if step == "data" and len(built) == 1 else _TAKES.get(step, 1)
    if len(built) != wanted:
        raise ParibusError("the check of {step} takes {n} things", step=step, n=wanted, got=len(built))
    from paribus.lesson.sandbox import untouched

    with untouched(built):
        found = tuple(_faults_of(step)(*built))
    result = Check(step, found, lang)
    if strict and not result.ok:
        raise AssertionError(result.faults[0])
    return result


def _faults_of(step: str) -> Callable[..., Iterator[Message]]:
    """The check of a step. Loaded on demand: torch takes seconds."""
    from paribus.lesson import adam, check_epoch, check_training, data, first_weights, network, practising

    if step in ACTIVATIONS:
        return partial(network.class_faults, name=f"Model_{step[-1]}", activation=ACTIVATIONS[step])
    checks: dict[str, Callable[..., Iterator[Message]]] = {
        "data": data.data_faults,
        "models": network.pair_faults,
        "train_epoch": check_epoch.train_epoch_faults,
        "test": check_epoch.test_faults,
        "training": check_training.training_faults,
        "adam": partial(adam.step_faults, name="adam"),
        "adamw": partial(adam.step_faults, name="adamw"),
        "he": first_weights.he_faults,
        "sizes": first_weights.sizes_faults,
        "said": practising.said_faults,
    }
    return checks[step]
