"""A loss, a metric and an optimiser that the user names, `package.module:name`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn, optim

from paribus.core.errors import ParibusError
from paribus.core.messages import mark
from paribus.programs.loading import load_named
from paribus.programs.recipe.own_code import is_own
from paribus.programs.recipe.recipe import Recipe
from paribus.words.safe_text import error_line

Loss = Callable[[Tensor, Tensor], Tensor]  # of logits [batch, classes] and labels [batch]: the batch's mean


def loss_of(recipe: Recipe, numbers: bool = False) -> Loss:
    """What a recipe's training makes small: cross entropy, or a function or a class of the user's own.

    numbers: whether targets are numbers (see `matched`). Raises ParibusError where a class cannot be made.
    """
    if not is_own(recipe.loss):
        return partial(F.cross_entropy, label_smoothing=recipe.label_smoothing)
    found = made_of("loss", recipe.loss)
    return matched(found) if numbers else found


def made_of(kind: str, path: str) -> Loss:
    """A function of outputs and targets, as it is, or a class's instance, which is made without arguments."""
    found: Any = load_named(path)
    if not isinstance(found, type):
        return found  # type: ignore[no-any-return]
    try:
        return found()  # type: ignore[no-any-return]
    except Exception as error:
        rule = {
            "loss": mark("loss {name} cannot be made without arguments: {fault}"),
            "metric": mark("metric {name} cannot be made without arguments: {fault}"),
        }
        raise ParibusError(rule[kind], name=path, fault=error_line(error)) from error


def matched(measured: Loss) -> Loss:
    """The same, with targets in the outputs' shape where there are as many: [n] beside [n, 1] would broadcast."""

    def of(outputs: Tensor, targets: Tensor) -> Tensor:
        same = targets.numel() == outputs.numel()
        return measured(outputs, targets.reshape(outputs.shape) if same else targets)

    return of


def own_optimizer(parameters: list[nn.Parameter], recipe: Recipe) -> optim.Optimizer:
    """The user's own over these parameters, called with those fields of the recipe that its signature names.

    They are called as torch calls them: lr, betas, momentum, weight_decay. Raises ParibusError where it gives none.
    """
    name, maker = recipe.optimizer, load_named(recipe.optimizer)
    offered = {
        "lr": recipe.learning_rate,
        "learning_rate": recipe.learning_rate,
        "momentum": recipe.momentum,
        "betas": (recipe.beta1, recipe.beta2),
        "weight_decay": recipe.weight_decay,
    }
    try:
        named = inspect.signature(maker).parameters
        made = maker(parameters, **{field: value for field, value in offered.items() if field in named})
    except Exception as error:
        raise ParibusError("optimizer {name} cannot be made: {fault}", name=name, fault=error_line(error)) from error
    if not isinstance(made, optim.Optimizer):
        raise ParibusError(
            "optimizer {name} must be a torch.optim.Optimizer, or return one", name=name, got=type(made).__name__
        )
    return made
