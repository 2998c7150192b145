"""The learning rate as a pure function of the step."""

from __future__ import annotations

import math
from collections.abc import Callable

from paribus.programs.recipe.recipe import Recipe


def _step(recipe: Recipe, done: float) -> float:
    drops = int(done * recipe.epochs) // recipe.step_epochs
    return float(recipe.step_factor**drops)


def _one_cycle(recipe: Recipe, done: float) -> float:
    """Smith and Topin 2019: a cosine up from 1/25 over the first 30 %, then a cosine down to 1/250,000."""
    low, peak, end, rise = 1 / 25, 1.0, 1 / 25e4, 0.3
    if done < rise:
        return _cosine_between(low, peak, done / rise)
    return _cosine_between(peak, end, (done - rise) / (1 - rise))


def _cosine_between(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2


# Multiplier of the peak learning rate, given the share of the training that is done, in [0, 1).
_SHAPES: dict[str, Callable[[Recipe, float], float]] = {
    "constant": lambda recipe, done: 1.0,
    "cosine": lambda recipe, done: _cosine_between(1.0, 0.0, done),  # Loshchilov and Hutter 2017, eq. 5
    "one_cycle": _one_cycle,
    "step": _step,
}


def learning_rate_at(recipe: Recipe, step: int, steps_per_epoch: int) -> float:
    """Learning rate of the update numbered `step` (from 0). Warm-up multiplies it by a line from zero."""
    shape = _SHAPES[recipe.schedule](recipe, step / (steps_per_epoch * recipe.epochs))
    warm = recipe.warmup_epochs * steps_per_epoch
    return recipe.learning_rate * shape * (min(1.0, (step + 1) / warm) if warm > 0 else 1.0)
