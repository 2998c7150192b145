"""A short trial of a recipe's training, to say beforehand how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from torch import nn

from paribus.programs.recipe.data.prepare import PreparedData
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.evaluate import EVALUATION_BATCH, evaluate
from paribus.programs.recipe.training.fit import fit
from paribus.programs.recipe.training.losses_and_metrics import yardstick_of
from paribus.programs.recipe.training.optimizers import make_optimizer

TRIAL_STEPS = 20


def seconds_an_epoch(
    model: nn.Module, data: PreparedData, recipe: Recipe, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Timed on some steps and one evaluation batch, scaled to the whole epoch. Trains `model`, so give it a copy."""
    samples = min(len(data.train_y), TRIAL_STEPS * recipe.batch_size)
    few = min(len(data.val_y), EVALUATION_BATCH)
    small = replace(
        data,
        train_x=data.train_x[:samples],
        train_y=data.train_y[:samples],
        val_x=data.val_x[:1],
        val_y=data.val_y[:1],
    )
    once = recipe.model_copy(update={"epochs": 1, "drop_last": False})
    optimizer, measured = make_optimizer(model, once), yardstick_of({}, recipe, data.classes == 0)
    training = evaluating = 0.0
    for _ in range(2):  # the first pass warms up
        start = clock()
        fit(model, optimizer, small, once, seed=0)
        training = clock() - start
        start = clock()
        evaluate(model, data.val_x[:few], data.val_y[:few], measured)
        evaluating = clock() - start
    return training * len(data.train_y) / samples + evaluating * len(data.val_y) / few
