"""A loss and an optimiser that the user names, `package.module:name`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn, optim

from paribus.core.errors import ParibusError
from paribus.programs.loading import load_named
from paribus.programs.recipe.own_code import is_own
from paribus.programs.recipe.recipe import Recipe
from paribus.words.safe_text import error_line

Loss = Callable[[Tensor, Tensor], Tensor]  # of logits [batch, classes] and labels [batch]: the batch's mean


def loss_of(recipe: Recipe) -> Loss:
    """What a recipe's training makes small: cross entropy, or a function or a class of the user's own.

    A class is made without arguments. Raises ParibusError where that fails.
    """
    if not is_own(recipe.loss):
        return partial(F.cross_entropy, label_smoothing=recipe.label_smoothing)
    found: Any = load_named(recipe.loss)
    if not isinstance(found, type):
        return found  # type: ignore[no-any-return]
    try:
        return found()  # type: ignore[no-any-return]
    except Exception as error:
        raise ParibusError(
            "loss {name} cannot be made without arguments: {fault}", name=recipe.loss, fault=error_line(error)
        ) from error


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
