"""By what answers are measured: cross entropy and accuracy, the loss of numbers, and metrics of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from paribus.core.errors import ParibusError
from paribus.programs.recipe.recipe import Recipe
from paribus.programs.recipe.training.user_code import Loss, loss_of, made_of, matched
from paribus.words.safe_text import error_line


@dataclass(frozen=True, eq=False)
class Yardstick:
    """loss: the user's, where targets are numbers; None: cross entropy of classes. own: metrics of the user's own."""

    loss: Loss | None = None
    own: Mapping[str, Loss] = field(default_factory=dict)

    @torch.no_grad()
    def loss_on(self, outputs: Tensor, y: Tensor) -> float:
        """Of all outputs at once, the mean."""
        if self.loss is not None:
            return float(self.loss(outputs, y))
        return float(F.cross_entropy(outputs.double() if outputs.device.type != "mps" else outputs, y))

    @torch.no_grad()
    def own_on(self, outputs: Tensor, y: Tensor) -> dict[str, float]:
        """The user's own metrics, by name. Raises ParibusError where one gives no number."""
        return {name: _number(name, metric, outputs, y) for name, metric in self.own.items()}


OF_CLASSES = Yardstick()


def yardstick_of(metrics: Mapping[str, str], recipe: Recipe, numbers: bool) -> Yardstick:
    """That of runs of this recipe. metrics: where the code of each of the user's own is, by its name; it is loaded."""
    own = {name: made_of("metric", path) for name, path in metrics.items()}
    if not numbers:
        return Yardstick(None, own)
    return Yardstick(loss_of(recipe, numbers), {name: matched(metric) for name, metric in own.items()})


def _number(name: str, metric: Loss, outputs: Tensor, y: Tensor) -> float:
    try:
        given: Any = metric(outputs, y)
        return float(given)
    except Exception as error:
        raise ParibusError(
            "metric {name} must give one number for outputs {shape} and as many targets: {fault}",
            name=name,
            shape=str(list(outputs.shape)),
            fault=error_line(error),
        ) from error
