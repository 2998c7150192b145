"""What a network answers, on every sample and never on a part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from paribus.programs.recipe.data import Inputs, Labels
from paribus.programs.recipe.trained_criterion import CONSTANT
from paribus.programs.recipe.training.losses_and_metrics import OF_CLASSES, Yardstick

# Large enough that overhead does not count, small enough that a layer's output stays in the cache.
EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Answers:
    """loss: mean cross entropy in nats, no smoothing; accuracy: fraction of `classes` that are right.

    classes: [n] with the largest logit, the first one on a tie; probabilities: [n, classes]; own: metrics of the
    user's own.
    """

    loss: float
    accuracy: float
    classes: Tensor
    probabilities: Tensor
    own: Mapping[str, float] = field(default_factory=dict)

    @property
    def spread(self) -> float:
        """Deviation over samples of a class's probability, averaged over classes; 0 for a constant output."""
        return _spread(self.probabilities)

    def figures(self, part: str) -> dict[str, float]:
        """By name: `val_loss` where the part is `val`."""
        return _figures(part, {"loss": self.loss, "accuracy": self.accuracy, **self.own})

    def items(self) -> dict[str, Tensor]:
        """What a run keeps of each sample."""
        return {"classes": self.classes, "probabilities": self.probabilities.float()}


@dataclass(frozen=True)
class NumberAnswers:
    """Where targets are numbers. loss: the recipe's own, of all samples; values: [n, ...], what the network gave."""

    loss: float
    values: Tensor
    own: Mapping[str, float] = field(default_factory=dict)

    @property
    def spread(self) -> float:
        """Deviation over samples of an output, averaged over outputs; 0 for a constant output."""
        return _spread(self.values)

    def figures(self, part: str) -> dict[str, float]:
        """By name: `val_loss` where the part is `val`."""
        return _figures(part, {"loss": self.loss, **self.own})

    def items(self) -> dict[str, Tensor]:
        """What a run keeps of each sample."""
        return {"values": self.values.float()}


@torch.no_grad()
def constant_figures(answers: NumberAnswers, y: Labels, train_y: Labels, yardstick: Yardstick) -> dict[str, float]:
    """What always answering the mean of the training targets would come to, `constant_test_loss` say.

    answers: of a network to the same samples, for their shape. A metric that has no finite value there, as a
    correlation, is left out; and so are all where one cannot take constant answers at all.
    """
    mean = train_y[:].double().mean(0).to(answers.values.dtype)
    if math.prod(answers.values.shape[1:]) != mean.numel():
        return {}
    outputs = mean.reshape(answers.values.shape[1:]).expand(answers.values.shape).contiguous()
    try:
        found = {"loss": yardstick.loss_on(outputs, y[:]), **yardstick.own_on(outputs, y[:])}
    except Exception:  # code of the user's own, which the run itself has got through
        return {}
    return {f"{CONSTANT}test_{name}": value for name, value in found.items() if math.isfinite(value)}


def _spread(outputs: Tensor) -> float:
    return float(outputs.std(0, correction=0).mean())


def _figures(part: str, figures: Mapping[str, float]) -> dict[str, float]:
    return {f"{part}_{name}": value for name, value in figures.items()}


@torch.no_grad()
def evaluate(model: nn.Module, x: Inputs, y: Labels, yardstick: Yardstick = OF_CLASSES) -> Answers | NumberAnswers:
    """Answers to all of x [n, ...], in evaluation mode. Leaves the model in evaluation mode."""
    model.eval()
    y = y[:]
    outputs = torch.cat([model(x[i : i + EVALUATION_BATCH]) for i in range(0, len(x), EVALUATION_BATCH)])
    loss, own = yardstick.loss_on(outputs, y), yardstick.own_on(outputs, y)
    if yardstick.loss is not None:
        return NumberAnswers(loss, outputs, own)
    classes = outputs.argmax(1)
    return Answers(loss, float((classes == y).sum()) / len(y), classes, outputs.softmax(1), own)
