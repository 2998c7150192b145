"""A recipe's optimiser, in its fused form where torch has one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn, optim

from paribus.programs.recipe.model_table import is_code
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.eager import eager
from paribus.programs.recipe.training.flat import flatten

SGD, Adam = eager(optim.SGD), eager(optim.Adam)
AdamW, RMSprop = eager(optim.AdamW), eager(optim.RMSprop)

Maker = Callable[[list[nn.Parameter], Recipe], optim.Optimizer]

# Weight decay is torch's: L2 added to the gradient in sgd, adam and rmsprop; decoupled in adamw
# (Loshchilov and Hutter 2019, algorithms 1 and 2).
_MAKERS: dict[str, Maker] = {
    "sgd": lambda p, r: SGD(p, r.learning_rate, momentum=r.momentum, weight_decay=r.weight_decay, fused=_fusable(p)),
    "adam": lambda p, r: Adam(
        p, r.learning_rate, betas=(r.beta1, r.beta2), weight_decay=r.weight_decay, fused=_fusable(p)
    ),
    "adamw": lambda p, r: AdamW(
        p, r.learning_rate, betas=(r.beta1, r.beta2), weight_decay=r.weight_decay, fused=_fusable(p)
    ),
    "rmsprop": lambda p, r: RMSprop(p, r.learning_rate, momentum=r.momentum, weight_decay=r.weight_decay),
}


def make_optimizer(model: nn.Module, recipe: Recipe) -> optim.Optimizer:
    """The optimiser over all parameters that want a gradient; those of our own model it lays into one buffer.

    A model of the user's own keeps its parameters apart: some of them may take no part in the loss, and then torch's
    optimisers leave them alone.
    """
    theirs = is_code(recipe.model)
    parameters = [p for p in model.parameters() if p.requires_grad] if theirs else flatten(model)
    return _MAKERS[recipe.optimizer](parameters, recipe)


def _fusable(parameters: list[nn.Parameter]) -> bool:
    return all(p.device.type in ("cpu", "cuda") and torch.is_floating_point(p) for p in parameters)
