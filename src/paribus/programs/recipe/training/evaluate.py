"""What a network answers, on every sample and never on a part."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paribus.programs.recipe.data import Images

# Large enough that overhead does not count, small enough that a layer's output stays in the cache.
EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Answers:
    """loss: mean cross entropy in nats, no smoothing; accuracy: fraction of `classes` that are right.

    classes: [n] with the largest logit, the first one on a tie; probabilities: [n, classes].
    """

    loss: float
    accuracy: float
    classes: Tensor
    probabilities: Tensor

    @property
    def spread(self) -> float:
        """Deviation over samples of a class's probability, averaged over classes; 0 for a constant output."""
        return float(self.probabilities.std(0, correction=0).mean())


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor | Images, y: Tensor) -> Answers:
    """Answers to all of x [n, C, H, W], in evaluation mode. Leaves the model in evaluation mode."""
    model.eval()
    logits = torch.cat([model(x[i : i + EVALUATION_BATCH]) for i in range(0, len(x), EVALUATION_BATCH)])
    loss = F.cross_entropy(logits.double(), y) if logits.device.type != "mps" else F.cross_entropy(logits, y)
    classes = logits.argmax(1)
    return Answers(float(loss), float((classes == y).sum()) / len(y), classes, logits.softmax(1))
