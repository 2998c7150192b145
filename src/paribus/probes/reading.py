"""What is read off a loss's gradient."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from paribus.records.loop_trace import LossKind

EXACT = 0.02  # residual of a gradient, as a share of it, that is rounding, in 16-bit numbers too
FLOOR = 1e-7  # of a probability whose logarithm is taken


@dataclass(frozen=True)
class Reading:
    """A loss as its gradient tells it. `targets`: classes [rows], or numbers of the outputs' shape; None if unknown.

    scale: the weight of all samples together. value: the loss as a mean over samples. uphill: it is minus the loss.
    rows: the outputs as [rows, classes] where the targets are classes.
    """

    kind: LossKind
    scale: float | None = None
    targets: Tensor | None = None
    value: float | None = None
    uphill: bool = False
    rows: Tensor | None = None


UNKNOWN = Reading("unknown")
