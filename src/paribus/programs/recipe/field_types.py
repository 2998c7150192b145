"""What values of a recipe's fields may be, where pydantic has no word for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from paribus.core.errors import BrokenRule
from paribus.core.fields import OneOf
from paribus.core.messages import mark
from paribus.programs.recipe.model_registry import BUILT_IN_MODELS, is_code
from paribus.programs.recipe.own_code import is_path

Probability = Annotated[float, Field(ge=0, lt=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Widths = tuple[int, ...]


class OneOfOrOwn(OneOf):
    """A text that must be one of these values, or name code of the user's own."""

    def _check(self, value: str) -> str:
        if value not in self.labels and not is_path(value):
            raise BrokenRule(
                '{field} must be one of {choices}, or one of your own written "package.module:name"',
                choices=tuple(self.labels),
            )
        return value


def model_name(value: str) -> str:
    """A model of our own, or where one of somebody's own is."""
    if is_code(value) and not is_path(value):
        raise BrokenRule(
            '{field} must be {choices}, or a factory of your own written "package.module:factory"',
            choices=tuple(BUILT_IN_MODELS),
        )
    return value


def widths(value: object, least: int) -> object:
    """A list of widths; a single one may stand by itself."""
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value,)
    whole = isinstance(value, tuple) and all(type(v) is int and 1 <= v <= 65536 for v in value)
    if not whole or not least <= len(value) <= 64:  # type: ignore[arg-type]
        raise BrokenRule("{field} must be a list of {least} to 64 whole numbers from 1 to 65536", least=least)
    return value


def two_widths(value: tuple[int, ...]) -> tuple[int, ...]:
    """Of both convolutions."""
    if len(value) != 2:
        raise BrokenRule("{field} must be a list of two whole numbers, the channels of both convolutions")
    return value


OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
LOSSES = {"cross_entropy": mark("cross entropy")}
SCHEDULES = {
    "constant": mark("constant learning rate"),
    "cosine": mark("cosine schedule"),
    "one_cycle": mark("one-cycle schedule"),
    "step": mark("step schedule"),
}
BATCH_ORDERS = {
    "as_is": mark("batches as they are"),
    "shuffled": mark("shuffled batches"),
    "sorted": mark("batches sorted by class"),
}


def switch(on: str, off: str) -> dict[str, str]:
    """What people call a switch that is on, and one that is off."""
    return {"true": on, "false": off}
